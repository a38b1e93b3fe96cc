//! What the inside costs: no process, no file, no terminal.
//!
//! ```sh
//! cargo bench --bench inside                               # all of it, some minutes
//! cargo bench --bench inside -- get                        # the ids that contain "get"
//! cargo bench --bench inside -- --save-baseline before     # then change something, and:
//! cargo bench --bench inside -- --baseline before
//! cargo test --bench inside                                # each once, not measured
//! ```
//!
//! The vaults lie in memory and have three environments; one of them holds
//! 10, 1,000 or 10,000 secrets, which is the last part of an id. A value has
//! 32 bytes, and each secret one version.
//!
//! | id | what is timed |
//! |---|---|
//! | `derive` | a passphrase becomes the input of a slot, by that many iterations of PBKDF2 |
//! | `open/reader` | head and slots read, the key's slot unwrapped, what a reader relies on verified |
//! | `open/whole` | the same, and every signature, page and record line of the file verified |
//! | `get` | in a vault just opened, one secret found and its value opened |
//! | `list` | in a vault just opened, the metadata of all secrets opened |
//! | `set` | in a vault just opened, a second version of one secret staged and the file sealed |
//! | `audit/verify/hashes` | an audit log in memory, its hashes and state verified |
//! | `audit/verify/keyed` | the same, and every MAC |
//! | `audit/append` | one entry appended to a log on the disk, as a reading does it: not synced |
//! | `fill` | in a vault that has no secrets, all of them staged and the file sealed |
//!
//! So the program's `get` costs its start, `open/reader` and `get`; its `set`
//! both opens, since it opens again under the lock, then `set` and a durable
//! write. An audit log has 100,000 entries. What is dropped is not timed, nor is opening where an id does not
//! say so.
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot go on has failed"
)]

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use secrets::audit::{Action, Event, Evidence, Log, Origin, verify};
use secrets::crypto::{AuditKey, Iterations, RootKey, SlotInput, SystemRandom};
use secrets::file::{Files, Walk};
use secrets::name::{EnvName, SecretPath, Version};
use secrets::secret::{Credential, KeyBytes, SecretValue};
use secrets::vault::{
    Depth, DeviceId, LockedVault, NewSlot, NewValue, NewVault, SlotId, Vault, VaultId,
};
use std::hint::black_box;
use std::sync::Arc;

/// How many secrets the environment holds.
const SIZES: [u64; 3] = [10, 1_000, 10_000];
/// 2026-01-01.
const NOW: u64 = 1_767_225_600;
/// Entries of the audit log.
const ENTRIES: u64 = 100_000;
/// The key of the vaults' only slot.
const KEY: [u8; 32] = [7; 32];

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    derive(&mut criterion);
    let samples = SIZES.map(Sample::new);
    open(&mut criterion, &samples);
    get(&mut criterion, &samples);
    list(&mut criterion, &samples);
    set(&mut criterion, &samples);
    fill(&mut criterion, &samples);
    audit(&mut criterion);
    criterion.final_summary();
}

/// A vault whose first environment holds so many secrets.
struct Sample {
    size: u64,
    env: EnvName,
    /// The file before they were stored.
    empty: Arc<Vec<u8>>,
    /// The file with all of them.
    full: Arc<Vec<u8>>,
    credential: Credential,
}

impl Sample {
    fn new(size: u64) -> Self {
        let environments = ["development", "staging", "production"]
            .map(|environment| EnvName::parse(environment).unwrap());
        let key = KeyBytes::new(&KEY);
        let new = NewVault {
            environments: &environments,
            label: "owner",
            opener: NewSlot::Key(&key),
            now: NOW,
        };
        let [env, ..] = &environments;
        let empty = new
            .draw(&mut SystemRandom)
            .unwrap()
            .build(&[])
            .unwrap()
            .bytes();
        let mut sample = Sample {
            size,
            env: env.clone(),
            full: Arc::clone(&empty),
            empty,
            credential: Credential::Key(key),
        };
        let vault = sample.open(&sample.empty, Depth::Reader);
        sample.full = sample.fill(vault, &Secret::all(size));
        sample
    }

