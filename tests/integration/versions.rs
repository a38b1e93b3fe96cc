//! Versions, metadata and environments, through the library: what a write
//! keeps, what it clears, and which version a reader is given.

use crate::known_answers::Stream;
use secrets::name::{EnvName, SecretPath, Version};
use secrets::secret::{Credential, KeyBytes, SecretValue};
use secrets::vault::{
    Absence, Class, Depth, Entry, Error, LockedVault, NewSlot, NewValue, NewVault, Vault, Written,
};
use std::sync::Arc;

const NOW: u64 = 1_800_000_000;

/// A vault in memory that is opened and sealed again for each step.
struct Memory {
    bytes: Arc<Vec<u8>>,
    now: u64,
    random: Stream,
}

fn env(name: &str) -> EnvName {
    EnvName::parse(name).unwrap()
}

fn path(text: &str) -> SecretPath {
    SecretPath::parse(text).unwrap()
}

/// What `set NAME VALUE` without flags says.
fn plain(value: &SecretValue) -> NewValue<'_> {
    NewValue {
        value,
        kind: None,
        tags: None,
        note: None,
        owner: None,
        expires: 0,
        every: None,
        why: String::new(),
        verb: "set",
        if_version: None,
    }
}

impl Memory {
    fn new() -> Self {
        let mut random = Stream::new("versions");
        let environments = [env("dev"), env("prod")];
        let key = KeyBytes::new(&[7; 32]);
        let opener = NewSlot::Key(&key);
        let new = NewVault {
            environments: &environments,
            label: "owner",
            opener,
            now: NOW,
        };
        let bytes = new.draw(&mut random).unwrap().build(&[]).unwrap().bytes();
        Memory {
            bytes,
            now: NOW,
            random,
        }
    }

    fn open(&self) -> Vault {
        let locked = LockedVault::read(Box::new(Arc::clone(&self.bytes))).unwrap();
        let key = Credential::Key(KeyBytes::new(&[7; 32]));
        let secret = locked.unwrap(&key, None, None).unwrap();
        locked.unlock(&secret, self.now, Depth::Whole).unwrap()
    }

