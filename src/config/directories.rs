//! Where a person's files lie.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::{Error, Snapshot};

/// The base directories of the user, absolute, none of them made or looked at.
///
/// They are those of the XDG base directory specification 0.8, whose rule that
/// a relative value is ignored holds here; on macOS `~/Library/Application
/// Support` stands for data, config and state. What is ours lies below
/// `secrets/` in each. Without a home a directory that depends on it is none:
/// the password database is never asked, because a service's entry there says
/// nothing about where it may write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directories {
    /// Where the user's settings are.
    pub config: Option<PathBuf>,
    /// Where the user's vault is.
    pub data: Option<PathBuf>,
    /// `HOME`; unset, empty or relative is none.
    pub home: Option<PathBuf>,
    /// `XDG_RUNTIME_DIR`, for what must not outlive the login.
    pub runtime: Option<PathBuf>,
    /// Where this machine keeps its record of vaults.
    pub state: Option<PathBuf>,
    /// Which variable says so.
    pub state_source: &'static str,
}

impl Directories {
    /// Finds them for the system that this program was built for.
    ///
    /// # Errors
    /// [`Error::Relative`] for `SECRETS_STATE_DIR`: a record that moves with the
    /// current directory would be none.
    pub fn of(snapshot: &Snapshot) -> Result<Self, Error> {
        Self::of_system(snapshot, cfg!(target_os = "macos"))
    }

    fn of_system(snapshot: &Snapshot, macos: bool) -> Result<Self, Error> {
        let absolute = |name| snapshot.get(name).and_then(absolute);
        let home = absolute("HOME");
        let below = |unix: &str| {
            let library = "Library/Application Support";
            let home = home.as_deref()?;
            Some(home.join(if macos { library } else { unix }))
        };
        let ours = match snapshot.get("SECRETS_STATE_DIR") {
            None => None,
            Some(value) => Some(self::absolute(value).ok_or(Error::Relative {
                variable: "SECRETS_STATE_DIR",
            })?),
        };
        let service = || snapshot.get("STATE_DIRECTORY").and_then(first_of_list);
        let sources = [
            ("SECRETS_STATE_DIR", ours),
            ("STATE_DIRECTORY", service()),
            ("XDG_STATE_HOME", absolute("XDG_STATE_HOME")),
            ("HOME", below(".local/state")),
        ];
        let chosen = sources
            .into_iter()
            .find_map(|(source, path)| Some((source, path?)));
        let (state_source, state) = chosen.unzip();
        Ok(Directories {
            config: absolute("XDG_CONFIG_HOME").or_else(|| below(".config")),
            data: absolute("XDG_DATA_HOME").or_else(|| below(".local/share")),
            runtime: absolute("XDG_RUNTIME_DIR"),
            state,
            state_source: state_source.unwrap_or_default(),
            home,
        })
    }
}

fn absolute(value: &OsStr) -> Option<PathBuf> {
    let path = Path::new(value);
    path.is_absolute().then(|| path.to_owned())
}

/// systemd joins the entries of `StateDirectory=` by colons (systemd.exec(5)).
fn first_of_list(value: &OsStr) -> Option<PathBuf> {
    let first = value.as_bytes().split(|b| *b == b':').next()?;
    absolute(OsStr::from_bytes(first))
}

#[cfg(test)]
mod tests {
    use super::super::snapshot::snapshot;
    use super::*;

    fn find(variables: &[(&str, &str)], macos: bool) -> Directories {
        Directories::of_system(&snapshot(variables), macos).unwrap()
    }

    fn path(text: &str) -> Option<PathBuf> {
        Some(PathBuf::from(text))
    }

    #[test]
    fn everything_lies_below_home() {
        let linux = find(&[("HOME", "/h")], false);
        assert_eq!(linux.config, path("/h/.config"));
        assert_eq!(linux.data, path("/h/.local/share"));
        assert_eq!(linux.state, path("/h/.local/state"));
        assert_eq!((linux.home, linux.runtime), (path("/h"), None));
        let macos = find(&[("HOME", "/h")], true);
        let library = path("/h/Library/Application Support");
        assert!(
            [macos.config, macos.data, macos.state]
                .iter()
                .all(|d| *d == library)
        );
    }

    #[test]
    fn without_a_home_there_is_nothing() {
        let none = find(&[], false);
        for home in ["", "h", "./h"] {
            assert_eq!(find(&[("HOME", home)], false), none);
        }
        assert_eq!((none.config, none.state, none.home), (None, None, None));
    }

    #[test]
    fn a_relative_xdg_value_is_ignored() {
        let names = ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"];
        let all = |value| names.map(|name| (name, value));
        let relative = [&all("x")[..], &[("HOME", "/h"), ("XDG_RUNTIME_DIR", "r")]].concat();
        assert_eq!(find(&relative, false), find(&[("HOME", "/h")], false));
        let found = find(
            &[&all("/x")[..], &[("XDG_RUNTIME_DIR", "/r")]].concat(),
            true,
        );
        assert_eq!(found.runtime, path("/r"));
        assert!(
            [found.config, found.data, found.state]
                .iter()
                .all(|d| *d == path("/x"))
        );
    }

    #[test]
    fn the_state_directory_has_its_own_variables_first() {
        let all = [
            ("SECRETS_STATE_DIR", "/ours"),
            ("STATE_DIRECTORY", "/var/lib/app:/var/lib/other"),
            ("XDG_STATE_HOME", "/xdg"),
            ("HOME", "/h"),
        ];
        let expected = ["/ours", "/var/lib/app", "/xdg", "/h/.local/state"];
        for (i, state) in expected.into_iter().enumerate() {
            let found = find(&all[i..], false);
            assert_eq!(found.state, path(state));
            assert_eq!(found.state_source, all[i].0);
        }
        let relative = snapshot(&[("SECRETS_STATE_DIR", "state"), ("HOME", "/h")]);
        assert!(matches!(
            Directories::of(&relative),
            Err(Error::Relative { .. })
        ));
    }
}
