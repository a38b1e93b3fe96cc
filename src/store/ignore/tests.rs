use std::fs;
use std::path::Path;

use super::{Ignored, ignored_by};
use crate::file::Files;
use crate::store::{Location, Source};

/// A work tree with these files, and the vault in `app/.vault`.
fn tree(files: &[(&str, &str)]) -> (tempfile::TempDir, Option<(String, usize, String)>) {
    let place = tempfile::tempdir().unwrap();
    fs::create_dir_all(place.path().join("app/.vault")).unwrap();
    for (name, text) in files {
        let path = place.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let found = ask(place.path());
    (place, found)
}

fn ask(root: &Path) -> Option<(String, usize, String)> {
    let path = root.join("app/.vault/vault.json");
    let location = Location {
        shown: path.clone(),
        path,
        source: Source::Project,
    };
    let Ignored { file, line, text } = ignored_by(&Files::kernel(), &location).unwrap()?;
    let file = file
        .strip_prefix(root)
        .unwrap_or(&file)
        .display()
        .to_string();
    Some((file, line, text))
}

#[test]
fn a_pattern_hides_the_vault_as_git_says() {
    // What `git check-ignore -v --no-index` 2.47 says of each.
    for (patterns, line) in [
        ("vault.json", Some(1)),
        ("*.json", Some(1)),
        ("/vault.json", None),
        (".vault", Some(1)),
        (".vault/", Some(1)),
        ("/.vault", None),
        ("/app/.vault/", Some(1)),
        ("app/.vault", Some(1)),
        ("app/vault.json", None),
        ("app/**/vault.json", Some(1)),
        ("**/vault.json", Some(1)),
        ("**/.vault/**", Some(1)),
        ("app/**", Some(1)),
        ("app/*", Some(1)),
        ("app/*.json", None),
        ("*/*/vault.json", Some(1)),
        ("vault.json/", None),
        (".*", Some(1)),
        ("# vault.json", None),
        ("\\#x\n\n*.jso?", Some(3)),
        ("*.json\n!vault.json", None),
        (".vault\n!vault.json", Some(1)),
        ("!vault.json\n*.json", Some(2)),
        ("vault.json   ", Some(1)),
        ("vault.json\\ ", None),
        ("vault.json\r\n", Some(1)),
        ("\u{feff}vault.json", Some(1)),
        ("[a-v]ault.json", Some(1)),
        ("[!v]ault.json", None),
        ("[^a]ault.json", Some(1)),
        ("[v", None),
        ("[[:alpha:]]*.json", Some(1)),
        ("[a-\\z]pp", Some(1)),
        ("v[]a]ult.json", Some(1)),
        ("app/***/vault.json", Some(1)),
        ("va*t.j*n", Some(1)),
        ("*a*a*", None),
        ("\\v\\ault.json", Some(1)),
        ("", None),
        ("/", None),
        ("VAULT.JSON", None),
    ] {
        let (_place, found) = tree(&[(".git/HEAD", ""), (".gitignore", patterns)]);
        assert_eq!(
            found.as_ref().map(|(_, line, _)| *line),
            line,
            "{patterns:?}: {found:?}"
        );
    }
}

#[test]
fn the_nearest_ignore_file_decides_and_info_exclude_comes_last() {
    let git = (".git/HEAD", "");
    let (_place, found) = tree(&[git, (".git/info/exclude", "x\n*.json")]);
    assert_eq!(
        found,
        Some((".git/info/exclude".to_owned(), 2, "*.json".to_owned()))
    );
    let exclude = (".git/info/exclude", "*.json");
    let (_place, found) = tree(&[git, exclude, (".gitignore", "!*.json")]);
    assert_eq!(found, None);
    let (_place, found) = tree(&[git, ("app/.vault/.gitignore", "vault.*"), exclude]);
    assert_eq!(
        found,
        Some(("app/.vault/.gitignore".to_owned(), 1, "vault.*".to_owned()))
    );
    let (_place, found) = tree(&[git, ("app/.gitignore", "/.vault"), (".gitignore", "x")]);
    assert_eq!(
        found,
        Some(("app/.gitignore".to_owned(), 1, "/.vault".to_owned()))
    );
    // What hides the directory cannot be taken back inside it.
    let (_place, found) = tree(&[git, (".gitignore", "app/"), ("app/.gitignore", "!*")]);
    assert_eq!(found, Some((".gitignore".to_owned(), 1, "app/".to_owned())));
}

#[test]
fn without_git_nothing_is_ignored() {
    let (_place, found) = tree(&[(".gitignore", "*")]);
    assert_eq!(found, None);
}

#[test]
fn a_linked_work_tree_uses_the_excludes_of_its_repository() {
    let (place, _) = tree(&[
        (".git", "gitdir: repo/worktrees/w\n"),
        ("repo/worktrees/w/commondir", "../..\n"),
        ("repo/info/exclude", "*.json\n"),
    ]);
    let (file, line, _) = ask(place.path()).unwrap();
    assert!(file.ends_with("info/exclude"), "{file}");
    assert_eq!(line, 1);
}

#[test]
fn what_create_writes_hides_lock_and_temporary_files_and_not_the_vault() {
    use super::pattern::Pattern;
    let patterns = Pattern::parse_all(b".vault.json.lock\n.vault.json.*.tmp\n");
    let hides = |name: &str| {
        patterns
            .iter()
            .any(|p| p.matches(&[name.as_bytes()], false))
    };
    assert!(hides(".vault.json.lock") && hides(".vault.json.0123456789abcdef.tmp"));
    assert!(!hides("vault.json") && !hides(".gitattributes"));
}
