use super::*;
use crate::process::Rules;

fn environment(path: &str) -> Environment {
    let ours = [("PATH", path), ("MARK", "seen")];
    let ours = ours.map(|(name, value)| (OsStr::new(name), OsStr::new(value)));
    Environment::build(ours, vec![], &Rules::default())
        .ok()
        .unwrap()
}

fn words(list: &[&str]) -> Vec<OsString> {
    list.iter().map(OsString::from).collect()
}

fn sh(script: &str, stdin: Option<&[u8]>, limit: usize) -> Result<Vec<u8>, String> {
    let stdin = stdin.map(SecretValue::copy_from);
    capture(
        &words(&["sh", "-c", script]),
        &environment("/usr/bin:/bin"),
        stdin.as_ref(),
        limit,
    )
    .map(|value| value.expose().to_vec())
    .map_err(|error| error.to_string())
}

#[test]
fn output_is_taken_exactly_as_it_came() {
    assert_eq!(
        sh("printf 'a\\0b\\n\\n'; printf %s $MARK", None, 100).unwrap(),
        b"a\0b\n\nseen"
    );
    assert_eq!(
        sh("env", None, 1000)
            .unwrap()
            .split(|b| *b == b'\n')
            .filter(|l| l.starts_with(b"MARK="))
            .count(),
        1
    );
    assert_eq!(sh(":", None, 0).unwrap(), b"");
}

#[test]
fn nothing_but_the_given_environment_is_inherited() {
    let seen = String::from_utf8(sh("env", None, 10_000).unwrap()).unwrap();
    assert!(!seen.contains("CARGO"), "{seen}");
}

#[test]
fn a_helper_without_input_reads_an_empty_one() {
    assert_eq!(sh("cat; echo end", None, 100).unwrap(), b"end\n");
}

#[test]
fn input_and_output_beyond_a_pipe_do_not_wait_for_each_other() {
    let long = vec![b'k'; 400_000];
    assert!(sh("cat", Some(&long), 400_000).unwrap() == long);
    // One that closes its input at once.
    assert_eq!(
        sh("exec <&-; echo done", Some(&long), 100).unwrap(),
        b"done\n"
    );
}

#[test]
fn output_over_the_limit_is_refused_and_the_helper_ended() {
    assert_eq!(sh("printf 12345", None, 5).unwrap(), b"12345");
    assert_eq!(
        sh("printf 123456; exec sleep 60", None, 5).unwrap_err(),
        "the command \"sh\" printed more than 5 bytes"
    );
    assert_eq!(
        sh("cat /dev/zero", Some(&[0; 400_000]), 5).unwrap_err(),
        "the command \"sh\" printed more than 5 bytes"
    );
}

#[test]
fn output_of_a_helper_that_failed_is_thrown_away() {
    assert_eq!(
        sh("echo key; exit 3", None, 100).unwrap_err(),
        "the command \"sh\" failed with status 3"
    );
    assert_eq!(
        sh("echo key; kill -TERM $$", None, 100).unwrap_err(),
        "the command \"sh\" was ended by signal 15"
    );
}

#[test]
fn no_shell_looks_at_the_words() {
    let got = capture(
        &words(&["printf", "%s", "$HOME;*"]),
        &environment("/usr/bin:/bin"),
        None,
        99,
    );
    assert_eq!(got.ok().unwrap().expose(), b"$HOME;*");
}

#[test]
fn a_helper_is_never_found_in_the_current_directory() {
    // From anywhere this is /bin, by a relative path.
    let bin = "../".repeat(40) + "bin";
    assert!(std::path::Path::new(&bin).join("sh").exists());
    for path in ["", ".", ":", &bin] {
        let found = find(OsStr::new("sh"), Some(OsStr::new(path)));
        assert_eq!(found, None, "{path:?}");
    }
    for word in ["", "./sh", "bin/sh", "no-such-command-at-all"] {
        let error = capture(&words(&[word]), &environment("/usr/bin:/bin"), None, 1);
        assert!(
            matches!(error, Err(CaptureError::NotFound { .. })),
            "{word:?}"
        );
    }
    assert!(matches!(
        capture(&[], &environment("/bin"), None, 1),
        Err(CaptureError::NotFound { command }) if command.is_empty()
    ));
    assert_eq!(
        find(OsStr::new("sh"), Some(OsStr::new(".::/bin"))),
        Some("/bin/sh".into())
    );
    assert_eq!(
        find(OsStr::new("bin"), Some(OsStr::new("/usr"))),
        None,
        "a directory"
    );
}
