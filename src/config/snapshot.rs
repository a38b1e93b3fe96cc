//! The environment of the process.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use super::Error;
use crate::secret::SecretValue;

/// What a variable holds where "set to nothing" means something.
pub enum Given<'a> {
    /// Set, and empty: what a CI job of a fork finds.
    Empty,
    /// Not set at all.
    Unset,
    /// Set to this.
    Value(&'a SecretValue),
}

/// A name, and a value that is wiped on drop.
type Variable = (OsString, SecretValue);

/// The environment as it was at the start, each variable read once: nothing in
/// this process changes it.
///
/// A variable is read when it is asked for, because a CI job has hundreds that
/// concern nobody here. Every value that is read lies in a buffer that is wiped
/// on drop, because any of them may be a secret; the block that the kernel gave
/// the process is out of reach and is not wiped. Of two variables of one name
/// the first counts, as for `getenv(3)`.
pub struct Snapshot {
    /// All variables, where they are given or somebody asked for them.
    all: OnceCell<Vec<Variable>>,
    /// Those that were asked for by name, and are there.
    asked: Asked,
}

/// A list that grows behind a shared reference.
#[derive(Default)]
struct Asked(OnceCell<Box<(Variable, Asked)>>);

impl Snapshot {
    /// The environment of this process.
    pub fn of_process() -> Self {
        Snapshot {
            all: OnceCell::new(),
            asked: Asked::default(),
        }
    }

    /// Takes the variables from a list.
    pub fn of(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        Snapshot {
            all: OnceCell::from(wiped(variables)),
            asked: Asked::default(),
        }
    }

    /// A variable's value; an empty one is as unset.
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        let value = self.find(OsStr::new(name))?;
        (!value.is_empty()).then(|| OsStr::from_bytes(value.expose()))
    }

    /// A variable's text; an empty one is as unset.
    ///
    /// # Errors
    /// [`Error::NotUtf8`].
    pub fn text(&self, name: &str) -> Result<Option<&str>, Error> {
        let text = self.get(name).map(|value| value.to_str());
        text.map(|text| text.ok_or_else(|| not_utf8(name)))
            .transpose()
    }

    /// A credential or a guard (`SECRETS_EXPECT`, `SECRETS_ADMIN`), where an
    /// empty value must not pass for none.
    pub fn credential(&self, name: &str) -> Given<'_> {
        match self.find(OsStr::new(name)) {
            None => Given::Unset,
            Some(value) if value.is_empty() => Given::Empty,
            Some(value) => Given::Value(value),
        }
    }

    /// All variables, the credentials among them, each name once and in their
    /// first order: what a child's environment is built from.
    pub fn pairs(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        let mut seen = BTreeSet::new();
        let variables = self.all.get_or_init(|| wiped(std::env::vars_os())).iter();
        let variables =
            variables.map(|(name, value)| (name.as_os_str(), OsStr::from_bytes(value.expose())));
        variables.filter(move |(name, _)| seen.insert(*name))
    }

    /// Whether a CI system runs us (`CI` is set and neither `false` nor `0`):
    /// nobody is there to be asked.
    pub fn ci(&self) -> bool {
        self.get("CI")
            .is_some_and(|value| value != "false" && value != "0")
    }

    /// Whether colour is unwanted (`NO_COLOR` is set to anything but nothing,
    /// <https://no-color.org>).
    pub fn no_color(&self) -> bool {
        self.get("NO_COLOR").is_some()
    }

    /// The branch that a CI job works on, where git itself has a detached HEAD:
    /// `GITHUB_HEAD_REF`, `GITHUB_REF_NAME`, `CI_COMMIT_REF_NAME`.
    ///
    /// Under `pull_request_target` a job has the repository's secrets while
    /// `GITHUB_HEAD_REF` is a name that a stranger chose in his fork, so it is
    /// not looked at.
    pub fn branch(&self) -> Option<&str> {
        let foreign = self.get("GITHUB_EVENT_NAME") == Some(OsStr::new("pull_request_target"));
        ["GITHUB_HEAD_REF", "GITHUB_REF_NAME", "CI_COMMIT_REF_NAME"]
            .into_iter()
            .filter(|name| !(foreign && *name == "GITHUB_HEAD_REF"))
            .find_map(|name| self.get(name))?
            .to_str()
    }

    fn find(&self, name: &OsStr) -> Option<&SecretValue> {
        let Some(all) = self.all.get() else {
            return self.asked.find(name);
        };
        let found = all.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value)
    }
}

