//! Values survive exactly, whatever they are.

use crate::harness::Sandbox;

const PEM: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIHRoaXMgaXMgbm90IGEga2V5IGF0IGFsbCEh\n-----END PRIVATE KEY-----\n";

#[test]
fn text_from_a_pipe_is_kept_byte_for_byte() {
    let sandbox = Sandbox::with_vault();
    for (name, value) in [
        ("INNER", "first line\nsecond line"),
        ("CRLF", "first line\r\nsecond line\r\n"),
        ("QUOTES", "it's \"quoted\" `twice`"),
        ("COMMAND", "$(id) ${HOME} $HOME pa$$word"),
        ("AMPERSAND", "a$&b\\1\\n%s%d"),
        ("DASH", "--leading-dash"),
        ("BLANKS", "  blanks at both ends \t"),
        ("ASTRAL", "four bytes: \u{1F511}\u{10FFFF}"),
        ("PEM", PEM),
        ("NO_END", "a\nb\n\n"),
    ] {
        sandbox.canary_if_long(value.as_bytes());
        let set = sandbox.secrets(["set", name]).stdin(value).run();
        set.ok()
            .stdout_is("")
            .stderr_has(&["development:/", name, " v1"]);
        sandbox.secrets(["get", name]).run().ok().stdout_is(value);
    }
}

#[test]
fn one_line_loses_its_newline_and_that_is_said() {
    let sandbox = Sandbox::with_vault();
    let echo = sandbox.secrets(["set", "A"]).stdin("value-of-echo\n").run();
    echo.ok().stderr_has(&["newline"]);
    sandbox
        .secrets(["get", "A"])
        .run()
        .ok()
        .stdout_is("value-of-echo");
    let raw = sandbox
        .secrets(["set", "B", "--raw"])
        .stdin("value-of-raw\n")
        .run();
    assert!(
        !raw.ok()
            .stderr_any("looked at here")
            .stderr_text()
            .contains("newline")
    );
    sandbox
        .secrets(["get", "B"])
        .run()
        .ok()
        .stdout_is("value-of-raw\n");
}

#[test]
fn bytes_that_are_no_text_come_from_a_file() {
    let sandbox = Sandbox::with_vault();
    let every: Vec<u8> = (0..=255).chain([0xff, 0xfe, 0x00]).collect();
    let file = sandbox.write("home/bytes", &every);
    let set = sandbox
        .secrets(["set", "BINARY", "--from-file"])
        .arg(&file)
        .run();
    set.ok().stderr_has(&["BINARY v1"]);
    sandbox
        .secrets(["get", "BINARY"])
        .run()
        .ok()
        .stdout_is(&every);
    let json = sandbox.secrets(["get", "BINARY", "--json"]).run().ok();
    let json: serde_json::Value = serde_json::from_slice(json.stdout()).unwrap();
    assert_eq!(json["secrets"][0]["encoding"], "base64");
    assert_eq!(json["secrets"][0]["type"], "binary");
    let newline = sandbox.write("home/newline", "kept in a file\n");
    sandbox
        .secrets(["set", "LINE", "--from-file"])
        .arg(newline)
        .run()
        .stderr_has(&["LINE v1"]);
    assert_eq!(sandbox.get("LINE"), b"kept in a file\n");
}

#[test]
fn a_mebibyte_fits_and_one_byte_more_does_not() {
    let sandbox = Sandbox::with_vault();
    let most: Vec<u8> = (0..1_u32 << 20)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    sandbox.set("MOST", &most);
    assert!(sandbox.get("MOST") == most);
    let before = sandbox.vault_bytes();
    let more = [most.as_slice(), b"x"].concat();
    sandbox
        .secrets(["set", "MOST", "--raw"])
        .stdin(more)
        .run()
        .fails(2, &["1048576"]);
    assert!(sandbox.vault_bytes() == before);
}

#[test]
fn nothing_is_a_value_only_when_allowed() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    let before = sandbox.vault_bytes();
    sandbox
        .secrets(["set", "A"])
        .stdin("")
        .run()
        .fails(2, &["empty", "--allow-empty"]);
    sandbox
        .secrets(["set", "A"])
        .stdin("\n")
        .run()
        .fails(2, &["empty"]);
    sandbox.secrets(["set", "A", ""]).run().fails(2, &["empty"]);
    assert_eq!(sandbox.vault_bytes(), before);
    sandbox
        .secrets(["set", "A", "--allow-empty"])
        .stdin("")
        .run()
        .stderr_has(&["A v2"]);
    sandbox.secrets(["set", "B="]).run().stderr_has(&["B v1"]);
    for name in ["A", "B"] {
        sandbox.secrets(["get", name]).run().ok().stdout_is("");
    }
}

#[test]
fn a_value_on_the_command_line_is_taken_as_it_is_and_warned_of_once() {
    let sandbox = Sandbox::with_vault();
    let set = sandbox
        .secrets(["set", "A=one=1", "B=two words"])
        .run()
        .ok();
    let text = set.stderr_has(&["secrets: warning: "]).stderr_text();
    assert_eq!(text.matches("secrets: warning: ").count(), 1, "{text}");
    sandbox.secrets(["get", "A"]).run().ok().stdout_is("one=1");
    sandbox
        .secrets(["get", "B"])
        .run()
        .ok()
        .stdout_is("two words");
    sandbox
        .secrets(["set", "C", "-abc"])
        .run()
        .fails(2, &["secrets set C -- -VALUE"]);
    sandbox
        .secrets(["set", "C", "--", "-abc"])
        .run()
        .ok()
        .stderr_has(&["C v1"]);
    sandbox.secrets(["get", "C"]).run().ok().stdout_is("-abc");
}

#[test]
fn the_same_value_again_writes_nothing() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    let before = sandbox.vault_bytes();
    let again = sandbox
        .secrets(["set", "A", "--raw"])
        .stdin("value-of-a")
        .run();
    again.ok().stderr_has(&["v1 (unchanged)"]);
    assert_eq!(sandbox.vault_bytes(), before);
}
