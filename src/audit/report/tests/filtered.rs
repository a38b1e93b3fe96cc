//! What is picked, and what is counted.

use super::*;

/// The numbers and paths of what a filter picks.
fn picked(filter: &Filter) -> Vec<(u64, String)> {
    let line = |row: &Row| (row.entry().seq, row.path().unwrap_or("-").to_owned());
    selected(filter).rows().map(line).collect()
}

fn numbers(filter: &Filter) -> Vec<u64> {
    picked(filter).into_iter().map(|(seq, _)| seq).collect()
}

#[test]
fn everything_is_shown_newest_last_and_a_row_for_each_name() {
    let all = picked(&Filter::default());
    let expected = [
        (0, "-"),
        (1, "/infra/DB_URL"),
        (1, "/API_KEY"),
        (2, "/API_KEY"),
        (3, "-"),
        (4, "/infra/deep/KEY"),
        (5, "-"),
    ];
    assert_eq!(all, expected.map(|(seq, path)| (seq, path.to_owned())));
}

#[test]
fn both_ends_of_a_time_are_inside() {
    let at = |ago| Some(Timestamp::from_seconds(NOW - ago).unwrap());
    let between = |since, until| {
        numbers(&Filter {
            since,
            until,
            ..Filter::default()
        })
    };
    assert_eq!(between(at(200), None), [3, 4, 5]);
    assert_eq!(between(at(199), None), [4, 5]);
    assert_eq!(between(None, at(300)), [0, 1, 1, 2]);
    assert_eq!(between(None, at(301)), [0, 1, 1]);
    assert_eq!(between(at(300), at(200)), [2, 3]);
}

#[test]
fn actions_verbs_environments_and_failures_are_exact() {
    let filter = Filter {
        actions: vec![Action::Write, Action::Chain],
        ..Filter::default()
    };
    assert_eq!(numbers(&filter), [0, 2]);
    let filter = Filter {
        env: Some("staging".to_owned()),
        ..Filter::default()
    };
    assert_eq!(numbers(&filter), [2, 3, 4, 5]);
    let filter = Filter {
        failed: true,
        ..Filter::default()
    };
    assert_eq!(numbers(&filter), [3]);
    let filter = Filter {
        verb: Some("get".to_owned()),
        ..Filter::default()
    };
    assert!(numbers(&filter).is_empty());
    let mut one = Event::new(Action::Read, NOW);
    one.verb = Some("get".to_owned());
    assert_eq!(filter.rows(entries([one]).next().unwrap()).count(), 1);
}

