//! The reader of plain lines reads what clap reads, or gives up.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use super::super::{Built, Form, Line, Parsed, Verb, plain};
use super::line;
use crate::commands::{get, list, run, set};
use crate::custody::Selector;

/// Everything that is in a parsed plain verb, as text.
fn shown(parsed: &Parsed) -> String {
    let verb = match &parsed.verb {
        Verb::Get(args) => {
            let get::Args {
                addresses,
                default,
                field,
                allow_expired,
                output,
                force,
                raw,
                copy,
                clear_copied,
            } = args;
            format!(
                "{addresses:?} {default:?} {field:?} {allow_expired} {output:?} {force} {raw} {copy} \
                 {clear_copied:?}"
            )
        }
        Verb::Run(args) => {
            let run::Args {
                selector,
                plan,
                shell,
                keep_env,
                clean_env,
                pass,
                allow_env,
                delivery,
                supervision,
                command,
            } = args;
            let run::DeliveryArgs {
                file,
                mount,
                mount_format,
                allow_disk,
            } = delivery;
            let run::Supervision {
                mask,
                timeout,
                watch,
            } = supervision;
            let run::PlanArgs {
                env_file,
                at,
                dry_run,
            } = plan;
            let Selector {
                recursive,
                only,
                except,
                map,
                prefix,
                allow_expired,
                allow_empty,
            } = selector;
            format!(
                "{recursive} {only:?} {except:?} {map:?} {prefix:?} {allow_expired:?} {allow_empty} \
                 {shell:?} {keep_env:?} {clean_env} {pass:?} {allow_env:?} {command:?} \
                 {env_file:?} {at:?} {dry_run} {file:?} {mount:?} {mount_format:?} {allow_disk} \
                 {mask:?} {timeout:?} {watch:?}"
            )
        }
        Verb::List(args) => {
            let list::Args {
                target,
                tags,
                expiring,
                stale,
                all_envs,
                names,
                active,
                pattern,
            } = args;
            format!(
                "{target:?} {tags:?} {expiring:?} {stale:?} {all_envs} {names} {active} {pattern:?}"
            )
        }
        Verb::Set(args) => {
            let set::Args {
                operands,
                from_file,
                generate,
                tags,
                note,
                owner,
                expires,
                rotate_every,
                kind,
                if_version,
                allow_empty,
                raw,
                dry_run,
            } = args;
            format!(
                "{operands:?} {from_file:?} {generate:?} {tags:?} {note:?} {owner:?} {expires:?} \
                 {rotate_every:?} {kind:?} {if_version:?} {allow_empty} {raw} {dry_run}"
            )
        }
        _ => panic!("no plain verb"),
    };
    format!("{} {:?} {verb}", parsed.name, parsed.globals)
}

/// Words that lines are made of: the flags that are known, and what is odd.
fn words() -> Vec<OsString> {
    let known = "get run list set exec -e --env -p --path --json -q --quiet --no-input --";
    let odd = "A a=b env - -h -V -v -r -n --raw --names --env=a -eA -qe --mask -env --no-inpu é";
    let mut words: Vec<OsString> = known
        .split(' ')
        .chain(odd.split(' '))
        .map(From::from)
        .collect();
    words.push(OsString::new());
    words.push(OsString::from_vec(vec![b'x', 0xff]));
    words
}

/// Holds one line to clap; whether it was plain.
fn agrees(args: &[OsString]) -> bool {
    let Some(read) = plain::read(args) else {
        return false;
    };
    let built = Built::read(args.to_vec());
    let is_run = matches!(read.verb, Verb::Run(_));
    let said = (built.json(), built.is_run(), built.feeds_shell());
    assert_eq!((read.globals.json, is_run, false), said, "{args:?}");
    match built.parse() {
        Ok(parsed) => assert_eq!(shown(&read), shown(&parsed), "{args:?}"),
        Err(failure) => panic!("{args:?}: clap refuses: {failure:?}"),
    }
    true
}

#[test]
fn a_plain_line_is_what_clap_reads() {
    let words = words();
    let count = words.len();
    // Every line of up to three words, and a walk over those of four to seven.
    let mut lines: Vec<Vec<usize>> = vec![Vec::new()];
    for length in 1..=3 {
        let shorter: Vec<_> = lines
            .iter()
            .filter(|line| line.len() + 1 == length)
            .cloned()
            .collect();
        for line in shorter {
            lines.extend((0..count).map(|word| [&line[..], &[word]].concat()));
        }
    }
    let mut state = 1_u64;
    let mut draw = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(state >> 33).unwrap() % below
    };
    for _ in 0..60_000 {
        let length = 4 + draw(4);
        // A verb in one of the first places, known words twice as often as odd ones.
        let mut line: Vec<usize> = (0..length).map(|_| draw(count).min(draw(count))).collect();
        line[draw(3)] = draw(5);
        lines.push(line);
    }
    let mut plain = 0;
    for line in &lines {
        let mut args = vec![OsString::from("secrets")];
        args.extend(line.iter().map(|word| words[*word].clone()));
        plain += usize::from(agrees(&args));
    }
    assert!(
        plain > 2_000,
        "only {plain} of {} lines are plain",
        lines.len()
    );
}

#[test]
fn what_scripts_start_is_plain_and_nothing_unusual_is() {
    for text in [
        "secrets get A",
        "secrets get -e prod /infra/A@2 B --json",
        "secrets -q get prod:/A",
        "secrets get A -e a --json -e b --json -q -q",
        "secrets run -- cmd -h --env x",
        "secrets run -e prod -p /a -p /b cmd --json",
        "secrets exec --no-input -- cmd",
        "secrets list",
        "secrets list -e prod infra/",
        "secrets set A value",
        "secrets -p /infra set A=1 B=2",
    ] {
        assert!(agrees(&line(text)), "{text}");
        assert!(matches!(Line::read(line(text)).0, Form::Plain(_)), "{text}");
    }
    for text in [
        "secrets",
        "secrets get",
        "secrets run",
        "secrets run --",
        "secrets get -e a=b A",
        "secrets get -env A",
        "secrets get A -version=2",
        "secrets get A --copy",
        "secrets get -- A",
        "secrets run -r cmd",
        "secrets run --shell x",
        "secrets list a b",
        "secrets list --names",
        "secrets ls",
        "secrets set",
        "secrets set A -",
        "secrets set A -n",
        "secrets -- get A",
    ] {
        assert!(plain::read(&line(text)).is_none(), "{text}");
    }
}
