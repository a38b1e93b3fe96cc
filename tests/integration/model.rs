//! Random sequences of everything that changes a vault, against plain maps.
//!
//! After every step the vault that is read from its bytes says what the model
//! says: names, numbers, states, metadata, values, and who may not do it. A
//! failure names its seed and the fewest steps that were found to show it;
//! `SECRETS_MODEL_SEED` runs that sequence alone, `SECRETS_MODEL_SEQUENCES`
//! as many as are wanted.

use std::collections::BTreeSet;

use data_encoding::BASE64;
use serde_json::json;

use crate::known_answers::{dump, expected};
use crate::twin::Twin;
use driver::Driver;
use plain::{Done, Model};

mod binary;
mod driver;
mod plain;

/// Steps of one sequence, and how many sequences make an ordinary run.
const STEPS: usize = 200;
const SEQUENCES: u64 = 52;
const BEGIN: u64 = 1_767_225_600;

const ENVIRONMENTS: [&str; 4] = ["alpha", "beta", "gamma", "delta"];
const PATHS: [&str; 4] = ["A", "B", "f/A", "f/g/C"];
const LABELS: [&str; 3] = ["owner", "second", "third"];

/// A secret: environment and path by number.
type At = (usize, usize);

/// A value to be set.
#[derive(Debug, Clone)]
struct New {
    value: Vec<u8>,
    kind: Option<&'static str>,
    tags: Option<Vec<String>>,
    note: Option<String>,
    /// Seconds from now.
    expires: Option<u64>,
    every: Option<u64>,
    if_version: Option<u64>,
}

/// What `meta` changes.
#[derive(Debug, Clone)]
struct Edit {
    replace: Option<Vec<String>>,
    add: Vec<String>,
    remove: Vec<String>,
    owner: Option<String>,
    expires: Option<u64>,
    every: Option<u64>,
}

/// A version as an address names it; a number is counted back from the newest.
#[derive(Debug, Clone, Copy)]
enum Pick {
    Back(u64),
    Current,
    Previous,
}

/// One step. It says nothing of the state before, so any of them can be left out.
#[derive(Debug, Clone)]
enum Step {
    AddSlot(usize, bool),
    ChangePassphrase(usize),
    Copy(At, Pick, At),
    CreateEnvironment(usize),
    DestroyAll(At),
    DestroyVersions(At, Vec<u64>),
    Import(Vec<(At, New)>),
    Meta(At, Edit),
    Move(At, At),
    Remove(Vec<At>),
    RemoveEnvironment(usize),
    RemoveSlot(usize),
    Rollback(At, u64),
    RotateKeys(Option<usize>),
    Set(At, New),
    Undelete(At),
    Use(usize),
    Wait(u64),
}

/// 32 bytes for the slot of a label.
fn key(label: usize) -> [u8; 32] {
    [u8::try_from(label).unwrap() + 1; 32]
}

