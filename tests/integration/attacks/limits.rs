//! Attacks that only a bound or an admin's keys find.

use secrets::vault::{Depth, LockedVault};
use serde_json::json;

use super::cases::{open, verdict, victim, wanted};
use super::{attacked, sandbox_with_damaged};
use crate::known_answers::dump;
use crate::output::Status;
use crate::twin::Twin;

#[test]
fn a_value_and_a_line_over_their_limits_are_refused() {
    let Some(twin) = Twin::start() else {
        skip!(
            "a_value_and_a_line_over_their_limits_are_refused",
            "the twin does not run"
        );
    };
    let (tokens, _) = victim("folder-and-tokens");
    let mut found = Vec::new();
    for (variant, keyless) in [("value", "ok"), ("line", "limits")] {
        let args = json!({"variant": variant, "env": "prod"});
        let file = attacked(
            twin,
            &tokens.file,
            &tokens.credential,
            "record-limit",
            &args,
        );
        let locked = LockedVault::read(Box::new(file.clone()));
        let ours = verdict(&locked.and_then(|vault| vault.verify()));
        if ours != wanted(keyless) {
            found.push(format!("{variant}: without a key: {ours}"));
        }
        for depth in [Depth::Whole, Depth::Reader] {
            let vault = open(&file, &tokens.credential, depth);
            let ours = verdict(&vault.and_then(|vault| dump(&vault)));
            if ours != "6" {
                found.push(format!("{variant}: opened with {depth:?}: {ours}"));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn what_only_an_admin_can_see_is_checked_for_an_admin() {
    let Some(twin) = Twin::start() else {
        skip!(
            "what_only_an_admin_can_see_is_checked_for_an_admin",
            "the twin does not run"
        );
    };
    let (tokens, _) = victim("folder-and-tokens");
    let sandbox = sandbox_with_damaged(&tokens.file);
    let mut found = Vec::new();
    for what in ["esc", "ak", "rk", "wk"] {
        let args = json!({ "what": what });
        let file = attacked(
            twin,
            &tokens.file,
            &tokens.credential,
            "other-escrow",
            &args,
        );
        for command in [&["verify"][..], &["env", "create", "another"]] {
            sandbox.write("project/.vault/vault.json", &file);
            let run = sandbox.secrets(command).without("SECRETS_KEY_FILE");
            let (variable, secret) = &tokens.variable;
            let output = run.env(variable, secret).run();
            let mut output = output.stderr_any("sentences have tests of their own");
            if output.ended() != Status::Code(6) {
                found.push(format!("{what}: {command:?}: {:?}", output.ended()));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}