impl Asked {
    fn find(&self, name: &OsStr) -> Option<&SecretValue> {
        let mut end = self;
        while let Some(entry) = end.0.get() {
            let ((other, value), next) = &**entry;
            if other == name {
                return Some(value);
            }
            end = next;
        }
        let value = SecretValue::new(std::env::var_os(name)?.into_vec());
        let new = || Box::new(((name.to_owned(), value), Asked::default()));
        Some(&end.0.get_or_init(new).0.1)
    }
}

fn wiped(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Vec<Variable> {
    let kept = |(name, value): (_, OsString)| (name, SecretValue::new(value.into_vec()));
    variables.into_iter().map(kept).collect()
}

fn not_utf8(name: &str) -> Error {
    Error::NotUtf8 {
        variable: name.to_owned(),
    }
}

/// A snapshot of text, for the tests of this room.
#[cfg(test)]
pub(super) fn snapshot(variables: &[(&str, &str)]) -> Snapshot {
    Snapshot::of(variables.iter().map(|(k, v)| (k.into(), v.into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_is_as_unset_unless_it_is_a_credential() {
        let snapshot = snapshot(&[
            ("SECRETS_ENV", ""),
            ("SECRETS_TOKEN", ""),
            ("SECRETS_KEY", "k"),
        ]);
        assert_eq!(snapshot.get("SECRETS_ENV"), None);
        assert_eq!(snapshot.text("SECRETS_ENV"), Ok(None));
        assert!(matches!(snapshot.credential("SECRETS_TOKEN"), Given::Empty));
        let unset = snapshot.credential("SECRETS_PASSPHRASE");
        assert!(matches!(unset, Given::Unset));
        let Given::Value(value) = snapshot.credential("SECRETS_KEY") else {
            panic!("the key is set");
        };
        assert_eq!(value.expose(), b"k");
    }

    #[test]
    fn of_two_variables_of_one_name_the_first_counts() {
        let snapshot = snapshot(&[("A", "1"), ("B", "2"), ("A", "3")]);
        let pairs: Vec<_> = snapshot.pairs().collect();
        let text = |s| OsStr::new(s);
        assert_eq!(pairs, [(text("A"), text("1")), (text("B"), text("2"))]);
    }

    #[test]
    fn a_variable_of_the_process_is_the_same_alone_and_among_all() {
        let (alone, all) = (Snapshot::of_process(), Snapshot::of(std::env::vars_os()));
        for _ in 0..2 {
            for (name, value) in all.pairs() {
                let found = alone.find(name).map(SecretValue::expose);
                assert_eq!(found, Some(value.as_bytes()), "{name:?}");
            }
            assert_eq!(alone.get("SECRETS_TEST_NOT_THERE"), None);
            assert_eq!(alone.get(""), None);
        }
        assert!(alone.all.get().is_none() && alone.get("PATH").is_some());
        assert!(alone.pairs().eq(all.pairs()));
        assert_eq!(alone.get("PATH"), all.get("PATH"));
    }

    #[test]
    fn a_variable_that_is_no_text_is_an_error_and_not_nothing() {
        let bytes = OsString::from_vec(vec![b'a', 0xff]);
        let snapshot = Snapshot::of([("SECRETS_ENV".into(), bytes)]);
        assert_eq!(snapshot.text("SECRETS_ENV"), Err(not_utf8("SECRETS_ENV")));
        assert!(snapshot.get("SECRETS_ENV").is_some());
    }

    #[test]
    fn ci_and_no_color_are_known() {
        for (value, ci) in [("true", true), ("1", true), ("false", false), ("", false)] {
            assert_eq!(snapshot(&[("CI", value)]).ci(), ci, "{value}");
        }
        assert!(snapshot(&[("NO_COLOR", "0")]).no_color());
        assert!(!snapshot(&[("NO_COLOR", "")]).no_color());
    }

    #[test]
    fn the_branch_of_a_ci_job_is_known() {
        let head = ("GITHUB_HEAD_REF", "topic");
        let name = ("GITHUB_REF_NAME", "main");
        let target = ("GITHUB_EVENT_NAME", "pull_request_target");
        for (variables, branch) in [
            (vec![name, head], Some("topic")),
            (vec![name, ("GITHUB_HEAD_REF", "")], Some("main")),
            (vec![name, head, target], Some("main")),
            (vec![head, target], None),
            (vec![("CI_COMMIT_REF_NAME", "fix")], Some("fix")),
            (vec![], None),
        ] {
            assert_eq!(snapshot(&variables).branch(), branch, "{variables:?}");
        }
    }
}
