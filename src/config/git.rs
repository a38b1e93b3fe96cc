//! What git wrote down. git itself is never run.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// The branch that the content of a `HEAD` file names (gitrepository-layout(5)).
///
/// None for a detached HEAD, and for the `.invalid` that stands there when the
/// repository keeps its refs in a reftable.
pub fn parse_head(content: &[u8]) -> Option<&str> {
    let target = content.strip_prefix(b"ref:")?.trim_ascii();
    let branch = target.strip_prefix(b"refs/heads/")?;
    let branch = std::str::from_utf8(branch).ok()?;
    let one_line = !branch.contains(|c: char| c.is_control());
    (!branch.is_empty() && branch != ".invalid" && one_line).then_some(branch)
}

/// Where the `.git` file of a worktree or a submodule says that its directory
/// is; relative to the place of that file where it is not absolute.
pub fn parse_gitdir(content: &[u8]) -> Option<&Path> {
    let path = content.strip_prefix(b"gitdir: ")?;
    // git cuts line ends and nothing else: a name may end with a space.
    let end = path.iter().rposition(|b| !matches!(b, b'\n' | b'\r'))?;
    let path = path.get(..=end)?;
    (!path.contains(&0)).then(|| Path::new(OsStr::from_bytes(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_names_its_branch_or_none() {
        for (content, branch) in [
            ("ref: refs/heads/main\n", Some("main")),
            ("ref: refs/heads/release/1.2", Some("release/1.2")),
            ("ref:\trefs/heads/main \r\n", Some("main")),
            ("4b825dc642cb6eb9a060e54bf8d69288fbee4904\n", None),
            ("ref: refs/heads/.invalid\n", None),
            ("ref: refs/tags/v1\n", None),
            ("ref: refs/heads/\n", None),
            ("ref: refs/heads/a\nb\n", None),
            ("", None),
        ] {
            assert_eq!(parse_head(content.as_bytes()), branch, "{content:?}");
        }
        assert_eq!(parse_head(b"ref: refs/heads/\xff\n"), None);
    }

    #[test]
    fn a_git_file_says_where_its_directory_is() {
        for (content, path) in [
            ("gitdir: /a/.git/worktrees/b\n", Some("/a/.git/worktrees/b")),
            ("gitdir: ../.git/modules/x \r\n", Some("../.git/modules/x ")),
            ("gitdir: \n", None),
            ("gitdir: a\0b", None),
            ("/a/.git\n", None),
        ] {
            let found = parse_gitdir(content.as_bytes());
            assert_eq!(found, path.map(Path::new), "{content:?}");
        }
    }
}