#[test]
fn a_path_is_a_glob_a_folder_or_an_address() {
    for (text, found) in [
        ("API_*", &[(1, "/API_KEY"), (2, "/API_KEY")][..]),
        ("API_KEY", &[(1, "/API_KEY"), (2, "/API_KEY")]),
        ("staging:API_KEY", &[(2, "/API_KEY")]),
        ("KEY", &[(4, "/infra/deep/KEY")]),
        ("/KEY", &[]),
        ("infra/*", &[(1, "/infra/DB_URL")]),
        ("infra/*/*", &[(4, "/infra/deep/KEY")]),
        ("infra/", &[(1, "/infra/DB_URL"), (4, "/infra/deep/KEY")]),
        ("development:/infra/", &[(1, "/infra/DB_URL")]),
        ("infra/DB_URL", &[(1, "/infra/DB_URL")]),
        ("inf/", &[]),
        ("production:*", &[]),
    ] {
        let path = Some(Paths::parse(text).unwrap());
        let filter = Filter {
            path,
            ..Filter::default()
        };
        let found: Vec<_> = found.iter().map(|(n, p)| (*n, (*p).to_owned())).collect();
        assert_eq!(picked(&filter), found, "{text}");
    }
    for bad in ["", "A@2", "a[", "Env!:A", "a b", "a//"] {
        assert!(Paths::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_name_is_one_path_in_every_environment_or_in_one() {
    let named = |env: Option<&str>, path| {
        let name = Some(Named {
            env: env.map(|env| crate::name::EnvName::parse(env).unwrap()),
            path: crate::name::SecretPath::parse(path).unwrap(),
        });
        picked(&Filter {
            name,
            ..Filter::default()
        })
    };
    let api = |seq| (seq, "/API_KEY".to_owned());
    assert_eq!(named(None, "API_KEY"), [api(1), api(2)]);
    assert_eq!(named(Some("staging"), "API_KEY"), [api(2)]);
    assert!(named(None, "DB_URL").is_empty());
}

#[test]
fn an_actor_is_found_by_every_name_it_has() {
    let mut one = Event::new(Action::Read, NOW);
    one.label = Some("rui@example.com".to_owned());
    one.user = Some("root".to_owned());
    one.agent = Some("claude".to_owned());
    one.accessor = Some("ci/deploy".to_owned());
    one.host = Some("oak".to_owned());
    for (text, found) in [
        ("rui@example.com", true),
        ("*@example.com", true),
        ("root", true),
        ("cl?ude", true),
        ("ci/deploy", true),
        ("ci/*", true),
        ("ru", false),
        ("Root", false),
        ("oak", false),
        ("?", false),
    ] {
        let actor = Some(Actor::parse(text).unwrap());
        let filter = Filter {
            actor,
            ..Filter::default()
        };
        let rows = filter.rows(entries([one.clone()]).next().unwrap()).count();
        assert_eq!(rows == 1, found, "{text}");
    }
    assert!(Actor::parse("a[").is_err());
}

#[test]
fn a_limit_keeps_the_newest_and_the_totals_of_all() {
    for (limit, seen, limited) in [
        (None, 7, false),
        (Some(7), 7, false),
        (Some(2), 2, true),
        (Some(0), 0, true),
    ] {
        let filter = Filter {
            limit,
            ..Filter::default()
        };
        let selection = selected(&filter);
        assert_eq!(selection.rows().count(), seen);
        assert_eq!(selection.is_limited(), limited);
        assert_eq!(selection.totals(), selected(&Filter::default()).totals());
        if limit == Some(2) {
            assert_eq!(numbers(&filter), [4, 5]);
        }
    }
}

#[test]
fn logs_of_several_machines_are_merged_by_time() {
    let filter = Filter {
        limit: Some(4),
        ..Filter::default()
    };
    let theirs = [
        started(7),
        event("read", 150, "a", &[("/A", 1)]),
        // The clock of this machine was set back: its order stays.
        event("read", 320, "a", &[("/B", 1)]),
        event("read", 60, "a", &[("/C", 1)]),
    ];
    let mut merged = selected(&filter);
    merged.merge(Selection::of(&filter, entries(theirs)));
    let paths: Vec<_> = merged.rows().map(|row| row.path().unwrap_or("-")).collect();
    assert_eq!(paths, ["/B", "/infra/deep/KEY", "/C", "-"]);
    assert_eq!(merged.totals().events, 11);
    assert!(merged.is_limited());
}

#[test]
fn totals_name_failures_the_busiest_and_the_last_rotation() {
    let selection = selected(&Filter::default());
    let totals = selection.totals();
    assert_eq!((totals.events, totals.failed), (7, 1));
    assert_eq!(totals.most_frequent_actor(), Some("rui"));
    let rotation = totals.last_rotation.clone().unwrap();
    assert_eq!(rotation.time.seconds(), NOW - 100);
    assert_eq!(rotation.address.as_deref(), Some("staging:/infra/deep/KEY"));
    assert_eq!(
        totals.lines(&[anchor()], now()),
        [
            "7 events, 1 failed, most frequent actor: rui, last rotation: 1 minute ago \
             (staging:/infra/deep/KEY)",
            "the log of another device is not here: chain CQkJCQkJCQkJCQkJCQkJCQ, 120 entries",
        ]
    );
    assert_eq!(Totals::default().lines(&[], now()), ["no event"]);
}

#[test]
fn a_rotation_that_failed_or_is_older_is_not_the_last() {
    let rotated = |ago, path| event("rotate", ago, "a", &[(path, 1)]);
    let events = [
        rotated(50, "/NEW"),
        rotated(90, "/OLD"),
        failed(rotated(10, "/FAILED"), "io"),
        event("access", 5, "a", &[]),
    ];
    let selection = Selection::of(&Filter::default(), entries(events));
    let last = selection.totals().last_rotation.clone().unwrap();
    assert_eq!(last.address.as_deref(), Some("a:/NEW"));
    let mut sum = Totals::default();
    sum.add(selection.totals().clone());
    sum.add(selection.totals().clone());
    assert_eq!((sum.events, sum.failed), (8, 2));
    assert_eq!(sum.last_rotation, Some(last));
}

#[test]
fn of_equally_frequent_actors_the_first_by_bytes_is_named() {
    let read = || event("read", 1, "a", &[]);
    let events = [
        by(read(), "zoe"),
        by(read(), "adam"),
        read(),
        read(),
        read(),
    ];
    let selection = Selection::of(&Filter::default(), entries(events));
    assert_eq!(selection.totals().most_frequent_actor(), Some("adam"));
}
