//! The audit log, and the place of this machine's records.

use super::Diagnosis;
use crate::audit::{Evidence, verify};
use crate::config::AuditSink;
use crate::context::Context;
use crate::custody::{Open, journal};
use crate::file::{Directory, Walk};
use crate::store::shell_word;
use std::path::Path;

/// Another place for the records, for the shell that it is pasted into.
const ELSEWHERE: &str = "export SECRETS_STATE_DIR=/var/tmp/secrets-$(id -u)";
/// Goes on with a log that says so.
const ACCEPT: &str = "secrets audit accept-loss --reason 'found by secrets doctor'";

/// Verifies the log, with the keys that `open` gives, else without.
pub(super) fn check(ctx: &Context, open: Option<&Open>, found: &mut Diagnosis) {
    if !check_place(ctx, found) || AuditSink::decide(&ctx.snapshot) != Ok(AuditSink::Local) {
        return;
    }
    let journal = match journal(ctx, open) {
        Ok(journal) => journal,
        // A vault that does not verify is a finding of its own.
        Err(_) if open.is_none() => return,
        Err(failure) => {
            let path = ctx.directories.state.clone().unwrap_or_default();
            return found.blame("audit", &path, failure, ACCEPT);
        }
    };
    if journal.doubt.is_some() {
        return found.unseen("whether the log fits the vault: the vault does not verify");
    }
    let report = verify(
        &journal.content,
        &Evidence {
            vault: journal.vault,
            key_of: &|slot| open.and_then(|open| open.vault.audit_key_of(slot)),
            anchors: &journal.anchors,
            began: &journal.began,
        },
    );
    for finding in report.findings {
        let message = format!("the audit log does not verify: {}", finding.what);
        found.add("audit", Some(&journal.path), message, ACCEPT.to_owned());
    }
}

/// Whether there is a place for the records that can be written.
fn check_place(ctx: &Context, found: &mut Diagnosis) -> bool {
    let Some(state) = &ctx.directories.state else {
        let message = "there is no place for the audit log and for what was seen of the vault: \
                       HOME is not set";
        found.add("state", None, message.to_owned(), ELSEWHERE.to_owned());
        return false;
    };
    let own = state.join("secrets");
    let there = own.ancestors().find_map(|path| {
        let directory = ctx.files.directory(path, Walk::Read);
        directory.ok().map(|directory| (path.to_owned(), directory))
    });
    let Some((path, directory)) = there else {
        return true;
    };
    match refusal(ctx, &path, &directory) {
        None => true,
        Some((why, remedy)) => {
            let message = format!("what this machine keeps cannot be written: {why}");
            found.add("state", Some(&path), message, remedy);
            false
        }
    }
}

/// Why a directory cannot be written, and what helps.
fn refusal(ctx: &Context, path: &Path, directory: &Directory) -> Option<(String, String)> {
    let (status, identity) = (directory.status(), ctx.files.identity());
    let shown = path.display();
    if directory.filesystem().is_ok_and(|disk| disk.read_only) {
        let why = format!("\"{shown}\" lies on a read-only file system");
        return Some((why, ELSEWHERE.to_owned()));
    }
    if identity.is_root() {
        return None;
    }
    let is_own = status.owner == identity.euid;
    match (is_own, status.mode & 0o200) {
        (true, 0) => {
            let why = format!("\"{shown}\" has the mode {:04o}", status.mode);
            Some((why, format!("chmod u+w {}", shell_word(path))))
        }
        (false, _) if status.mode & 0o022 == 0 => {
            let why = format!("\"{shown}\" belongs to uid {}", status.owner);
            Some((why, ELSEWHERE.to_owned()))
        }
        _ => None,
    }
}