/// Numbers from a seed (splitmix64): the same ones everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let end = u64::try_from(end).unwrap();
        usize::try_from((z ^ (z >> 31)) % end).unwrap()
    }

    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn back(&mut self) -> u64 {
        u64::try_from(self.below(6)).unwrap()
    }

    /// A secret, most often in one of the first two environments.
    fn at(&mut self) -> At {
        let env = if self.once_in(8) {
            self.below(4)
        } else {
            self.below(2)
        };
        (env, self.below(PATHS.len()))
    }

    fn tags(&mut self) -> Vec<String> {
        let all = ["web", "pay", "old"];
        let kept = all.iter().filter(|_| self.once_in(2));
        kept.map(|tag| (*tag).to_owned()).collect()
    }

    fn sometimes<T>(&mut self, value: T) -> Option<T> {
        self.once_in(4).then_some(value)
    }

    fn draw_new(&mut self) -> New {
        let value = match self.below(8) {
            0 => Vec::new(),
            1 => vec![0, 255, 10],
            2 => vec![b'x'; 300],
            n => format!("value {n}").into_bytes(),
        };
        let (tags, later, every) = (self.tags(), self.below(100), self.below(3));
        let version = self.below(4);
        New {
            value,
            kind: self.sometimes("json"),
            tags: self.sometimes(tags),
            note: self.sometimes(format!("note {every}")),
            expires: self.sometimes(u64::try_from(later + 1).unwrap()),
            every: self.sometimes(u64::try_from(every).unwrap()),
            if_version: self.once_in(8).then(|| u64::try_from(version).unwrap()),
        }
    }

    fn edit(&mut self) -> Edit {
        let (replace, add, remove) = (self.tags(), self.tags(), self.tags());
        let (later, every) = (self.below(100), self.below(3));
        Edit {
            replace: self.sometimes(replace),
            add: self.sometimes(add).unwrap_or_default(),
            remove: self.sometimes(remove).unwrap_or_default(),
            owner: self.sometimes(format!("owner {every}")),
            expires: self.sometimes(u64::try_from(later + 1).unwrap()),
            every: self.sometimes(u64::try_from(every).unwrap()),
        }
    }

    fn step(&mut self) -> Step {
        match self.below(40) {
            0..=11 => Step::Set(self.at(), self.draw_new()),
            12..=13 => Step::Import(
                (0..self.below(4) + 1)
                    .map(|_| (self.at(), self.draw_new()))
                    .collect(),
            ),
            14..=16 => Step::Remove((0..self.below(2) + 1).map(|_| self.at()).collect()),
            17..=18 => Step::Undelete(self.at()),
            19..=20 => Step::DestroyVersions(
                self.at(),
                (0..self.below(2) + 1).map(|_| self.back()).collect(),
            ),
            21 => Step::DestroyAll(self.at()),
            22..=23 => Step::Rollback(self.at(), self.back()),
            24..=27 => Step::Move(self.at(), self.at()),
            28..=30 => {
                let pick = match self.below(4) {
                    0 => Pick::Current,
                    1 => Pick::Previous,
                    _ => Pick::Back(self.back()),
                };
                Step::Copy(self.at(), pick, self.at())
            }
            31..=33 => Step::Meta(self.at(), self.edit()),
            34 => Step::RotateKeys(if self.once_in(2) {
                None
            } else {
                Some(self.below(4))
            }),
            35 => match self.once_in(3) {
                true => Step::RemoveEnvironment(self.below(4)),
                false => Step::CreateEnvironment(self.below(4)),
            },
            36 => Step::AddSlot(self.below(LABELS.len()), !self.once_in(3)),
            37 => match self.below(8) {
                0 => Step::ChangePassphrase(self.below(LABELS.len())),
                1..=3 => Step::RemoveSlot(self.below(LABELS.len())),
                _ => Step::Use(self.below(LABELS.len())),
            },
            _ => Step::Wait(u64::try_from(self.below(60)).unwrap()),
        }
    }
}

/// One step of both; whether they agree on what became of it.
fn take(step: &Step, model: &mut Model, driver: &mut Driver) -> Result<(), String> {
    let count = |at: At, back: &[u64], model: &Model| -> BTreeSet<u64> {
        back.iter().map(|back| model.number(at, *back)).collect()
    };
    let before = model.secrets.clone();
    let real = match step {
        Step::AddSlot(label, admin) => driver.add_slot(model, *label, *admin),
        Step::ChangePassphrase(label) => driver.change_passphrase(model, *label),
        Step::Copy(from, pick, to) => driver.copy(model, *from, *pick, *to),
        Step::CreateEnvironment(env) => driver.create_environment(model, *env),
        Step::DestroyAll(at) => driver.destroy_all(model, *at),
        Step::DestroyVersions(at, back) => {
            driver.destroy_versions(model, *at, &count(*at, back, model))
        }
        Step::Import(all) => driver.set(model, all, "import"),
        Step::Meta(at, edit) => driver.meta(model, *at, edit),
        Step::Move(from, to) => driver.relocate(model, *from, *to),
        Step::Remove(all) => driver.remove(model, all),
        Step::RemoveEnvironment(env) => driver.remove_environment(model, *env),
        Step::RemoveSlot(label) => driver.remove_slot(model, *label),
        Step::Rollback(at, back) => driver.restore(model, *at, model.number(*at, *back)),
        Step::RotateKeys(env) => driver.rotate_keys(model, *env),
        Step::Set(at, new) => driver.set(model, &[(*at, new.clone())], "set"),
        Step::Undelete(at) => driver.undelete(model, *at),
        Step::Use(_) | Step::Wait(_) => Ok(Vec::new()),
    };
    let plain: Done = match step {
        Step::AddSlot(label, admin) => model.add_slot(*label, *admin),
        // No slot here has a passphrase.
        Step::ChangePassphrase(_) => Err(plain::Refused::Other),
        Step::Copy(from, pick, to) => model.copy(*from, *pick, *to),
        Step::CreateEnvironment(env) => model.create_environment(*env),
        Step::DestroyAll(at) => model.destroy_all(*at),
        Step::DestroyVersions(at, back) => {
            let numbers = count(*at, back, model);
            model.destroy_versions(*at, &numbers)
        }
        Step::Import(all) => model.set(all, "import"),
        Step::Meta(at, edit) => model.meta(*at, edit),
        Step::Move(from, to) => model.relocate(*from, *to),
        Step::Remove(all) => model.remove(all),
        Step::RemoveEnvironment(env) => model.remove_environment(*env),
        Step::RemoveSlot(label) => model.remove_slot(*label),
        Step::Rollback(at, back) => {
            let from = model.number(*at, *back);
            model.restore(*at, from, "rollback")
        }
        Step::RotateKeys(env) => model.rotate_keys(*env),
        Step::Set(at, new) => model.set(&[(*at, new.clone())], "set"),
        Step::Undelete(at) => model.undelete(*at),
        Step::Use(label) => {
            if model.slots.contains_key(label) {
                model.own = *label;
            }
            Ok(Vec::new())
        }
        Step::Wait(seconds) => {
            model.now += seconds;
            Ok(Vec::new())
        }
    };
    if plain.is_err() {
        model.secrets = before;
    }
    if plain != real {
        return Err(format!("model: {plain:?}\nvault: {real:?}"));
    }
    compare(model, driver)
}

