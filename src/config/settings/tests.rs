use super::*;
use crate::name::SecretPath;

fn project(text: &str) -> Result<Settings, Error> {
    Settings::parse(text, ".vault/config.toml", Kind::Project)
}

fn user(text: &str) -> Result<Settings, Error> {
    Settings::parse(text, "config.toml", Kind::User)
}

fn message(result: Result<Settings, Error>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn every_setting_of_a_project_is_read() {
    let settings = project(
        r#"
environment = "development"
path = "/app"
[branches]
main = "production"
"release/*" = "staging"
[run]
recursive = true
only = ["DB_*", "API"]
except = ["DB_OLD"]
map = { DATABASE_URL = "/db/URL", OLD = "prod:X@2" }
prefix = "APP_"
"#,
    )
    .unwrap();
    let env = |text| EnvName::parse(text).unwrap();
    assert_eq!(settings.environment, Some(env("development")));
    assert_eq!(settings.path, FolderPath::parse("/app").ok());
    let [main, release] = settings.branches.as_slice() else {
        panic!("two branches");
    };
    assert_eq!(
        (main.name.as_str(), &main.env),
        ("main", &env("production"))
    );
    assert!(main.pattern.is_none());
    assert!(release.pattern.as_ref().unwrap().matches_text("release/2"));
    let run = &settings.run;
    assert_eq!((run.recursive, run.only.len()), (Some(true), 2));
    assert!(run.except[0].matches(&SecretPath::parse("x/DB_OLD").unwrap()));
    assert_eq!(run.prefix.as_deref(), Some("APP_"));
    let map: Vec<_> = run.map.iter().map(|(v, _)| v.as_str()).collect();
    assert_eq!(map, ["DATABASE_URL", "OLD"]);
    assert_eq!(run.map[0].1, Address::parse("/db/URL").unwrap());
}

#[test]
fn every_setting_of_a_user_is_read() {
    let settings = user(
        r#"
environment = "development"
agents = "run-only"
iterations = 1_000_000
color = "never"
key_command = ["op", "read", "x"]
session = { for = "8h", idle = "15m" }
[vaults."0123456789abcdef0123456789abcdef"]
key_command = ["pass"]
slot = "rui@laptop"
"#,
    )
    .unwrap();
    let span = |text| Span::parse(text).ok();
    assert_eq!(settings.environment, EnvName::parse("development").ok());
    assert_eq!(settings.agents, Some(Agents::RunOnly));
    assert_eq!(settings.iterations, Some(1_000_000));
    assert_eq!(settings.color, Some(Color::Never));
    assert_eq!(settings.key_command.unwrap(), ["op", "read", "x"]);
    assert_eq!(settings.session.length, span("8h"));
    assert_eq!(settings.session.idle, span("15m"));
    let vault = &settings.vaults["0123456789abcdef0123456789abcdef"];
    assert_eq!(vault.key_command.as_deref().unwrap(), ["pass"]);
    assert_eq!(vault.slot.as_deref(), Some("rui@laptop"));
}

#[test]
fn an_empty_file_says_nothing() {
    for settings in [project("").unwrap(), user("# nothing\n").unwrap()] {
        assert!(settings.environment.is_none() && settings.branches.is_empty());
        assert_eq!(settings.session, Session::default());
    }
}

#[test]
fn an_unknown_key_is_an_error_with_its_line_and_a_suggestion() {
    let error = project("# a\npath = \"/\"\n\nenvronment = \"x\"").unwrap_err();
    assert_eq!(
        error.to_string(),
        "\".vault/config.toml\" line 4: unknown key \"envronment\""
    );
    assert_eq!(error.similar(), Some("environment"));
    let error = project("[run]\nrecursive = true\nrecursiv = true").unwrap_err();
    assert_eq!(
        error.to_string(),
        "\".vault/config.toml\" line 3: unknown key \"run.recursiv\""
    );
    assert_eq!(error.similar(), Some("recursive"));
    assert_eq!(user("mask = true").unwrap_err().similar(), None);
    for text in ["session.four = \"1h\"", "vaults.x.y = 1", "allow_env = []"] {
        assert!(user(text).is_err(), "{text}");
    }
}

#[test]
fn a_project_decides_nothing_about_safety() {
    for text in [
        "agents = \"full\"",
        "allow_env = [\"PATH\"]",
        "audit = false",
        "audit.policy = \"off\"",
        "color = \"never\"",
        "iterations = 600000",
        "key_command = [\"curl\"]",
        "log = \"off\"",
        "mask = false",
        "run.allow_env = [\"PATH\"]",
        "run.mask = false",
        "session.for = \"1y\"",
        "slot = \"x\"",
        "vaults.x.slot = \"y\"",
    ] {
        let key = text.split(" =").next().unwrap();
        let key = match key.starts_with("run.") {
            true => key,
            false => key.split('.').next().unwrap(),
        };
        assert_eq!(
            message(project(text)),
            format!(
                "\".vault/config.toml\" line 1: \"{key}\" is never taken from a project's file, \
                 only from your own settings or the command line"
            )
        );
    }
    assert_eq!(
        message(user("[run]\nonly = []")),
        "\"config.toml\" line 1: \"run\" belongs in the project's settings, \".vault/config.toml\""
    );
}

#[test]
fn a_wrong_type_is_an_error_with_its_line() {
    for (text, problem) in [
        (
            "\nenvironment = 1",
            "line 2: \"environment\" must be a string",
        ),
        ("branches = []", "line 1: \"branches\" must be a table"),
        (
            "[run]\nrecursive = \"yes\"",
            "line 2: \"run.recursive\" must be true or false",
        ),
        (
            "[run]\nonly = \"A\"",
            "line 2: \"run.only\" must be an array of names or globs",
        ),
        (
            "[run]\nonly = [\n\"A\",\n1]",
            "line 4: \"run.only\" must be a string",
        ),
        ("run.map.X = 1", "line 1: \"run.map.X\" must be a string"),
    ] {
        let expected = format!("\".vault/config.toml\" {problem}");
        assert_eq!(message(project(text)), expected);
    }
    let wrong = "\"config.toml\" line 1: \"iterations\" must be a number";
    assert_eq!(message(user("iterations = \"600000\"")), wrong);
}

#[test]
fn a_value_is_checked_where_it_stands() {
    for (text, problem) in [
        (
            "environment = \"Prod\"",
            "\"environment\": \"Prod\": an environment is 1 to 32 characters of a-z, 0-9 and -",
        ),
        (
            "path = \"a//b\"",
            "\"path\": \"a//b\": a name or one of its parts is empty",
        ),
        (
            "branches.\"a[\" = \"dev\"",
            "\"branches.a[\": a \"[\" is not closed",
        ),
        (
            "run.only = [\"A[\"]",
            "\"run.only\": \"A[\": a \"[\" is not closed",
        ),
        (
            "run.prefix = \"1\"",
            "\"run.prefix\": \"1\": a variable is letters, digits and \"_\" and does not begin \
             with a digit",
        ),
        (
            "run.map.a-b = \"A\"",
            "\"run.map.a-b\": a variable is letters, digits and \"_\" and does not begin with a \
             digit",
        ),
        (
            "run.map.A = \"B@0\"",
            "\"run.map.A\": \"B@0\": after \"@\" stands a version number, \"previous\" or \
             \"pending\"",
        ),
    ] {
        let expected = format!("\".vault/config.toml\" line 1: {problem}");
        assert_eq!(message(project(text)), expected);
    }
    for (text, problem) in [
        (
            "agents = \"none\"",
            "\"agents\": it must be \"full\" or \"run-only\"",
        ),
        (
            "color = \"yes\"",
            "\"color\": it must be \"auto\", \"always\" or \"never\"",
        ),
        (
            "session.idle = \"0s\"",
            "\"session.idle\": it must be more than nothing",
        ),
        (
            "key_command = [\"\"]",
            "\"key_command\": the program is missing",
        ),
        (
            "vaults.ABC.slot = \"x\"",
            "\"vaults.ABC\": a vault's id is 32 digits of 0-9 and a-f",
        ),
    ] {
        let expected = format!("\"config.toml\" line 1: {problem}");
        assert_eq!(message(user(text)), expected);
    }
    let id = "0".repeat(32);
    for label in ["", "-x", "a b", &"a".repeat(65)] {
        assert!(
            user(&format!("vaults.{id}.slot = \"{label}\"")).is_err(),
            "{label}"
        );
    }
    assert!(user(&format!("vaults.{id}.slot = \"{}\"", "a".repeat(64))).is_ok());
}

#[test]
fn iterations_are_within_their_bounds() {
    for (text, ok) in [
        ("599999", false),
        ("600000", true),
        ("10000000", true),
        ("10000001", false),
        ("0xF4240", true),
        ("-600000", false),
        ("99999999999999999999", false),
    ] {
        assert_eq!(user(&format!("iterations = {text}")).is_ok(), ok, "{text}");
    }
    let refused = message(user("iterations = 1000"));
    let expected =
        "\"config.toml\" line 1: \"iterations\": 1000 is out of bounds: 600000 to 10000000";
    assert_eq!(refused, expected);
}

#[test]
fn what_is_no_toml_is_an_error_with_its_line() {
    for (text, line) in [
        ("path = \"/\"\npath = \"/\"", 2),
        ("\n\n[run", 3),
        ("a", 1),
        ("x = \"\n", 1),
        ("[run]\n[run]\n", 2),
    ] {
        let Err(Error::Setting {
            line: found,
            problem,
            ..
        }) = project(text)
        else {
            panic!("{text:?} was read");
        };
        assert_eq!(found, line, "{text:?}");
        assert!(matches!(problem, Problem::Syntax { .. }), "{problem:?}");
        assert!(!problem.to_string().contains('\n'));
    }
}
