//! What a word on a command line may become, as the vault knows it.

use super::{Open, open_silently, read_silently};
use crate::context::Context;
use crate::name::{EnvName, FolderPath};
use crate::vault::{Entry, State};
use std::collections::BTreeSet;

/// A word that only the vault can complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What stands before it in the same word, as `--env=`; it is repeated.
    pub before: String,
    /// Its beginning.
    pub typed: String,
    /// What it is.
    pub kind: Kind,
}

/// What a word names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A secret by its address, or also a folder where `folders` says so.
    Address {
        /// Which secrets are meant.
        which: Which,
        /// Whether a folder may stand there.
        folders: bool,
    },
    /// An environment.
    Environment,
    /// A folder.
    Folder,
    /// A slot by its label.
    Label,
    /// A secret by its name alone, as in a glob.
    Name,
}

/// Which secrets a verb takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Deleted ones too.
    All,
    /// Deleted ones only.
    Deleted,
    /// Those that are there.
    Live,
}

impl Which {
    fn has(self, entry: &Entry) -> bool {
        match self {
            Which::All => true,
            Which::Live => entry.live().is_some(),
            Which::Deleted => entry
                .current()
                .is_some_and(|version| version.meta.state == State::Deleted),
        }
    }
}

/// The words that go on from the one that was begun, without what stands
/// before it. Whatever is in the way, there are none.
pub fn candidates(ctx: &Context, question: &Question) -> Vec<String> {
    let all = words(ctx, question).unwrap_or_default();
    all.into_iter()
        .filter(|word| word.starts_with(&question.typed) && word.bytes().all(is_plain))
        .collect()
}

/// Bytes that no shell gives a meaning. Names, environments and labels have no
/// others; a word from a file that somebody else wrote is held to it again.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.-/:@+".contains(&byte)
}

fn words(ctx: &Context, question: &Question) -> Option<BTreeSet<String>> {
    match question.kind {
        Kind::Address { which, folders } => addresses(ctx, &question.typed, which, folders),
        Kind::Environment => environments(ctx),
        Kind::Label => {
            let locked = read_silently(ctx)?;
            Some(locked.slots().map(|slot| slot.label).collect())
        }
        Kind::Folder => {
            let open = open_silently(ctx)?;
            let env = open.environment(ctx).ok()?.env;
            let slash = question.typed.is_empty() || question.typed.starts_with('/');
            let entries = open.vault.entries(&env).ok()?;
            let folders = entries.iter().flat_map(|entry| above(&entry.path.folder()));
            let shown = |folder: String| match slash {
                true => folder,
                false => folder.trim_start_matches('/').to_owned(),
            };
            Some(folders.map(shown).collect())
        }
        Kind::Name => {
            let open = open_silently(ctx)?;
            let env = open.environment(ctx).ok()?.env;
            let entries = open.vault.entries(&env).ok()?;
            let live = entries.iter().filter(|entry| Which::Live.has(entry));
            Some(live.map(|entry| entry.path.name().to_owned()).collect())
        }
    }
}

fn environments(ctx: &Context) -> Option<BTreeSet<String>> {
    let locked = read_silently(ctx)?;
    Some(
        locked
            .environments()
            .iter()
            .map(EnvName::to_string)
            .collect(),
    )
}

/// Addresses in the form that was begun: `/folder/NAME` and `env:/folder/NAME`
/// in full, everything else below the folder of `-p`.
fn addresses(ctx: &Context, typed: &str, which: Which, folders: bool) -> Option<BTreeSet<String>> {
    let named = typed.split_once(':').filter(|(env, _)| !env.contains('/'));
    let mut words = BTreeSet::new();
    if named.is_none() && !typed.is_empty() {
        let all = environments(ctx).unwrap_or_default();
        words.extend(all.iter().map(|env| format!("{env}:")));
    }
    let Some(open) = open_silently(ctx) else {
        return Some(words);
    };
    let (before, rest) = named.map_or((String::new(), typed), |(env, rest)| {
        (format!("{env}:"), rest)
    });
    let full = rest.starts_with('/') || (named.is_some() && rest.is_empty());
    let inside = |path: String| match full {
        true => Some(path),
        false => relative(ctx, &open, &path),
    };
    let env = match named {
        Some((env, _)) => open.named_environment(&EnvName::parse(env).ok()?).ok()?,
        None => open.environment(ctx).ok()?.env,
    };
    let entries = open.vault.entries(&env).ok()?;
    for entry in entries.iter().filter(|entry| which.has(entry)) {
        let mut paths = vec![entry.path.to_string()];
        if folders {
            let all = above(&entry.path.folder());
            paths.extend(all.into_iter().map(|folder| format!("{folder}/")));
        }
        let paths = paths.into_iter().filter_map(inside);
        words.extend(paths.map(|path| format!("{before}{path}")));
    }
    Some(words)
}

/// A path as it is written below the folder of `-p`, if it lies there.
fn relative(ctx: &Context, open: &Open, path: &str) -> Option<String> {
    let folder = open.folder(ctx).to_string();
    let rest = path
        .strip_prefix(folder.trim_end_matches('/'))?
        .strip_prefix('/')?;
    (!rest.is_empty()).then(|| rest.to_owned())
}

/// A folder and those above it, without the root: `/a`, `/a/b`.
fn above(folder: &FolderPath) -> Vec<String> {
    let text = folder.to_string();
    let ends = text.match_indices('/').map(|(at, _)| at);
    let ends = ends.chain(std::iter::once(text.len())).skip(1);
    let each = ends.filter_map(|at| text.get(..at).map(str::to_owned));
    each.filter(|folder| folder != "/").collect()
}
