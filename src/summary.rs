//! What is said of a secret beside its value, the same in every verb.

mod findings;
mod origin;
mod secret_text;
mod state;

pub use findings::findings;
pub use origin::written_from;
pub use secret_text::{Added, Handed, added, print_added};
pub use state::{AuditState, SessionState, pin, seen};

use crate::context::Context;
use crate::custody::OpenSession;
use crate::failure::Failure;
use crate::name::EnvName;
use crate::time::Timestamp;
use crate::vault::{Entry, EnvironmentAccess, Vault, VersionEntry, Written};
use data_encoding::BASE64;
use serde_json::{Map, Value, json};

/// The version of the JSON that we print, raised when a key goes or changes meaning.
pub const SCHEMA_VERSION: u64 = 1;

/// The full address without a version: `production:/infra/DB_URL`.
pub fn address(entry: &Entry) -> String {
    format!("{}:{}", entry.env, entry.path)
}

/// An instant of the vault in RFC 3339; 0 is none. The format lets an instant
/// be beyond the year 9999, which has no such text: it is that year's end.
pub fn instant(seconds: u64) -> Option<String> {
    (seconds != 0).then(|| Timestamp::clamped(seconds).to_string())
}

/// A session in JSON, or that there is none.
pub fn session(open: Option<&OpenSession>) -> Value {
    json!({
        "open": open.is_some(),
        "store": open.map(|open| open.store),
        "until": open.and_then(|open| instant(open.until)),
    })
}

/// An instant of the vault as a cell of a table: relative on a terminal, in
/// RFC 3339 elsewhere, `-` for 0.
pub fn when(ctx: &Context, now: Timestamp, seconds: u64) -> String {
    match Timestamp::from_seconds(seconds) {
        Ok(at) if seconds != 0 && ctx.terminal.stdout_is_terminal() => at.relative(now),
        Ok(at) if seconds != 0 => at.to_string(),
        _ => "-".to_owned(),
    }
}

/// The JSON object of a secret: every key always, `null` for what is absent.
pub fn secret(vault: &Vault, entry: &Entry, version: &VersionEntry) -> Map<String, Value> {
    let meta = &version.meta;
    let optional = |text: &str| {
        if text.is_empty() {
            Value::Null
        } else {
            json!(text)
        }
    };
    let due = match meta.every {
        0 => None,
        every => instant(meta.value_time().saturating_add(every)),
    };
    let object = json!({
        "address": address(entry),
        "environment": entry.env.as_str(),
        "folder": entry.path.folder().to_string(),
        "name": entry.path.name(),
        "version": version.version,
        "type": meta.kind,
        "created": instant(entry.created()),
        "updated": instant(meta.created),
        "updated_by": vault.label_of(&meta.by),
        "expires": instant(meta.expires),
        "expired": meta.is_expired(vault.now()),
        "rotate_due": due,
        "tags": meta.tags,
        "owner": optional(&meta.owner),
        "note": optional(&meta.note),
    });
    match object {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// The same keys for a secret that is not there and has a default.
pub fn absent(env: &EnvName, path: &crate::name::SecretPath) -> Map<String, Value> {
    let object = json!({
        "address": format!("{env}:{path}"),
        "environment": env.as_str(),
        "folder": path.folder().to_string(),
        "name": path.name(),
        "version": null,
        "type": null,
        "created": null,
        "updated": null,
        "updated_by": null,
        "expires": null,
        "expired": false,
        "rotate_due": null,
        "tags": [],
        "owner": null,
        "note": null,
    });
    match object {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// The environments and what may be done in them.
pub fn environments(list: &[EnvironmentAccess]) -> Value {
    let object = |env: &EnvironmentAccess| {
        let name = env.name.as_str();
        json!({"name": name, "readable": env.readable, "writable": env.writable})
    };
    list.iter().map(object).collect()
}

/// Adds a value: text as it is, everything else in base64.
pub fn add_value(object: &mut Map<String, Value>, value: &[u8], from_default: bool) {
    let (text, encoding) = match std::str::from_utf8(value) {
        Ok(text) => (text.to_owned(), "utf8"),
        Err(_) => (BASE64.encode(value), "base64"),
    };
    object.insert("value".to_owned(), json!(text));
    object.insert("encoding".to_owned(), json!(encoding));
    object.insert("from_default".to_owned(), json!(from_default));
}

/// Says what became of each written secret, with its full address; `told` says
/// that an expiry was given, so that one that is gone needs no word.
///
/// # Errors
/// Standard output cannot be written.
pub fn written(ctx: &Context, dry: bool, told: bool, written: &[Written]) -> Result<(), Failure> {
    for done in written {
        let address = format!("{}:{}", done.env, done.path);
        let note = match (done.unchanged, dry) {
            (true, _) => " (unchanged)",
            (false, true) => " (dry run: nothing was written)",
            (false, false) => "",
        };
        ctx.terminal
            .say(&format!("{address} v{}{note}", done.version));
        if done.expiry_cleared && !told {
            ctx.terminal.say(&format!(
                "{address} no longer expires: the expiry belonged to the value before; --expires sets one"
            ));
        }
    }
    if ctx.globals.json {
        let written: Vec<_> = written.iter().map(written_object).collect();
        ctx.terminal
            .json(&json!({"schema_version": SCHEMA_VERSION, "written": written}))?;
    }
    Ok(())
}

/// One object of the list `written`.
fn written_object(done: &Written) -> Value {
    let address = format!("{}:{}", done.env, done.path);
    json!({"address": address, "version": done.version, "unchanged": done.unchanged})
}
