use super::*;

fn pair(var: &str, value: &[u8]) -> Pair {
    Pair {
        address: format!("dev:/{var}"),
        value: SecretValue::copy_from(value),
        var: VarName::parse(var).unwrap(),
    }
}

fn inherited<'a>(list: &[(&'a str, &'a str)]) -> Vec<(&'a OsStr, &'a OsStr)> {
    list.iter()
        .map(|(name, value)| (OsStr::new(*name), OsStr::new(*value)))
        .collect()
}

/// The built environment as text, in its order.
fn shown(environment: &Environment) -> Vec<String> {
    let entries = environment.entries().into_iter();
    entries
        .map(|entry| entry.to_str().unwrap().to_owned())
        .collect()
}

fn refusals(pairs: Vec<Pair>, rules: &Rules) -> Vec<Refusal> {
    Environment::build(Vec::new(), pairs, rules)
        .err()
        .unwrap_or_default()
}

fn names(list: &[&str]) -> Vec<VarName> {
    list.iter()
        .map(|name| VarName::parse(name).unwrap())
        .collect()
}

#[test]
fn a_secret_wins_over_an_inherited_variable_and_that_is_told() {
    let built = Environment::build(
        inherited(&[("HOME", "/h"), ("A", "old"), ("ODD%%", "x=y"), ("E", "")]),
        vec![
            pair("A", b"new"),
            pair("B", b"b=\n \xc3\xa9"),
            pair("C", b""),
        ],
        &Rules::default(),
    )
    .ok()
    .unwrap();
    let expected = ["HOME=/h", "A=new", "ODD%%=x=y", "E=", "B=b=\n é", "C="];
    assert_eq!(shown(&built), expected);
    assert_eq!(built.overridden(), ["A"]);
    assert!(built.kept().is_empty() && built.removed().is_empty());
    assert_eq!(built.value("A"), Some(OsStr::new("new")));
    assert_eq!(built.value("C"), Some(OsStr::new("")));
    assert_eq!(built.value("D"), None);
    assert_eq!(built.names().count(), 6);
}

#[test]
fn keep_env_turns_that_around() {
    let build = |keep_env| {
        let rules = Rules {
            keep_env,
            ..Rules::default()
        };
        let ours = inherited(&[("A", "1"), ("B", "1")]);
        let secrets = vec![pair("A", b"2"), pair("B", b"2"), pair("C", b"2")];
        let built = Environment::build(ours, secrets, &rules).ok().unwrap();
        (
            shown(&built).join(" "),
            built.kept().join(" "),
            built.overridden().join(" "),
        )
    };
    let text = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
    assert_eq!(build(KeepEnv::None), text("A=2 B=2 C=2", "", "A B"));
    assert_eq!(build(KeepEnv::All), text("A=1 B=1 C=2", "A B", ""));
    assert_eq!(
        build(KeepEnv::Names(names(&["B", "C"]))),
        text("A=2 B=1 C=2", "B", "A")
    );
}

#[test]
fn of_a_variable_that_is_inherited_twice_the_first_is_taken() {
    let ours = inherited(&[("A", "1"), ("B", "x"), ("A", "2")]);
    let built = Environment::build(ours, vec![], &Rules::default())
        .ok()
        .unwrap();
    assert_eq!(shown(&built), ["A=1", "B=x"]);
    let ours = inherited(&[("A", "1"), ("A", "2")]);
    let built = Environment::build(ours, vec![pair("A", b"3")], &Rules::default())
        .ok()
        .unwrap();
    assert_eq!(shown(&built), ["A=3"]);
    assert_eq!(built.overridden(), ["A"]);
}

#[test]
fn our_credentials_never_reach_a_child_and_nothing_else_of_ours_is_taken() {
    let mut ours: Vec<_> = CREDENTIAL_VARIABLES
        .iter()
        .map(|name| (*name, "canary"))
        .collect();
    ours.extend([
        ("SECRETS_VAULT", "v"),
        ("SECRETS_TOKENS", "x"),
        ("SECRETS_TOKEN", "canary"),
    ]);
    for clean_env in [false, true] {
        let rules = Rules {
            clean_env,
            pass: vec!["SECRETS_*".to_owned()],
            ..Rules::default()
        };
        let built = Environment::build(inherited(&ours), vec![], &rules)
            .ok()
            .unwrap();
        assert_eq!(shown(&built), ["SECRETS_VAULT=v", "SECRETS_TOKENS=x"]);
        assert_eq!(built.removed(), CREDENTIAL_VARIABLES);
    }
    for name in CREDENTIAL_VARIABLES {
        let rules = Rules {
            allow_env: names(&[name]),
            ..Rules::default()
        };
        let refused = refusals(vec![pair(name, b"x")], &rules);
        assert_eq!(refused.len(), 1, "{name}");
        assert_eq!(refused[0].code, RefusalCode::Credential);
        assert_eq!(
            refused[0].message,
            format!("refusing to set {name} for a child")
        );
    }
}

#[test]
fn a_clean_environment_keeps_what_a_program_needs_to_find_itself() {
    let ours = inherited(&[
        ("HOME", "h"),
        ("LC_ALL", "C"),
        ("LC_TIME", "C"),
        ("LCX", "no"),
        ("AWS_PROFILE", "no"),
        ("PATH", "p"),
        ("CI", "1"),
        ("XDG_RUNTIME_DIR", "r"),
        ("XDG_DATA_HOME", "no"),
        ("A", "no"),
    ]);
    let rules = Rules {
        clean_env: true,
        pass: vec!["CI".to_owned()],
        ..Rules::default()
    };
    let built = Environment::build(ours, vec![pair("A", b"s")], &rules)
        .ok()
        .unwrap();
    let expected = [
        "HOME=h",
        "LC_ALL=C",
        "LC_TIME=C",
        "PATH=p",
        "CI=1",
        "XDG_RUNTIME_DIR=r",
        "A=s",
    ];
    assert_eq!(shown(&built), expected);
    // What is not there any more is not overridden either.
    assert!(built.overridden().is_empty());
}