/// Whether the vault, read from its bytes, holds what the model holds.
fn compare(model: &Model, driver: &Driver) -> Result<(), String> {
    let real = driver.read(model)?;
    let plain = model.secrets.iter().flat_map(|(at, versions)| {
        versions
            .iter()
            .map(move |(number, version)| (*at, *number, version))
    });
    let plain: Vec<_> = plain.collect();
    if plain.len() != real.len() {
        let numbers = |all: Vec<(At, u64)>| format!("{all:?}");
        let model = numbers(plain.iter().map(|(at, number, _)| (*at, *number)).collect());
        let vault = numbers(real.iter().map(|(at, number, _)| (*at, *number)).collect());
        return Err(format!("model: {model}\nvault: {vault}"));
    }
    for (plain, real) in plain.into_iter().zip(&real) {
        if plain != (real.0, real.1, &real.2) {
            return Err(format!("model: {plain:?}\nvault: {real:?}"));
        }
    }
    Ok(())
}

/// Runs steps on a new vault; where and how it fails, else how it ended.
fn run(steps: &[Step]) -> Result<(Model, Driver), (usize, String)> {
    let mut driver = Driver::new(BEGIN);
    let mut model = Model::new(BEGIN, driver.keep(BEGIN));
    for (at, step) in steps.iter().enumerate() {
        take(step, &mut model, &mut driver).map_err(|error| (at, error))?;
    }
    Ok((model, driver))
}

/// Leaves out what is not needed for a failure, one step after the other.
fn shrink(mut steps: Vec<Step>) -> Vec<Step> {
    let mut at = steps.len();
    while at > 0 {
        at -= 1;
        let mut fewer = steps.clone();
        fewer.remove(at);
        if let Err((end, _)) = run(&fewer) {
            fewer.truncate(end + 1);
            steps = fewer;
            at = at.min(steps.len());
        }
    }
    steps
}

/// One sequence, and the twin's opinion of its end.
fn sequence(seed: u64) {
    let mut dice = Dice(seed);
    let mut steps: Vec<Step> = (0..STEPS).map(|_| dice.step()).collect();
    match run(&steps) {
        Ok((model, driver)) => agrees(seed, &model, &driver),
        Err((at, _)) => {
            steps.truncate(at + 1);
            let fewest = shrink(steps);
            let error = run(&fewest).err().map_or(String::new(), |(_, error)| error);
            panic!("SECRETS_MODEL_SEED={seed} fails:\n{fewest:#?}\n{error}");
        }
    }
}

/// The twin verifies the last file and reads the same in it.
fn agrees(seed: u64, model: &Model, driver: &Driver) {
    let Some(twin) = Twin::start() else {
        return;
    };
    let file = BASE64.encode(&driver.bytes);
    let said = |request: serde_json::Value| {
        let answer = twin.call(&request);
        answer.unwrap_or_else(|refusal| panic!("SECRETS_MODEL_SEED={seed}: the twin: {refusal}"))
    };
    said(json!({"op": "verify", "file": file, "now": model.now}));
    let credential = json!({"key": BASE64.encode(&key(model.own))});
    let answer =
        said(json!({"op": "open", "file": file, "credential": credential, "now": model.now}));
    let vault = driver.open(model.now, model.own).ok().unwrap();
    assert_eq!(
        dump(&vault).unwrap(),
        expected(&answer),
        "SECRETS_MODEL_SEED={seed}"
    );
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap())
}

#[test]
fn any_sequence_of_changes_ends_as_plain_maps_do() {
    if let Some(seed) = number("SECRETS_MODEL_SEED") {
        return sequence(seed);
    }
    let sequences = number("SECRETS_MODEL_SEQUENCES").unwrap_or(SEQUENCES);
    std::thread::scope(|scope| {
        for half in 0..2 {
            scope.spawn(move || (half..sequences).step_by(2).for_each(sequence));
        }
    });
}