    /// Opens a file of this vault.
    fn open(&self, file: &Arc<Vec<u8>>, depth: Depth) -> Vault {
        let locked = LockedVault::read(Box::new(Arc::clone(file))).unwrap();
        let secret = locked.unwrap(&self.credential, None, None).unwrap();
        locked.unlock(&secret, NOW, depth).unwrap()
    }

    /// The full file, just opened: no seal, page or record was looked at yet.
    fn opened(&self) -> Vault {
        self.open(&self.full, Depth::Reader)
    }

    /// Finds a secret and opens its value.
    fn get(&self, vault: &Vault, path: &SecretPath) -> SecretValue {
        let entry = vault.find(&self.env, path).unwrap().unwrap();
        let version = entry.select(Version::Current, NOW, false).unwrap();
        vault.value(&entry, version).unwrap()
    }

    /// Stages a value.
    fn set(&self, vault: &mut Vault, secret: &Secret) {
        let new = NewValue {
            value: &secret.value,
            kind: None,
            tags: None,
            note: None,
            owner: None,
            expires: 0,
            every: None,
            why: String::new(),
            verb: "set",
            if_version: None,
        };
        let written = vault.set(&self.env, &secret.path, &new, &mut SystemRandom);
        assert!(!written.unwrap().unchanged);
    }

    /// Stages many values and seals.
    fn fill(&self, mut vault: Vault, secrets: &[Secret]) -> Arc<Vec<u8>> {
        for secret in secrets {
            self.set(&mut vault, secret);
        }
        vault.seal(None).unwrap().bytes()
    }
}

/// A path and its value of 32 bytes.
struct Secret {
    path: SecretPath,
    value: SecretValue,
}

impl Secret {
    fn new(number: u64, value: u64) -> Self {
        Secret {
            path: SecretPath::parse(&format!("SERVICE_{number:05}_TOKEN")).unwrap(),
            value: SecretValue::new(format!("{value:032}").into_bytes()),
        }
    }

    /// What a vault of a size holds.
    fn all(size: u64) -> Vec<Self> {
        (0..size)
            .map(|number| Secret::new(number, number))
            .collect()
    }

    /// One out of the middle, with its stored value.
    fn middle(size: u64) -> Self {
        Secret::new(size / 2, size / 2)
    }

    /// The same secret with another value.
    fn changed(size: u64) -> Self {
        Secret::new(size / 2, size)
    }
}

fn derive(criterion: &mut Criterion) {
    let iterations = Iterations::default();
    let mut group = criterion.benchmark_group("derive");
    group.sample_size(10);
    group.bench_function(BenchmarkId::from_parameter(iterations.get()), |b| {
        let passphrase = b"correct horse battery staple";
        b.iter(|| SlotInput::from_passphrase(black_box(passphrase), &[9; 32], iterations));
    });
    group.finish();
}

fn open(criterion: &mut Criterion, samples: &[Sample]) {
    let mut group = criterion.benchmark_group("open");
    for (name, depth) in [("reader", Depth::Reader), ("whole", Depth::Whole)] {
        for sample in samples {
            group.bench_function(BenchmarkId::new(name, sample.size), |b| {
                b.iter_with_large_drop(|| sample.open(&sample.full, depth));
            });
        }
    }
    group.finish();
}

