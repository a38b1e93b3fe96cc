//! Tests of the whole command line.

use std::ffi::OsString;

use super::*;

fn line(text: &str) -> Vec<OsString> {
    text.split_whitespace().map(OsString::from).collect()
}

fn failure(text: &str) -> Failure {
    match parse(line(text)) {
        Ok(_) => panic!("{text} parses"),
        Err(failure) => failure,
    }
}

fn printed(text: &str) -> String {
    match parse(line(text)) {
        Ok(Parsed {
            verb: Verb::Text(text),
            ..
        }) => text,
        Ok(_) => panic!("{text} prints nothing"),
        Err(failure) => panic!("{text}: {failure:?}"),
    }
}

#[test]
fn dump() {
    for l in [
        "secrets --help",
        "secrets env -h",
        "secrets help exit-status",
        "secrets run -h",
        "secrets set --help",
        "secrets -V",
        "secrets get -V",
        "secrets help env create",
    ] {
        eprintln!("$ {l}\n{}", printed(l));
    }
    for l in [
        "secrets",
        "secrets --foo",
        "secrets --jsn get",
        "secrets get",
        "secrets get --fild x A",
        "secrets get db -version=2",
        "secrets -e K=V run x",
        "secrets set X -abc",
        "secrets set X --generate hex:3",
        "secrets set X --hunter2",
        "secrets set X --tgas a",
        "secrets verify foo",
        "secrets get X --env",
        "secrets list --color blue",
        "secrets set X 1 --if-version z",
        "secrets rotate",
        "secrets env",
        "secrets env remove",
        "secrets env crate",
        "secrets read",
        "secrets gte",
        "secrets foo",
        "secrets run --mask -- x",
        "secrets run --only",
        "secrets run --shell x y",
        "secrets -g --vault x list",
        "secrets completions tcsh",
        "secrets help agents",
        "secrets help foo",
        "secrets --passphrase-fd -1 list",
        "secrets init --iterations=-3",
        "secrets -- get",
        "secrets list a b",
        "secrets get -e",
    ] {
        let f = failure(l);
        eprintln!("$ {l}\n{} {}", f.exit_status(), f.message);
        for h in f.hints {
            eprintln!("   hint: {h}");
        }
    }
}
