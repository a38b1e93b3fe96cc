//! What is looked for.

use super::finder::{Finder, Scan};
use super::forms::{Form, Forms, is_trivial};
use crate::order;
use crate::secret::SecretValue;

/// A pattern has at least so many bytes, and the search looks for so many.
pub(super) const LEAST_BYTES: usize = 4;

/// The spellings of some values.
///
/// A value is known as it is; in base64 of both alphabets, wherever it begins
/// in what was encoded; with percent signs as in URLs and forms; escaped as in
/// JSON; quoted as a shell quotes; and each line of it by itself. Values under
/// four bytes and those that say nothing (`true`) are skipped.
///
/// All spellings are wiped on drop. The search holds the first four bytes of
/// each, which are not.
#[derive(Default)]
pub struct Patterns {
    /// In order, each once.
    sorted: Vec<Form>,
    finder: Finder,
    skipped: Vec<String>,
}

/// What begins at a place.
pub(super) struct Here {
    /// The length of the longest pattern that stands there.
    pub(super) longest: Option<usize>,
    /// Whether the bytes end before a pattern that may stand there does.
    pub(super) is_open: bool,
}

impl Patterns {
    /// Of named values.
    pub fn new<'v>(values: impl IntoIterator<Item = (String, &'v SecretValue)>) -> Self {
        let (mut forms, mut skipped) = (Forms::new(), Vec::new());
        for (name, value) in values {
            match is_trivial(value.expose()) {
                true => skipped.push(name),
                false => forms.add(value.expose()),
            }
        }
        let mut sorted = forms.into_all();
        order::sort_by(&mut sorted, |one, other| one.cmp(other));
        sorted.dedup();
        let mut starts: Vec<&[u8]> = sorted
            .iter()
            .filter_map(|form| form.get(..LEAST_BYTES))
            .collect();
        starts.dedup();
        let finder = Finder::new(&starts);
        Patterns {
            finder,
            sorted,
            skipped,
        }
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// The names of the values that are skipped.
    pub fn skipped(&self) -> &[String] {
        &self.skipped
    }

    /// Where starts of patterns stand in `bytes`, in order.
    pub(super) fn scan<'p>(&'p self, bytes: &'p [u8]) -> Scan<'p> {
        self.finder.scan(bytes)
    }

    /// Which pattern `rest` begins with.
    pub(super) fn judge(&self, rest: &[u8]) -> Here {
        let start = rest.get(..LEAST_BYTES).unwrap_or(rest);
        let first = self.sorted.partition_point(|form| form.as_slice() < start);
        let family = self.sorted.get(first..).unwrap_or_default().iter();
        let mut here = Here {
            longest: None,
            is_open: false,
        };
        for form in family.take_while(|form| form.starts_with(start)) {
            if rest.starts_with(form) {
                here.longest = here.longest.max(Some(form.len()));
            } else {
                here.is_open |= form.starts_with(rest);
            }
        }
        here
    }

    /// The first place, not before `from`, where the bytes end too early to tell.
    pub(super) fn open_end(&self, bytes: &[u8], from: usize) -> Option<usize> {
        let last = bytes.len().saturating_sub(LEAST_BYTES - 1);
        let mut places = from.max(last)..bytes.len();
        places.find(|at| self.judge(bytes.get(*at..).unwrap_or_default()).is_open)
    }
}