    fn set(
        &mut self,
        value: &str,
        change: impl FnOnce(&mut NewValue<'_>),
    ) -> Result<Written, Error> {
        let mut vault = self.open();
        let value = SecretValue::copy_from(value.as_bytes());
        let mut new = plain(&value);
        change(&mut new);
        let written = vault.set(&env("dev"), &path("A"), &new, &mut self.random)?;
        if !vault.is_unchanged() {
            self.bytes = vault.seal(None).unwrap().bytes();
        }
        Ok(written)
    }

    fn entry(&self) -> Entry {
        self.open().find(&env("dev"), &path("A")).unwrap().unwrap()
    }
}

#[test]
fn the_last_ten_versions_are_kept_and_numbers_go_on() {
    let mut vault = Memory::new();
    for number in 1..=13_u64 {
        let written = vault.set(&format!("value {number}"), |_| {}).unwrap();
        assert_eq!(written.version, number);
    }
    let kept: Vec<u64> = vault.entry().versions.iter().map(|v| v.version).collect();
    assert_eq!(kept, (4..=13).collect::<Vec<_>>());
    let entry = vault.entry();
    let chosen = |version| entry.select(version, NOW, false).map(|v| v.version);
    assert_eq!(chosen(Version::Current), Ok(13));
    assert_eq!(chosen(Version::Previous), Ok(12));
    assert_eq!(chosen(Version::Number(4)), Ok(4));
    assert_eq!(chosen(Version::Number(3)), Err(Absence::NoVersion));
    assert_eq!(chosen(Version::Pending), Err(Absence::NoVersion));
}

#[test]
fn the_same_value_and_metadata_write_nothing() {
    let mut vault = Memory::new();
    vault
        .set("x", |new| new.tags = Some(vec!["t".into()]))
        .unwrap();
    let before = Arc::clone(&vault.bytes);
    let again = vault.set("x", |_| {}).unwrap();
    assert!(again.unchanged && again.version == 1);
    assert_eq!(vault.bytes, before);
    let changed = vault
        .set("x", |new| new.tags = Some(vec!["u".into()]))
        .unwrap();
    assert!(!changed.unchanged && changed.version == 2);
}

#[test]
fn a_new_value_keeps_what_describes_the_secret_and_clears_its_expiry() {
    let mut vault = Memory::new();
    vault
        .set("one", |new| {
            new.tags = Some(vec!["b".into(), "a".into()]);
            new.note = Some("for the shop".into());
            new.owner = Some("ops".into());
            new.kind = Some("cert".into());
            new.every = Some(86_400);
            new.expires = NOW + 100;
            new.why = "first".into();
        })
        .unwrap();
    let written = vault.set("two", |_| {}).unwrap();
    assert!(written.expiry_cleared);
    let entry = vault.entry();
    let meta = &entry.live().unwrap().meta;
    assert_eq!(meta.tags, ["b", "a"]);
    assert_eq!(
        (meta.note.as_str(), meta.owner.as_str()),
        ("for the shop", "ops")
    );
    assert_eq!(
        (meta.kind.as_str(), meta.every, meta.expires),
        ("cert", 86_400, 0)
    );
    assert_eq!((meta.why.as_str(), meta.verb()), ("", "set"));
    let emptied = vault.set("two", |new| new.tags = Some(Vec::new())).unwrap();
    assert_eq!(emptied.version, 3);
    assert!(vault.entry().live().unwrap().meta.tags.is_empty());
}

#[test]
fn a_type_is_kept_and_text_that_is_text_no_more_is_binary() {
    let mut vault = Memory::new();
    let kind = |vault: &Memory| vault.entry().live().unwrap().meta.kind.clone();
    vault.set("text", |_| {}).unwrap();
    assert_eq!(kind(&vault), "text");
    vault.set("nul\0byte", |_| {}).unwrap();
    assert_eq!(kind(&vault), "binary");
    vault.set("text again", |_| {}).unwrap();
    assert_eq!(kind(&vault), "binary");
    assert!(vault.set("text again", |_| {}).unwrap().unchanged);
    vault
        .set("text again", |new| new.kind = Some("text".into()))
        .unwrap();
    assert_eq!(kind(&vault), "text");
}

#[test]
fn if_version_lets_one_of_two_writers_through() {
    let mut vault = Memory::new();
    vault.set("one", |new| new.if_version = Some(0)).unwrap();
    for wrong in [0, 2] {
        let error = vault
            .set("two", |new| new.if_version = Some(wrong))
            .unwrap_err();
        assert_eq!(error.class(), Class::Conflict);
    }
    assert_eq!(
        vault
            .set("two", |new| new.if_version = Some(1))
            .unwrap()
            .version,
        2
    );
}

#[test]
fn a_value_expires_at_its_instant_and_can_be_read_on_purpose() {
    let mut vault = Memory::new();
    vault.set("one", |new| new.expires = NOW + 10).unwrap();
    let entry = vault.entry();
    let at = |now, allow| {
        entry
            .select(Version::Current, now, allow)
            .map(|v| v.version)
    };
    assert_eq!(at(NOW + 9, false), Ok(1));
    assert_eq!(at(NOW + 10, false), Err(Absence::Expired(NOW + 10)));
    assert_eq!(at(NOW + 10, true), Ok(1));
}

#[test]
fn expiry_counts_from_the_head_when_the_clock_was_set_back() {
    let mut vault = Memory::new();
    vault.now = NOW - 3_600;
    assert_eq!(vault.open().now(), NOW);
    vault.now = NOW - 86_401;
    let locked = LockedVault::read(Box::new(Arc::clone(&vault.bytes))).unwrap();
    let key = Credential::Key(KeyBytes::new(&[7; 32]));
    let secret = locked.unwrap(&key, None, None).unwrap();
    let error = locked
        .unlock(&secret, vault.now, Depth::Reader)
        .err()
        .unwrap();
    assert_eq!(error.class(), Class::Io);
}

#[test]
fn a_value_over_a_mebibyte_and_long_texts_are_refused() {
    let mut vault = Memory::new();
    let exact = "v".repeat(1 << 20);
    vault.set(&exact, |_| {}).unwrap();
    let opened = vault.open();
    let entry = vault.entry();
    let value = opened.value(&entry, entry.live().unwrap()).unwrap();
    assert!(value.expose() == exact.as_bytes());
    let error = vault.set(&"v".repeat((1 << 20) + 1), |_| {}).unwrap_err();
    assert_eq!(error.class(), Class::Usage);
    for change in [
        (|new| new.note = Some("n".repeat(1025))) as fn(&mut NewValue<'_>),
        |new| new.owner = Some("o".repeat(1025)),
        |new| new.why = "w".repeat(1025),
        |new| new.tags = Some(vec!["t".repeat(65)]),
        |new| new.tags = Some(vec!["t".into(); 17]),
    ] {
        assert_eq!(vault.set("x", change).unwrap_err().class(), Class::Usage);
    }
}

#[test]
fn a_new_environment_is_empty_writable_and_named_once() {
    let mut memory = Memory::new();
    let mut vault = memory.open();
    vault
        .create_environment(&env("qa"), &mut memory.random)
        .unwrap();
    memory.bytes = vault.seal(None).unwrap().bytes();
    let mut vault = memory.open();
    assert_eq!(vault.head_seq(), 2);
    let names: Vec<String> = vault
        .environments()
        .iter()
        .map(|e| e.name.to_string())
        .collect();
    assert_eq!(names, ["dev", "prod", "qa"]);
    assert!(
        vault
            .environments()
            .iter()
            .all(|e| e.readable && e.writable)
    );
    assert!(vault.entries(&env("qa")).unwrap().is_empty());
    let again = vault
        .create_environment(&env("qa"), &mut memory.random)
        .unwrap_err();
    assert_eq!(again.class(), Class::Conflict);
    let value = SecretValue::copy_from(b"in qa");
    vault
        .set(&env("qa"), &path("x/B"), &plain(&value), &mut memory.random)
        .unwrap();
    memory.bytes = vault.seal(None).unwrap().bytes();
    assert_eq!(memory.open().entries(&env("qa")).unwrap().len(), 1);
}

#[test]
fn discarded_changes_are_gone() {
    let mut memory = Memory::new();
    let mut vault = memory.open();
    let value = SecretValue::copy_from(b"x");
    vault
        .set(&env("dev"), &path("A"), &plain(&value), &mut memory.random)
        .unwrap();
    vault.discard();
    assert!(vault.is_unchanged());
    assert!(vault.find(&env("dev"), &path("A")).unwrap().is_none());
}

#[test]
fn many_names_in_one_write_are_one_seal() {
    let mut memory = Memory::new();
    let mut vault = memory.open();
    for number in 0..40 {
        let value = SecretValue::copy_from(format!("value {number}").as_bytes());
        let name = path(&format!("folder/N{number}"));
        vault
            .set(&env("dev"), &name, &plain(&value), &mut memory.random)
            .unwrap();
    }
    memory.bytes = vault.seal(None).unwrap().bytes();
    let text = String::from_utf8(memory.bytes.to_vec()).unwrap();
    assert!(text.contains("\"seal\":{\"seq\":2,"));
    assert_eq!(memory.open().entries(&env("dev")).unwrap().len(), 40);
}

#[test]
fn damage_in_a_later_scope_is_told_with_its_line() {
    let vault = Memory::new();
    let text = String::from_utf8(vault.bytes.to_vec()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let is_seal = |line: &&str| line.starts_with("\"seal\"");
    let at = lines.iter().rposition(is_seal).unwrap();
    let verify = |lines: &[&str]| {
        let bytes = format!("{}\n", lines.join("\n")).into_bytes();
        let locked = LockedVault::read(Box::new(bytes)).unwrap();
        locked.verify().unwrap_err().to_string()
    };
    let mut marked = lines.clone();
    marked.insert(at, "<<<<<<< HEAD");
    let wanted = format!("not a vault (merge conflict markers at line {})", at + 1);
    assert_eq!(verify(&marked), wanted);
    let mut broken = lines;
    broken[at] = "\"seal\":{},";
    let wanted = format!(
        "not a vault, or damaged: line {}: expected {{\"seq\":",
        at + 1
    );
    assert_eq!(verify(&broken), wanted);
}
