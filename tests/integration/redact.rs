//! `redact`: values are masked in a stream, and nothing else is touched.

use std::io::{Read, Write};
use std::process::Stdio;

use crate::harness::Sandbox;

const OLD: &str = "old-value-of-the-secret";
const NEW: &str = "new value, with \"quotes\" & more";
const PEM: &str = "-----BEGIN KEY-----\nabcdef\nghijkl\n-----END KEY-----\n";

fn vault() -> Sandbox {
    let sandbox = Sandbox::with_vault();
    sandbox.set("infra/A", OLD);
    sandbox.set("infra/A", NEW);
    sandbox.set("production:/PEM", PEM);
    sandbox.set("B", "other-value");
    sandbox
}

#[test]
fn every_kept_value_of_every_environment_is_masked() {
    let sandbox = vault();
    let text = format!(
        "old {OLD}\nnew {NEW}\njson \"new value, with \\\"quotes\\\" & more\"\n\
         url new%20value%2C%20with%20%22quotes%22%20%26%20more\nline abcdef, ghijkl.\n{PEM}"
    );
    let done = sandbox.secrets(["redact"]).stdin(&text).run().ok();
    done.stderr_is("")
        .stdout_is("old ***\nnew ***\njson \"***\"\nurl ***\nline ***, ***.\n***");
    let log = sandbox.secrets(["audit", "--json"]).run().ok();
    assert!(
        log.stdout_text().contains("\"verb\": \"redact\"")
            || log.stdout_text().contains("\"verb\":\"redact\"")
    );
}

#[test]
fn an_environment_or_a_folder_narrows_it() {
    let sandbox = Sandbox::with_vault();
    // Set without the canary: what is not asked for passes.
    for (address, value) in [
        ("infra/A", OLD),
        ("infra/A", NEW),
        ("B", "other-value"),
        ("production:/PEM", PEM),
    ] {
        let set = sandbox.secrets(["-q", "set", "--raw", address]);
        set.stdin(value).run().ok();
    }
    let text = format!("{OLD} other-value abcdef\n");
    for (args, clean) in [
        (
            &["redact", "-e", "production"][..],
            format!("{OLD} other-value ***\n"),
        ),
        (
            &["redact", "-p", "/infra"],
            "*** other-value abcdef\n".to_owned(),
        ),
        (&["redact", "-e", "dev"], "*** *** abcdef\n".to_owned()),
    ] {
        let done = sandbox.secrets(args).stdin(&text).run().ok();
        done.stderr_is("").stdout_is(&clean);
    }
    let unknown = sandbox.secrets(["redact", "-e", "prd"]).stdin(&text).run();
    unknown.fails(3, &["prd"]).stdout_is("");
}

#[test]
fn what_is_too_short_or_too_common_is_named() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("PIN", "123");
    sandbox.set("DEBUG", "true");
    let done = sandbox.secrets(["redact"]).stdin("123 true\n").run().ok();
    done.stderr_is(
        "not masked, because the value is too short or too common: development:/DEBUG, \
         development:/PIN\n",
    )
    .stdout_is("123 true\n");
}

#[test]
fn nothing_passes_unless_the_vault_opens() {
    let sandbox = vault();
    let locked = sandbox
        .secrets(["redact"])
        .without("SECRETS_KEY_FILE")
        .stdin("text")
        .run();
    locked.fails(4, &["a key"]).stdout_is("");
    let json = sandbox.secrets(["redact", "--json"]).stdin("x").run();
    let json = json.status(2).stdout_is("");
    json.stderr_has(&["never JSON"]);
}

#[test]
fn what_is_certain_comes_at_once_and_a_gone_reader_ends_it() {
    let sandbox = vault();
    let (mut command, _) = sandbox.secrets(["redact"]).plain();
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut input, mut output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut shown = [0; 10];
    input.write_all(b"Password: old-").unwrap();
    output.read_exact(&mut shown).unwrap();
    assert_eq!(&shown, b"Password: ");
    input.write_all(b"value-of-the-secret\n").unwrap();
    output.read_exact(&mut shown[..4]).unwrap();
    assert_eq!(&shown[..4], b"***\n");
    drop(output);
    // The first write finds that nobody reads; the next finds that nobody listens.
    while input.write_all(&[b'x'; 4096]).is_ok() {}
    assert!(child.wait().unwrap().success());
}
