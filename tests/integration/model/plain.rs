//! The vault as a person would describe it: plain maps, no cryptography.

use std::collections::{BTreeMap, BTreeSet};

use super::{At, ENVIRONMENTS, Edit, New, Pick};

/// What a version is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Live,
    Deleted,
    Destroyed,
}

/// Everything that is kept of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub state: State,
    pub value: Vec<u8>,
    pub kind: String,
    pub tags: Vec<String>,
    pub note: String,
    pub owner: String,
    pub expires: u64,
    pub every: u64,
    /// The version it replaced, and until when that one is readable.
    pub rotation: Option<(u64, u64)>,
    pub created: u64,
    /// The slot that wrote it, by the order in which slots were made.
    pub by: usize,
    pub verb: String,
    /// When the value was set.
    pub set: u64,
    pub of: Option<u64>,
}

/// The version that a version has its value from.
fn origin(versions: &BTreeMap<u64, Version>, mut at: u64) -> u64 {
    while let Some(version) = versions.get(&at) {
        let below = match version.verb.as_str() {
            "rollback" | "undelete" => version.of,
            "meta" => versions
                .range(..at)
                .next_back()
                .filter(|(_, below)| below.state == State::Live)
                .map(|(number, _)| *number),
            _ => None,
        };
        match below.filter(|below| *below < at) {
            Some(below) => at = below,
            None => break,
        }
    }
    at
}

/// Why a verb refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    Conflict,
    Denied,
    NotFound,
    Other,
}

/// The version of each secret that a verb speaks of, and whether it is the old one.
pub type Done = Result<Vec<(u64, bool)>, Refused>;

type Versions = BTreeMap<u64, Version>;

pub struct Model {
    pub now: u64,
    pub keep: usize,
    pub environments: Vec<usize>,
    pub secrets: BTreeMap<At, Versions>,
    /// By label: the number of the slot, and whether it is an admin's.
    pub slots: BTreeMap<usize, (usize, bool)>,
    pub made: usize,
    /// The label of the slot that opens the vault.
    pub own: usize,
}

impl Model {
    pub fn new(now: u64, keep: u64) -> Self {
        Model {
            now,
            keep: usize::try_from(keep).unwrap(),
            environments: vec![0, 1],
            secrets: BTreeMap::new(),
            slots: BTreeMap::from([(0, (0, true))]),
            made: 1,
            own: 0,
        }
    }

    fn there(&self, at: At) -> Result<(), Refused> {
        match self.environments.contains(&at.0) {
            true => Ok(()),
            false => Err(Refused::NotFound),
        }
    }

    fn admin(&self) -> Result<(), Refused> {
        match self.slots[&self.own].1 {
            true => Ok(()),
            false => Err(Refused::Denied),
        }
    }

    fn versions(&self, at: At) -> Result<&Versions, Refused> {
        self.there(at)?;
        self.secrets.get(&at).ok_or(Refused::NotFound)
    }

    /// The number and the version that are current, if they are live.
    fn live(&self, at: At) -> Option<(u64, &Version)> {
        let (number, version) = self.secrets.get(&at)?.last_key_value()?;
        (version.state == State::Live).then_some((*number, version))
    }

    /// A number counted back from the newest one; 0 where there is none.
    pub fn number(&self, at: At, back: u64) -> u64 {
        let last = self.secrets.get(&at).and_then(|all| all.last_key_value());
        last.map_or(0, |(number, _)| number.saturating_sub(back))
    }

    /// A version made by a verb now out of another one.
    fn made_of(&self, old: &Version, verb: &str) -> Version {
        Version {
            created: self.now,
            by: self.slots[&self.own].0,
            verb: verb.to_owned(),
            rotation: None,
            of: None,
            ..old.clone()
        }
    }

    /// The same without its value.
    fn emptied(&self, old: &Version, verb: &str, state: State) -> Version {
        Version {
            state,
            value: Vec::new(),
            expires: 0,
            set: self.now,
            ..self.made_of(old, verb)
        }
    }

    fn destroyed(&self, old: &Version, verb: &str) -> Version {
        Version {
            tags: Vec::new(),
            note: String::new(),
            owner: String::new(),
            every: 0,
            ..self.emptied(old, verb, State::Destroyed)
        }
    }

    /// Puts a version behind all others; what is beyond `keep` goes, unless a
    /// rotation keeps it readable.
    fn append(&mut self, at: At, version: Version) -> u64 {
        let (now, keep) = (self.now, self.keep);
        let versions = self.secrets.entry(at).or_default();
        let number = versions.last_key_value().map_or(1, |(last, _)| last + 1);
        let in_grace = |number: &u64| {
            let mut rotations = versions
                .iter()
                .filter_map(|(own, v)| Some((*own, v.rotation?)));
            rotations.any(|(own, (from, until))| (from == *number || own == *number) && now < until)
        };
        let beyond = (versions.len() + 1).saturating_sub(keep);
        let oldest = versions.keys().take(beyond).copied();
        let dropped: Vec<u64> = oldest.filter(|number| !in_grace(number)).collect();
        versions.insert(number, version);
        for number in dropped {
            versions.remove(&number);
        }
        number
    }

