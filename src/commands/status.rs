//! `status`: what is in use, and why.

use crate::context::Context;
use crate::custody::{self, Open};
use crate::failure::{Exit, Failure};
use crate::store::{self, Location};
use crate::summary::{self, AuditState, SCHEMA_VERSION, SessionState};
use crate::vault::{AuditPolicy, EnvironmentAccess, LockedVault};
use serde_json::{Value, json};

/// Show which vault, environment and credential are used
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets status
  secrets status --short
  secrets status --json")]
pub struct Args {
    /// Print one line
    #[arg(long)]
    pub short: bool,
}

/// Says which vault, environment and credential are used, and why.
///
/// Nobody is asked for a passphrase: without a credential it says what would
/// be asked for.
///
/// # Errors
/// No vault, a credential that does not fit, whatever does not verify.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let location = custody::location(ctx)?;
    let status = match custody::open_to_tell(ctx)? {
        Some(open) => opened(ctx, &open)?,
        None => locked(ctx, &location)?,
    };
    if ctx.globals.json {
        ctx.terminal.json(&status.json)?;
    } else if args.short {
        ctx.terminal.data_line(status.short.as_bytes())?;
    } else {
        let rows = status.rows.into_iter();
        let rows: Vec<Vec<String>> = rows.map(|(what, is)| vec![what.to_owned(), is]).collect();
        ctx.terminal.table(&["WHAT", "IS"], &rows)?;
    }
    Ok(Exit::DONE)
}

/// The same facts in three forms.
struct Status {
    json: Value,
    rows: Vec<(&'static str, String)>,
    short: String,
}

fn opened(ctx: &Context, open: &Open) -> Result<Status, Failure> {
    let vault = &open.vault;
    let slot = vault.slot()?;
    let choice = open.environment(ctx)?;
    let path = open.location.shown.display().to_string();
    let source = open.location.source.name();
    let (id, fingerprint) = (vault.id().hex(), vault.fingerprint().hex());
    let policy = match vault.policy().audit {
        AuditPolicy::BestEffort => "best-effort",
        AuditPolicy::Required => "required",
    };
    let role = if slot.admin { "admin" } else { "member" };
    let expires = summary::instant(slot.expires);
    let until = expires.as_ref().map(|at| format!(", until {at}"));
    let until = until.unwrap_or_default();
    let environments = vault.environments();
    let names = |wanted: fn(&EnvironmentAccess) -> bool| {
        let names: Vec<&str> = environments
            .iter()
            .filter(|env| wanted(env))
            .map(|env| env.name.as_str())
            .collect();
        match names.is_empty() {
            true => "-".to_owned(),
            false => names.join(", "),
        }
    };
    vault.check_seals().map_err(|error| open.blame(error))?;
    let older = vault.older();
    let pinned = open.known.pinned(&older);
    custody::settle(ctx, open, None);
    let session = SessionState::of(ctx, &vault.id())?;
    let journal = custody::journal(ctx, Some(open));
    let audit = AuditState::of(ctx, &journal, Some(policy));
    Ok(Status {
        rows: vec![
            ("vault", format!("{path} ({source})")),
            ("id", id.clone()),
            ("fingerprint", fingerprint.clone()),
            (
                "head",
                format!("{} ({})", vault.head_seq(), summary::seen(pinned)),
            ),
            ("environment", format!("{} ({})", choice.env, choice.source)),
            ("readable", names(|env| env.readable)),
            ("writable", names(|env| env.writable)),
            (
                "credential",
                format!("{} ({}), {role}{until}", slot.label, open.credential.from),
            ),
            ("session", session.text),
            ("audit", audit.text.clone()),
        ],
        short: format!("{} {}", choice.env, slot.label),
        json: json!({
            "schema_version": SCHEMA_VERSION,
            "vault": {
                "path": path, "id": id, "label": null, "fingerprint": fingerprint,
                "source": source, "head_seq": vault.head_seq(), "pin": summary::pin(pinned),
            },
            "environment": {"name": choice.env.as_str(), "source": choice.source.as_str()},
            "environments": summary::environments(&environments),
            "credential": {
                "kind": slot.kind, "slot": slot.label, "admin": slot.admin, "expires": expires,
            },
            "session": session.json,
            "audit": audit.json,
        }),
    })
}

/// Without a credential: what the file says of itself, which nothing vouches for.
fn locked(ctx: &Context, location: &Location) -> Result<Status, Failure> {
    let locked = LockedVault::read(Box::new(store::open(&ctx.files, location)?))?;
    let path = location.shown.display().to_string();
    let source = location.source.name();
    let (id, fingerprint) = (locked.id().hex(), locked.fingerprint().hex());
    let asks = locked.slots().any(|slot| slot.kind == "pass");
    let credential = match asks {
        true => "none is set; a passphrase would be asked for",
        false => "none is set; a key or a token is needed",
    };
    let session = SessionState::of(ctx, &locked.id())?;
    let journal = custody::journal(ctx, None);
    let audit = AuditState::of(ctx, &journal, None);
    let vouched = match journal.as_ref().is_ok_and(|journal| journal.is_verified) {
        true => "seen on this machine",
        false => "not verified",
    };
    Ok(Status {
        rows: vec![
            ("vault", format!("{path} ({source})")),
            ("id", format!("{id} ({vouched})")),
            ("fingerprint", format!("{fingerprint} ({vouched})")),
            ("credential", credential.to_owned()),
            ("session", session.text),
            ("audit", audit.text.clone()),
        ],
        short: "locked".to_owned(),
        json: json!({
            "schema_version": SCHEMA_VERSION,
            "vault": {
                "path": path, "id": id, "label": null, "fingerprint": fingerprint,
                "source": source, "head_seq": null, "pin": null,
            },
            "environment": null,
            "environments": [],
            "credential": null,
            "session": session.json,
            "audit": audit.json,
        }),
    })
}
