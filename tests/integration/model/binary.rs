//! The same model against the program itself, for fewer steps.

use std::collections::BTreeMap;

use super::Dice;
use crate::harness::Sandbox;

const STEPS: usize = 60;

/// What `list` says of a secret: its version and tags; and its value.
type Plain = BTreeMap<String, (u64, Vec<String>, String)>;

#[test]
fn the_program_changes_a_vault_as_plain_maps_do() {
    let sandbox = Sandbox::with_vault();
    let mut dice = Dice(7);
    let mut plain = Plain::new();
    let mut environments = vec!["development", "production", "staging"];
    for _ in 0..STEPS {
        if dice.once_in(15) {
            let name = ["qa", "development"][dice.below(2)];
            let status = if environments.contains(&name) { 8 } else { 0 };
            let run = sandbox.secrets(["env", "create", name]).run();
            run.status(status).stderr_any("told in the transcripts");
            if status == 0 {
                environments.push(name);
            }
            continue;
        }
        let address = |dice: &mut Dice| {
            let env = ["development", "production"][dice.below(2)];
            format!("{env}:/{}", ["A", "f/B"][dice.below(2)])
        };
        let (one, two) = (address(&mut dice), address(&mut dice));
        let value = format!("v{}", dice.below(3));
        let tag = dice.below(2);
        let tags = dice.sometimes(tag);
        let wanted = dice.once_in(3).then(|| dice.below(4) as u64);
        let both = dice.once_in(4) && one != two;
        let current = plain.get(&one).map_or(0, |(version, ..)| *version);
        let mut run = sandbox.secrets(["set"]);
        let mut names = vec![one];
        if both {
            names.push(two);
        }
        run = run.args(names.iter().map(|name| format!("{name}={value}")));
        if let Some(tag) = tags {
            run = run.args(["--tags", &format!("tag{tag}")]);
        }
        let refused = !both && wanted.is_some_and(|wanted| wanted != current);
        if let Some(wanted) = wanted.filter(|_| !both) {
            run = run.args(["--if-version", &wanted.to_string()]);
        }
        let output = run.run();
        output
            .status(if refused { 8 } else { 0 })
            .stderr_any("told in the transcripts");
        for name in names.into_iter().filter(|_| !refused) {
            let old = plain.get(&name).cloned();
            let kept = old.as_ref().map(|old| old.1.clone()).unwrap_or_default();
            let tags = tags.map_or(kept, |tag| vec![format!("tag{tag}")]);
            let version = old.as_ref().map_or(0, |old| old.0);
            let same = old.is_some_and(|old| old.1 == tags && old.2 == value);
            let version = if same { version } else { version + 1 };
            plain.insert(name, (version, tags, value.clone()));
        }
        assert_eq!(read(&sandbox), plain);
    }
    let list = json(&sandbox, &["env", "list", "--json"]);
    let names = list["environments"].as_array().unwrap().iter();
    let names: Vec<_> = names.map(|env| env["name"].as_str().unwrap()).collect();
    environments.sort_unstable();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, environments);
}

fn json(sandbox: &Sandbox, args: &[&str]) -> serde_json::Value {
    serde_json::from_slice(sandbox.secrets(args).run().ok().stdout()).unwrap()
}

fn read(sandbox: &Sandbox) -> Plain {
    let list = json(sandbox, &["list", "--all-envs", "--json"]);
    let mut all = Plain::new();
    for secret in list["secrets"].as_array().unwrap() {
        let address = secret["address"].as_str().unwrap().to_owned();
        let tags = secret["tags"].as_array().unwrap().iter();
        let tags = tags.map(|tag| tag.as_str().unwrap().to_owned()).collect();
        let value = String::from_utf8(sandbox.get(&address)).unwrap();
        all.insert(address, (secret["version"].as_u64().unwrap(), tags, value));
    }
    all
}
