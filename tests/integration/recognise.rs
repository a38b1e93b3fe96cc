//! `which` and `same`: a value is recognised and never shown.

use crate::harness::Sandbox;
use crate::pty;

const OLD: &str = "old-value/with+signs==";
const NEW: &str = "new value of the secret";
const PEM: &str = "-----BEGIN KEY-----\nabcdef\n-----END KEY-----\n";

/// A vault with old, new, deleted and expired values.
fn vault() -> Sandbox {
    let sandbox = Sandbox::with_vault();
    sandbox.set("infra/A", OLD);
    sandbox.set("infra/A", NEW);
    sandbox.set("production:/A", OLD);
    sandbox.set("production:/PEM", PEM);
    sandbox
}

/// What `which` prints for an input.
fn which(sandbox: &Sandbox, input: impl AsRef<[u8]>) -> String {
    let which = sandbox.secrets(["which", "-"]).stdin(input).run().ok();
    which.stderr_is("").stdout_text()
}

#[test]
fn a_text_is_recognised_in_every_environment_version_and_form() {
    let sandbox = vault();
    let old = |form: &str| {
        format!(
            "development:/infra/A\tv1\tsuperseded\t{form}\nproduction:/A\tv1\tcurrent\t{form}\n"
        )
    };
    assert_eq!(which(&sandbox, OLD), old("whole"));
    assert_eq!(which(&sandbox, format!("{OLD}\n")), old("whole"));
    assert_eq!(
        which(&sandbox, format!("at 12:00 k='{OLD}' failed\n")),
        old("word")
    );
    let base64 = data_encoding::BASE64.encode(OLD.as_bytes());
    assert_eq!(which(&sandbox, format!("Basic {base64}\n")), old("base64"));
    let url = data_encoding::BASE64URL_NOPAD.encode(OLD.as_bytes());
    assert_eq!(which(&sandbox, url), old("base64"));
    let percent = "GET /?k=old-value%2Fwith%2Bsigns%3d%3D&x=1 HTTP/1.1";
    assert_eq!(which(&sandbox, percent), old("percent"));
    let new = "development:/infra/A\tv2\tcurrent\twhole\n";
    assert_eq!(which(&sandbox, NEW), new);
    for pem in [PEM, PEM.trim_end()] {
        let found = sandbox.secrets(["which"]).stdin(pem).run();
        match pem == PEM {
            true => drop(
                found
                    .ok()
                    .stdout_is("production:/PEM\tv1\tcurrent\twhole\n"),
            ),
            false => drop(found.fails(3, &["the input is no value that is kept"])),
        }
    }
}

#[test]
fn what_is_no_value_is_not_recognised_and_no_value_is_taken_from_the_line() {
    let sandbox = vault();
    let none = |input: &str| sandbox.secrets(["which", "-"]).stdin(input).run();
    let shorter = &OLD[1..];
    for input in [shorter, "new", "NEW VALUE OF THE SECRET", "old-value%2"] {
        none(input)
            .fails(3, &["the input is no value that is kept"])
            .stdout_is("");
    }
    for input in ["", "\n", "\r\n"] {
        none(input).fails(2, &["the input is empty"]);
    }
    none(&"x".repeat((1 << 20) + 1)).fails(2, &["longer than 1048576 bytes"]);
    for line in [&["which", OLD][..], &["same", "infra/A", OLD]] {
        let told = sandbox.secrets(line).run();
        told.fails(2, &["is not taken", "on standard input: secrets"]);
    }
    let both = sandbox
        .secrets(["which", "-", "--key-file", "/dev/stdin"])
        .stdin(OLD);
    both.run()
        .fails(2, &["cannot both come from standard input"]);
}