fn get(criterion: &mut Criterion, samples: &[Sample]) {
    let mut group = criterion.benchmark_group("get");
    for sample in samples {
        let wanted = Secret::middle(sample.size);
        let value = sample.get(&sample.opened(), &wanted.path);
        assert_eq!(value.expose(), wanted.value.expose());
        group.bench_function(BenchmarkId::from_parameter(sample.size), |b| {
            b.iter_batched_ref(
                || sample.opened(),
                |vault| sample.get(vault, black_box(&wanted.path)),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

fn list(criterion: &mut Criterion, samples: &[Sample]) {
    let mut group = criterion.benchmark_group("list");
    group.sample_size(20);
    for sample in samples {
        let entries = sample.opened().entries(&sample.env).unwrap();
        assert_eq!(entries.len() as u64, sample.size);
        group.throughput(Throughput::Elements(sample.size));
        group.bench_function(BenchmarkId::from_parameter(sample.size), |b| {
            b.iter_batched_ref(
                || sample.opened(),
                |vault| vault.entries(&sample.env).unwrap(),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

fn set(criterion: &mut Criterion, samples: &[Sample]) {
    let mut group = criterion.benchmark_group("set");
    group.sample_size(20);
    for sample in samples {
        let changed = Secret::changed(sample.size);
        group.bench_function(BenchmarkId::from_parameter(sample.size), |b| {
            b.iter_batched(
                || sample.opened(),
                |vault| sample.fill(vault, std::slice::from_ref(&changed)),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

fn fill(criterion: &mut Criterion, samples: &[Sample]) {
    let mut group = criterion.benchmark_group("fill");
    group.sample_size(10);
    for sample in samples {
        let secrets = Secret::all(sample.size);
        group.throughput(Throughput::Elements(sample.size));
        group.bench_function(BenchmarkId::from_parameter(sample.size), |b| {
            b.iter_batched(
                || sample.open(&sample.empty, Depth::Reader),
                |vault| sample.fill(vault, &secrets),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

/// The log key of a slot.
fn audit_key(slot: &SlotId) -> AuditKey {
    let root = RootKey::read(&KEY).unwrap();
    root.audit_key(&[1; 16], &slot.0)
}

/// What a reading leaves in the audit log.
fn reading(number: u64) -> Event {
    let text = |text: &str| Some(text.to_owned());
    Event {
        env: text("production"),
        names: vec![(format!("/SERVICE_{number:05}_TOKEN"), 1)],
        verb: text("get"),
        credential: text("key"),
        slot: Some(SlotId([3; 8])),
        label: text("owner"),
        user: text("deploy"),
        host: text("brave-otter"),
        pid: Some(4711),
        tty: text("/dev/pts/3"),
        ..Event::new(Action::Read, NOW + number)
    }
}

fn audit(criterion: &mut Criterion) {
    let place = tempfile::tempdir().unwrap();
    let directory = Files::kernel()
        .directory(place.path(), Walk::Write)
        .unwrap();
    let log = Log::new(directory);
    let slot = SlotId([3; 8]);
    let key = audit_key(&slot);
    let origin = Origin {
        vault: VaultId([1; 16]),
        device: DeviceId([2; 8]),
        slot,
        key: Some(&key),
        time: NOW,
    };
    let events: Vec<Event> = (1..ENTRIES).map(reading).collect();
    let append = |events: &[Event]| {
        log.append(&origin, events, false, &mut SystemRandom)
            .unwrap()
    };
    assert_eq!(append(&events).position.entries, ENTRIES);
    let content = log.read().unwrap();
    let mut group = criterion.benchmark_group("audit");
    group.sample_size(20);
    for (name, keyed) in [("verify/hashes", false), ("verify/keyed", true)] {
        let evidence = Evidence {
            vault: origin.vault,
            key_of: &|slot| keyed.then(|| audit_key(slot)),
            anchors: &[],
            began: &[],
        };
        let report = verify(&content, &evidence);
        assert!(report.findings.is_empty() && report.entries == ENTRIES);
        group.bench_function(BenchmarkId::new(name, ENTRIES), |b| {
            b.iter(|| verify(black_box(&content), &evidence));
        });
    }
    let one = [reading(0)];
    group.bench_function(BenchmarkId::new("append", ENTRIES), |b| {
        b.iter(|| append(black_box(&one)));
    });
    group.finish();
}
