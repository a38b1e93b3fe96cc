//! Every verb, with values, passphrases, keys and tokens that are searched for afterwards.
//!
//! Nothing here looks for them: [`crate::canary`] does, at the end of each
//! test, in both streams of every command and in every file.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use crate::canary::Canaries;
use crate::harness::Sandbox;
use crate::output::Status;
use crate::twin::Twin;

const WHY: &str = "it is searched for canaries";
const PASSPHRASE: &str = "correct/horse battery";
const WRONG: &str = "wrong horse? battery";

/// The ways in which a verb talks more than it has to.
const TALK: [&[&str]; 3] = [&[], &["--verbose"], &["--json"]];

/// Runs a command; whatever it does, it ends by itself and without a panic.
fn tried(sandbox: &Sandbox, args: &[&str], stdin: &str, variables: &[(&str, &str)]) -> i32 {
    let mut run = sandbox.secrets(args).stdin(stdin);
    for (name, value) in variables {
        // What was given before would decide first.
        run = run.without("SECRETS_KEY_FILE").env(name, value);
    }
    let mut output = run.run().stderr_any(WHY);
    match output.ended() {
        Status::Code(code) if code != 101 => code,
        ended => panic!("{ended:?}\n{output}"),
    }
}

/// The directory of the vault on this machine.
fn directory(sandbox: &Sandbox) -> PathBuf {
    let mut all: Vec<PathBuf> = fs::read_dir(sandbox.path("state/secrets"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    assert_eq!(all.len(), 1);
    all.pop().unwrap()
}

#[test]
fn no_form_of_set_and_get_shows_a_value() {
    let sandbox = Sandbox::with_vault();
    let values: Vec<String> = (0..9).map(|n| format!("canary/value {n}?")).collect();
    values.iter().for_each(|value| sandbox.canary(value));
    let v = |n: usize| values[n].as_str();
    let file = sandbox.write("harness/value", v(0));
    let file = file.to_str().unwrap();
    let json = format!("{{\"a\":\"{}\"}}", v(1));
    let long = format!("{}{}", v(2), "x".repeat(2 << 20));
    let (pair, other) = (format!("A={}", v(3)), format!("/infra/B={}", v(4)));
    let dash = format!("-{}", v(5));
    let forms: [(&[&str], &str, bool); 20] = [
        (&["set", "A"], v(0), true),
        (&["set", "A", "-"], v(1), true),
        (&["set", "A", "--raw"], v(2), true),
        (&["set", "A", v(3)], "", true),
        (&["set", &pair, &other], "", true),
        (&["set", "A", "--from-file", file], "", true),
        (&["set", "J", "--type", "json"], &json, true),
        (
            &["-e", "production", "--reason", "so", "set", "A"],
            v(6),
            true,
        ),
        (&["set", "G", "--generate"], "", true),
        (
            &["set", "A", "--note", "a note", "--tags", "a,b"],
            v(7),
            true,
        ),
        // Refused, each for another reason.
        (&["set", "A", "--type", "json"], v(0), false),
        (
            &["set", "A", "--type", "json"],
            &json[..json.len() - 1],
            false,
        ),
        (&["set", "A", "--if-version", "99"], v(1), false),
        (&["set", "A"], &long, false),
        (&["set", "A", v(3), v(4)], "", false),
        (&["set", "A", &dash], "", false),
        (&["set", &pair, "loose"], "", false),
        (&["set", "A", v(3), "--generate"], "", false),
        (&["-e", "nowhere", "set", "A"], v(5), false),
        (&["set", "a b"], v(5), false),
    ];
    for talk in TALK {
        for (args, stdin, fits) in &forms {
            let args = [*args, talk].concat();
            let code = tried(&sandbox, &args, stdin, &[]);
            assert_eq!(code == 0, *fits, "{args:?}: {code}");
        }
    }
    let out = sandbox.path("home/out");
    sandbox.allow(&out);
    let out = out.to_str().unwrap();
    let forms: [(&[&str], bool); 9] = [
        (&["get", "A"], true),
        (&["get", "J@1"], true),
        (&["get", "J", "--field", "a"], true),
        (&["get", "A", "-o", out], true),
        (&["get", "N", "--default", v(8)], true),
        (&["get", "A", "--field", "a"], false),
        (&["get", "J", "--field", "b"], false),
        (&["get", "A@99"], false),
        (&["get", "A", "-o", "/nowhere/out"], false),
    ];
    for talk in TALK {
        for (args, fits) in &forms {
            // JSON has no file to go to.
            let fits = *fits && !(args.contains(&"-o") && talk == ["--json"]);
            let args = [*args, talk].concat();
            let code = tried(&sandbox, &args, "", &[]);
            assert_eq!(code == 0, fits, "{args:?}: {code}");
        }
    }
}

#[test]
fn no_other_verb_shows_a_value_and_no_file_but_the_state_a_key_of_the_log() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "canary/value A?");
    sandbox.set("/infra/B", "canary/value B?");
    let state = directory(&sandbox).join("audit.state");
    let keys = Canaries::default();
    keys.allow(&state);
    let forms: [(&[&str], bool); 33] = [
        (&["list"], true),
        (&["list", "--names"], true),
        (&["list", "no/"], true),
        (&["list", "N"], false),
        (&["run", "-r", "--", "true"], true),
        (&["run", "--", "/nowhere/command"], false),
        (&["run", "--only", "N", "--", "true"], false),
        (&["run", "-r", "--dry-run", "--", "true"], true),
        (&["env", "list"], true),
        (&["env", "create", "development"], false),
        (&["verify"], true),
        (&["status"], true),
        (&["status", "--short"], true),
        (&["status", "-e", "nowhere"], false),
        (&["generate"], true),
        (&["generate", "nothing:7"], false),
        (&["trust"], true),
        (&["trust", "00112233445566778899aabbccddeeff"], false),
        (&["audit"], true),
        (&["audit", "list", "A"], true),
        (&["audit", "--since", "no"], false),
        (&["audit", "--from", "."], false),
        (&["audit", "verify"], true),
        (&["audit", "export"], true),
        (&["audit", "export", "--format", "csv"], true),
        (&["audit", "export", "--format", "json"], true),
        (&["audit", "usage"], true),
        (&["audit", "note", "--type", "deploy"], true),
        (&["audit", "note", "--type", "audit_gap"], false),
        (&["audit", "accept-loss", "--reason", "so"], true),
        (&["help", "get"], true),
        (&["completions", "bash"], true),
        (&["init"], false),
    ];
    for talk in TALK {
        for (args, fits) in &forms {
            let args = match args.contains(&"--") {
                true => [talk, *args].concat(),
                false => [*args, talk].concat(),
            };
            let code = tried(&sandbox, &args, "", &[]);
            // Beside --json some of them have nothing to say.
            if talk != ["--json"] {
                assert_eq!(code == 0, *fits, "{args:?}: {code}");
            }
            // Every key that the log ever had: the file changes with each entry.
            let found = crate::canary::chain_keys(&fs::read(&state).unwrap());
            assert_eq!(found.len(), 1, "the same key in both slots");
            found.iter().for_each(|key| keys.add(key));
        }
    }
    for shell in ["elvish", "fish", "powershell", "zsh"] {
        assert_eq!(tried(&sandbox, &["completions", shell], "", &[]), 0);
    }
    let found = keys.search(sandbox.root(), &sandbox.path("harness"));
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn no_credential_is_shown_whether_it_fits_or_not() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "canary/value A?");
    let key = fs::read_to_string(sandbox.key_file()).unwrap();
    let wrong_key = data_encoding::BASE64.encode(b"a key that opens no vault at all");
    let hex = data_encoding::HEXLOWER.encode(b"a key that opens no vault at all");
    let (quoted, short) = (format!("\"{wrong_key}\""), "bm90LTMyLWJ5dGVz");
    let token = match Twin::start() {
        Some(twin) => twin.token(&sandbox, "ci", json!([{"env": "development", "m": "r"}]), 0),
        None => {
            return crate::skip::note("no_credential_is_shown_whether_it_fits_or_not", "no twin");
        }
    };
    let altered = format!("{}{}", &token[..token.len() - 8], "AAAAAAAA");
    let cut = &token[..token.len() - 4];
    for text in [&wrong_key, &hex, short, WRONG, &altered, cut] {
        sandbox.canary(text);
    }
    let file = |name: &str, text: &str| {
        let path = sandbox.write(&format!("harness/{name}"), text);
        path.to_str().unwrap().to_owned()
    };
    let bad = file("bad", short);
    let good_token = file("token", &token);
    let given: [(&str, &str, bool); 14] = [
        ("SECRETS_KEY", key.trim_end(), true),
        ("SECRETS_TOKEN", &token, true),
        ("SECRETS_TOKEN_FILE", &good_token, true),
        ("SECRETS_KEY", &wrong_key, false),
        ("SECRETS_KEY", &hex, false),
        ("SECRETS_KEY", &quoted, false),
        ("SECRETS_KEY", short, false),
        ("SECRETS_KEY_FILE", &bad, false),
        ("SECRETS_TOKEN", &altered, false),
        ("SECRETS_TOKEN", cut, false),
        ("SECRETS_TOKEN", WRONG, false),
        ("SECRETS_TOKEN_FILE", &bad, false),
        ("SECRETS_PASSPHRASE", WRONG, false),
        ("SECRETS_PASSPHRASE_FILE", &bad, false),
    ];
    for (name, value, fits) in given {
        for talk in TALK {
            for verb in ["get", "list", "status", "verify"] {
                let args = [
                    &[verb] as &[&str],
                    if verb == "get" { &["A"] } else { &[] },
                    talk,
                ];
                let code = tried(&sandbox, &args.concat(), "", &[(name, value)]);
                assert_eq!(code == 0, fits, "{name} {verb}: {code}");
            }
        }
    }
}