#[test]
fn a_value_is_the_same_or_not_and_its_line_end_is_nobodys() {
    let sandbox = vault();
    let same = |name: &str, input: &str| sandbox.secrets(["same", name, "-"]).stdin(input).run();
    let is = |name: &str, input: &str, address: &str| {
        same(name, input)
            .ok()
            .stdout_is("")
            .stderr_is(&format!("the same: {address}\n"));
    };
    is("infra/A", NEW, "development:/infra/A");
    is("infra/A", &format!("{NEW}\n"), "development:/infra/A");
    is("production:/PEM", PEM, "production:/PEM");
    for input in [OLD, "new", &NEW.to_uppercase(), &format!("{NEW}\n\n")] {
        let other = same("infra/A", input).status(10).stdout_is("");
        other.stderr_is("not the same: development:/infra/A\n");
    }
    same("infra/B", NEW).fails(3, &["no secret named \"B\""]);
    same("infra/A@1", OLD).fails(2, &["leave the @ away"]);
    let json = sandbox
        .secrets(["same", "infra/A", "--json"])
        .stdin(NEW)
        .run()
        .ok();
    json.stdout_is("{\"schema_version\":1,\"address\":\"development:/infra/A\",\"same\":true}\n")
        .stderr_is("the same: development:/infra/A\n");
}

#[test]
fn a_comparison_is_recorded_before_it_is_told_and_shows_nothing() {
    let sandbox = vault();
    let json = sandbox
        .secrets(["which", "-", "--json"])
        .stdin(NEW)
        .run()
        .ok();
    json.stdout_is(
        "{\"schema_version\":1,\"matches\":[{\"address\":\"development:/infra/A\",\
         \"version\":2,\"state\":\"current\",\"form\":\"whole\"}]}\n",
    );
    sandbox
        .secrets(["which", "-"])
        .stdin("a guess")
        .run()
        .fails(3, &["no value"]);
    sandbox
        .secrets(["same", "infra/A", "-"])
        .stdin(OLD)
        .run()
        .status(10)
        .stderr_any("not the same");
    let log = sandbox
        .secrets(["audit", "list", "--action", "check", "--json"])
        .run()
        .ok();
    let events: serde_json::Value = serde_json::from_str(&log.stdout_text()).unwrap();
    let events: Vec<_> = events["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| {
            (
                event["verb"].clone(),
                event["secret"]["path"].clone(),
                event["secret"]["version"].clone(),
            )
        })
        .collect();
    let of = |verb: &str| {
        events
            .iter()
            .filter(|event| event.0 == verb)
            .collect::<Vec<_>>()
    };
    assert_eq!(of("same").len(), 1);
    assert_eq!(
        (&of("same")[0].1, &of("same")[0].2),
        (&"/infra/A".into(), &2.into())
    );
    assert_eq!(of("which").len(), 2);
    assert!(of("which").iter().any(|event| event.1.is_null()));
    // Without a log nothing is told.
    let state = sandbox.write("tmp/no-directory", "");
    for line in [&["which", "-"][..], &["same", "infra/A", "-"]] {
        let told = sandbox
            .secrets(line)
            .stdin(NEW)
            .env("SECRETS_STATE_DIR", &state)
            .run();
        told.stdout_is("").stderr_any("the reason").status(6);
    }
}

#[test]
fn a_deleted_or_expired_value_is_said_to_be_that() {
    let sandbox = vault();
    let set = ["set", "B", "--raw", "--expires", "1s"];
    sandbox
        .secrets(set)
        .stdin("value that goes")
        .run()
        .ok()
        .stderr_any("its version");
    std::thread::sleep(std::time::Duration::from_millis(2100));
    assert_eq!(
        which(&sandbox, "value that goes"),
        "development:/B\tv1\texpired\twhole\n"
    );
    let same = sandbox
        .secrets(["same", "B", "-"])
        .stdin("value that goes")
        .run()
        .ok();
    same.stderr_is("the same: development:/B\n");
}

#[test]
fn a_pasted_value_does_not_show_on_the_terminal() {
    let name = "a_pasted_value_does_not_show_on_the_terminal";
    if !pty::available() {
        skip!(name, "setsid is missing");
    }
    let sandbox = vault();
    let mut terminal = sandbox.secrets(["which", "-"]).on_terminal();
    terminal.prompted("The value").send_hidden(NEW).send("\r");
    terminal
        .wait()
        .status(0)
        .screen_has("development:/infra/A")
        .screen_lacks(NEW);
    let bare = sandbox.secrets(["which"]).on_terminal();
    bare.wait().status(2).screen_has("secrets which - < FILE");
}