    pub fn set(&mut self, all: &[(At, New)], verb: &str) -> Done {
        all.iter()
            .map(|(at, new)| self.set_one(*at, new, verb))
            .collect()
    }

    fn set_one(&mut self, at: At, new: &New, verb: &str) -> Result<(u64, bool), Refused> {
        self.there(at)?;
        let live = self.live(at);
        let current = live.map_or(0, |(number, _)| number);
        if new.if_version.is_some_and(|wanted| wanted != current) {
            return Err(Refused::Conflict);
        }
        let old = live.map(|(_, old)| old);
        let is_text = std::str::from_utf8(&new.value).is_ok_and(|text| !text.contains('\0'));
        let guess = if is_text { "text" } else { "binary" };
        let kind = match (new.kind, old.map(|old| old.kind.as_str())) {
            (Some(kind), _) => kind,
            (None, Some(kind)) if kind != "text" => kind,
            _ => guess,
        };
        let version = Version {
            state: State::Live,
            value: new.value.clone(),
            kind: kind.to_owned(),
            tags: new
                .tags
                .clone()
                .or(old.map(|old| old.tags.clone()))
                .unwrap_or_default(),
            note: new
                .note
                .clone()
                .or(old.map(|old| old.note.clone()))
                .unwrap_or_default(),
            owner: old.map(|old| old.owner.clone()).unwrap_or_default(),
            expires: new.expires.map_or(0, |later| self.now + later),
            every: new.every.or(old.map(|old| old.every)).unwrap_or(0),
            rotation: None,
            created: self.now,
            by: self.slots[&self.own].0,
            verb: verb.to_owned(),
            set: self.now,
            of: None,
        };
        match old.is_some_and(|old| same(old, &version) && old.value == version.value) {
            true => Ok((current, true)),
            false => Ok((self.append(at, version), false)),
        }
    }

    pub fn remove(&mut self, all: &[At]) -> Done {
        let one = |at: &At| {
            self.versions(*at)?;
            let (_, old) = self.live(*at).ok_or(Refused::NotFound)?;
            let version = self.emptied(old, "rm", State::Deleted);
            Ok((self.append(*at, version), false))
        };
        all.iter().map(one).collect()
    }

    pub fn undelete(&mut self, at: At) -> Done {
        let versions = self.versions(at)?;
        if let Some((number, _)) = self.live(at) {
            return Ok(vec![(number, true)]);
        }
        let is_deleted = versions
            .values()
            .next_back()
            .is_some_and(|v| v.state == State::Deleted);
        let mut older = versions
            .iter()
            .rev()
            .filter(|(_, v)| v.state == State::Live);
        match older.next().filter(|_| is_deleted) {
            Some((from, _)) => self.restore(at, *from, "undelete"),
            None => Err(Refused::NotFound),
        }
    }

    pub fn restore(&mut self, at: At, from: u64, verb: &str) -> Done {
        let old = self
            .versions(at)?
            .get(&from)
            .filter(|v| v.state == State::Live);
        let mut version = self.made_of(old.ok_or(Refused::NotFound)?, verb);
        version.of = Some(from);
        Ok(vec![(self.append(at, version), false)])
    }

    pub fn destroy_versions(&mut self, at: At, numbers: &BTreeSet<u64>) -> Done {
        let versions = self.versions(at)?;
        let mut next = versions.clone();
        let mut done = Vec::new();
        for number in numbers {
            let kept = versions.get(number).filter(|v| v.state != State::Deleted);
            let kept = kept.ok_or(Refused::NotFound)?;
            let unchanged = kept.state == State::Destroyed;
            if !unchanged {
                let mut gone = self.destroyed(kept, "destroy");
                gone.rotation = kept.rotation;
                next.insert(*number, gone);
            }
            done.push((*number, unchanged));
        }
        self.secrets.insert(at, next);
        Ok(done)
    }

    pub fn destroy_all(&mut self, at: At) -> Done {
        let versions = self.versions(at)?;
        let (number, last) = versions.last_key_value().ok_or(Refused::NotFound)?;
        if versions.len() == 1 && last.state == State::Destroyed {
            return Ok(vec![(*number, true)]);
        }
        let (number, gone) = (number + 1, self.destroyed(last, "destroy"));
        self.secrets.insert(at, BTreeMap::from([(number, gone)]));
        Ok(vec![(number, false)])
    }