#[test]
fn no_passphrase_is_shown_whether_it_fits_or_not() {
    let sandbox = Sandbox::new();
    sandbox.canary(WRONG);
    sandbox.init_with_passphrase(PASSPHRASE);
    sandbox.canary("canary/value A?");
    let right = [("SECRETS_PASSPHRASE", PASSPHRASE)];
    let wrong = [("SECRETS_PASSPHRASE", WRONG)];
    assert_eq!(tried(&sandbox, &["set", "A"], "canary/value A?", &right), 0);
    assert_eq!(tried(&sandbox, &["get", "A", "-v"], "", &right), 0);
    assert_eq!(tried(&sandbox, &["get", "A", "-v"], "", &wrong), 4);
    assert_eq!(
        tried(&sandbox, &["audit", "verify", "--json"], "", &right),
        0
    );
    assert_eq!(
        tried(&sandbox, &["set", "A", "--json"], "canary/value A?", &wrong),
        4
    );
    let by = |text: &str| sandbox.write("harness/words", format!("{text}\n"));
    for (text, code) in [(PASSPHRASE, 0), (WRONG, 4)] {
        let file = by(text);
        let file = file.to_str().unwrap();
        assert_eq!(
            tried(&sandbox, &["list", "--passphrase-file", file], "", &[]),
            code
        );
        assert_eq!(
            tried(&sandbox, &["list", "--passphrase-fd", "0"], text, &[]),
            code
        );
    }
    // Too weak for a new vault: what was typed is not repeated.
    let other = Sandbox::new();
    other.canary("password");
    let weak = [("SECRETS_PASSPHRASE", "password")];
    for talk in TALK {
        let args = [&["init"] as &[&str], talk].concat();
        assert_eq!(tried(&other, &args, "", &weak), 2);
    }
}