#[test]
fn a_variable_that_changes_how_programs_run_is_refused_unless_named() {
    let dangerous = [
        "LD_PRELOAD",
        "LD_LIBRARY_PATH",
        "LD_AUDIT",
        "DYLD_INSERT_LIBRARIES",
        "PATH",
        "IFS",
        "ENV",
        "BASH_ENV",
        "SHELLOPTS",
        "BASHOPTS",
        "PROMPT_COMMAND",
        "PS4",
        "PYTHONPATH",
        "PYTHONHOME",
        "PYTHONSTARTUP",
        "NODE_OPTIONS",
        "NODE_PATH",
        "PERL5OPT",
        "PERL5LIB",
        "RUBYOPT",
        "RUBYLIB",
        "GIT_SSH",
        "GIT_SSH_COMMAND",
        "GIT_EXEC_PATH",
        "GIT_CONFIG_COUNT",
        "JAVA_TOOL_OPTIONS",
        "_JAVA_OPTIONS",
        "EDITOR",
        "VISUAL",
        "PAGER",
        "GCONV_PATH",
        "LOCPATH",
        "NLSPATH",
        "MALLOC_CHECK_",
    ];
    for name in dangerous {
        let refused = refusals(vec![pair(name, b"x")], &Rules::default());
        assert_eq!(refused.len(), 1, "{name}");
        assert_eq!(refused[0].code, RefusalCode::Denied);
        assert_eq!(
            refused[0].message,
            format!("refusing to set {name} for a child")
        );
        assert_eq!(
            refused[0].hint,
            format!("--allow-env {name} if you mean it")
        );
        let rules = Rules {
            allow_env: names(&[name]),
            ..Rules::default()
        };
        assert!(
            refusals(vec![pair(name, b"x")], &rules).is_empty(),
            "{name}"
        );
    }
    for harmless in [
        "path",
        "LD_PRELOADED",
        "GIT_CONFIG",
        "DATABASE_URL",
        "TERM",
        "LC_ALL",
    ] {
        assert!(
            refusals(vec![pair(harmless, b"x")], &Rules::default()).is_empty(),
            "{harmless}"
        );
    }
}

#[test]
fn an_inherited_variable_is_nobodys_plant_and_passes() {
    let ours = inherited(&[("LD_PRELOAD", "/lib/own.so"), ("PATH", "/bin")]);
    let built = Environment::build(ours, vec![], &Rules::default())
        .ok()
        .unwrap();
    assert_eq!(shown(&built), ["LD_PRELOAD=/lib/own.so", "PATH=/bin"]);
}

#[test]
fn a_variable_at_the_limit_passes_and_one_byte_more_does_not() {
    let fits = vec![b'x'; MAX_VARIABLE_BYTES - "BIG=".len()];
    assert!(refusals(vec![pair("BIG", &fits)], &Rules::default()).is_empty());
    let refused = refusals(
        vec![pair("BIG", &[fits, vec![b'x']].concat())],
        &Rules::default(),
    );
    assert_eq!(refused[0].code, RefusalCode::TooLong);
    assert_eq!(
        refused[0].message,
        "\"dev:/BIG\" makes a variable of 131072 bytes; at most 131071 are possible"
    );
    assert_eq!(
        refused[0].hint,
        "a file can carry it: --file dev:/BIG:BIG_FILE"
    );
}

#[test]
fn everything_that_is_wrong_is_listed_at_once_and_no_value_with_it() {
    let mut twice = pair("A", b"canary-1");
    twice.address = "dev:/x/A".to_owned();
    let pairs = vec![
        pair("A", b"canary-2"),
        pair("PATH", b"canary-3\0"),
        twice,
        pair("FINE", b"canary-4"),
        pair("SECRETS_KEY", b"canary-5"),
    ];
    let refused = refusals(pairs, &Rules::default());
    let codes: Vec<_> = refused
        .iter()
        .map(|r| (r.code.as_str(), r.variable.as_str()))
        .collect();
    assert_eq!(
        codes,
        [
            ("denied_variable", "PATH"),
            ("nul_byte", "PATH"),
            ("duplicate_variable", "A"),
            ("credential_variable", "SECRETS_KEY"),
        ]
    );
    assert_eq!(
        refused[1].message,
        "the value of \"dev:/PATH\" holds a NUL byte, which no variable can carry"
    );
    assert_eq!(
        refused[2].message,
        "\"dev:/A\" and \"dev:/x/A\" would both be the variable A"
    );
    assert_eq!(refused[2].address, "dev:/x/A");
    assert!(!format!("{refused:?}").contains("canary"));
}

#[test]
fn an_entry_lies_in_a_buffer_that_was_never_too_small() {
    let bytes = Variable::new(b"NAME", &[b'v'; 1000]).unwrap().entry;
    assert_eq!((bytes.len(), bytes.capacity()), (1006, 1006));
    let new = Variable::new;
    assert!(new(b"A", b"b\0c").is_none() && new(b"A\0", b"b").is_none());
}