    /// Moves all versions; the numbers stay unless the new place has a past.
    pub fn relocate(&mut self, from: At, to: At) -> Done {
        self.there(to)?;
        self.versions(from)?;
        let (current, live) = self.live(from).ok_or(Refused::NotFound)?;
        if self.live(to).is_some() {
            return Err(Refused::Conflict);
        }
        let left = Version {
            kind: live.kind.clone(),
            ..self.destroyed(live, "mv")
        };
        let past = self.secrets.get(&to).and_then(|all| all.last_key_value());
        let begin = past.map(|(last, _)| last + 1);
        let source = self.secrets[&from].clone();
        let numbers: BTreeMap<u64, u64> = match begin {
            None => source.keys().map(|number| (*number, *number)).collect(),
            Some(begin) => source.keys().copied().zip(begin..).collect(),
        };
        let follow = |number: u64| match begin {
            None => Some(number),
            Some(_) => numbers.get(&number).copied(),
        };
        let mut moved = BTreeMap::new();
        for (number, old) in &source {
            let mut version = old.clone();
            version.rotation = old
                .rotation
                .map(|(from, until)| (follow(from).unwrap_or(0), until));
            if old.verb != "cp" {
                version.of = old.of.and_then(follow);
            }
            if *number == current {
                let rotation = version.rotation;
                version = self.made_of(&version, "mv");
                version.rotation = rotation;
            }
            moved.insert(numbers[number], version);
        }
        self.secrets.entry(to).or_default().extend(moved);
        let last = self.number(from, 0);
        self.secrets
            .insert(from, BTreeMap::from([(last + 1, left)]));
        Ok(vec![(numbers[&current], false), (last + 1, false)])
    }

    pub fn copy(&mut self, from: At, pick: Pick, to: At) -> Done {
        self.there(to)?;
        let versions = self.versions(from)?;
        let (current, _) = self.live(from).ok_or(Refused::NotFound)?;
        let number = match pick {
            Pick::Current => current,
            Pick::Back(back) => self.number(from, back),
            Pick::Previous => {
                let mut older = versions.range(..current).rev();
                let origin = origin(versions, current);
                let older = older.find(|(at, v)| {
                    v.state == State::Live && self::origin(versions, **at) != origin
                });
                *older.ok_or(Refused::NotFound)?.0
            }
        };
        let chosen = versions.get(&number).filter(|v| v.state == State::Live);
        let chosen = chosen.ok_or(Refused::NotFound)?;
        let ends = versions.values().filter_map(|v| v.rotation);
        let ends = ends.filter(|(from, until)| *from == number && *until != 0);
        if ends
            .map(|(_, until)| until)
            .min()
            .is_some_and(|until| self.now >= until)
        {
            return Err(Refused::NotFound);
        }
        if self.live(to).is_some() {
            return Err(Refused::Conflict);
        }
        let mut version = self.made_of(chosen, "cp");
        version.of = Some(number);
        Ok(vec![(self.append(to, version), false)])
    }

    pub fn meta(&mut self, at: At, edit: &Edit) -> Done {
        self.versions(at)?;
        let (number, old) = self.live(at).ok_or(Refused::NotFound)?;
        let mut version = self.made_of(old, "meta");
        if let Some(tags) = &edit.replace {
            version.tags.clone_from(tags);
        }
        for tag in &edit.add {
            if !version.tags.contains(tag) {
                version.tags.push(tag.clone());
            }
        }
        version.tags.retain(|tag| !edit.remove.contains(tag));
        version.owner = edit.owner.clone().unwrap_or(version.owner);
        version.expires = edit
            .expires
            .map_or(version.expires, |later| self.now + later);
        version.every = edit.every.unwrap_or(version.every);
        match same(old, &version) {
            true => Ok(vec![(number, true)]),
            false => Ok(vec![(self.append(at, version), false)]),
        }
    }

    pub fn create_environment(&mut self, env: usize) -> Done {
        if self.environments.contains(&env) {
            return Err(Refused::Conflict);
        }
        self.admin()?;
        self.environments.push(env);
        Ok(Vec::new())
    }

    pub fn remove_environment(&mut self, env: usize) -> Done {
        self.there((env, 0))?;
        if self.environments.len() == 1 {
            return Err(Refused::Conflict);
        }
        self.admin()?;
        self.environments.retain(|other| *other != env);
        self.secrets.retain(|at, _| at.0 != env);
        Ok(Vec::new())
    }

    pub fn rotate_keys(&mut self, env: Option<usize>) -> Done {
        self.admin()?;
        assert!(env.is_none_or(|env| env < ENVIRONMENTS.len()));
        env.map_or(Ok(()), |env| self.there((env, 0)))?;
        Ok(Vec::new())
    }

    pub fn add_slot(&mut self, label: usize, admin: bool) -> Done {
        self.admin()?;
        if self.slots.contains_key(&label) {
            return Err(Refused::Conflict);
        }
        self.slots.insert(label, (self.made, admin));
        self.made += 1;
        Ok(Vec::new())
    }

    pub fn remove_slot(&mut self, label: usize) -> Done {
        self.admin()?;
        let (_, is_admin) = *self.slots.get(&label).ok_or(Refused::Other)?;
        let admins = self.slots.values().filter(|(_, admin)| *admin).count();
        if label == self.own || (is_admin && admins == 1) {
            return Err(Refused::Conflict);
        }
        self.slots.remove(&label);
        Ok(Vec::new())
    }
}

/// Whether two versions say the same but for who, when and why.
fn same(a: &Version, b: &Version) -> bool {
    let said = |v: &Version| {
        let texts = (v.kind.clone(), v.note.clone(), v.owner.clone());
        (texts, v.tags.clone(), v.expires, v.every)
    };
    said(a) == said(b)
}