#[test]
fn a_damaged_vault_and_a_damaged_log_show_nothing() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "canary/value A?");
    sandbox.set("B", "canary/value B?");
    let good = sandbox.vault_bytes();
    let verbs: [&[&str]; 5] = [
        &["get", "A"],
        &["list", "--json"],
        &["verify", "-v"],
        &["audit", "verify"],
        &["run", "--", "true"],
    ];
    let mut refused = 0;
    let lines: Vec<&[u8]> = good.split_inclusive(|b| *b == b'\n').collect();
    let mut start = 0;
    for line in lines {
        let mut bytes = good.clone();
        let middle = start + line.len() / 2;
        bytes[middle] = if bytes[middle] == b'A' { b'B' } else { b'A' };
        fs::write(sandbox.vault(), &bytes).unwrap();
        for verb in verbs {
            refused += usize::from(tried(&sandbox, verb, "", &[]) != 0);
        }
        fs::write(sandbox.vault(), &good[..middle]).unwrap();
        refused += usize::from(tried(&sandbox, verbs[0], "", &[]) != 0);
        start += line.len();
    }
    assert!(refused > 40, "{refused}");
    fs::write(sandbox.vault(), &good).unwrap();
    let log = directory(&sandbox).join("audit.jsonl");
    let state = directory(&sandbox).join("audit.state");
    let (log_good, state_good) = (fs::read(&log).unwrap(), fs::read(&state).unwrap());
    let text = String::from_utf8(log_good.clone()).unwrap();
    let altered = text.replacen("\"verb\":\"set\"", "\"verb\":\"get\"", 1);
    let garbage = vec![b'{'; state_good.len()];
    for (log_bytes, state_bytes) in [
        (altered.as_bytes(), state_good.as_slice()),
        (&log_good[..log_good.len() / 2], &state_good),
        (&log_good, &garbage),
        (&garbage, &garbage),
    ] {
        fs::write(&log, log_bytes).unwrap();
        fs::write(&state, state_bytes).unwrap();
        for verb in verbs {
            tried(&sandbox, verb, "", &[]);
        }
        let accept = ["audit", "accept-loss", "--reason", "so", "--yes"];
        assert_eq!(tried(&sandbox, &accept, "", &[]), 0);
        assert_eq!(tried(&sandbox, &["get", "A"], "", &[]), 0);
    }
}
