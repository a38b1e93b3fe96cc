use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, lchown, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::open;
use crate::file::tests::{FaultyDisk, is_root};
use crate::file::{Files, FilesystemKind, Identity};
use crate::store::{Class, Error, Location, Source, in_work_tree};
use crate::vault::MAX_FILE_BYTES;
use crate::vault::ReadAt;

fn at(path: &Path) -> Location {
    Location {
        path: path.to_path_buf(),
        shown: path.to_path_buf(),
        source: Source::Flag,
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

struct Place {
    directory: tempfile::TempDir,
    disk: Arc<FaultyDisk>,
    vault: PathBuf,
}

/// A vault on an ordinary disk, whatever `/tmp` is.
fn setup() -> Place {
    let directory = tempfile::tempdir().unwrap();
    set_mode(directory.path(), 0o755);
    let vault = directory.path().join("app/.vault/vault.json");
    fs::create_dir_all(vault.parent().unwrap()).unwrap();
    fs::write(&vault, b"0123456789").unwrap();
    set_mode(&vault, 0o600);
    let disk = FaultyDisk::new(directory.path());
    disk.pretend(FilesystemKind::Other, false);
    Place {
        directory,
        disk,
        vault,
    }
}

impl Place {
    fn open(&self) -> Result<(), Error> {
        open(&self.disk.files(), &at(&self.vault)).map(drop)
    }

    /// The hint, if the mode is a finding.
    fn finding(&self, mode: u32) -> Option<String> {
        set_mode(&self.vault, mode);
        let error = self.open().err()?;
        assert!(
            matches!(error, Error::Mode { mode: found, .. } if found == mode),
            "{error}"
        );
        assert_eq!(error.class(), Class::Integrity);
        let verb = if mode & 0o022 == 0 { "read" } else { "written" };
        assert_eq!(
            error.to_string(),
            format!(
                "\"{}\" can be {verb} by other users (mode {mode:04o})",
                self.vault.display()
            )
        );
        error.hints().pop()
    }
}

/// Everything an opened vault holds.
fn whole(opened: &crate::store::Opened) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(opened.size()).unwrap()];
    opened.read_at(0, &mut bytes).unwrap();
    bytes
}

#[test]
fn a_vault_is_read_whole_and_in_parts() {
    let place = setup();
    let opened = open(&place.disk.files(), &at(&place.vault)).unwrap();
    assert_eq!(opened.size(), 10);
    assert_eq!(whole(&opened), b"0123456789");
    let mut buffer = [0; 3];
    opened.read_at(7, &mut buffer).unwrap();
    assert_eq!(&buffer, b"789");
    let error = opened.read_at(8, &mut buffer).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
}

#[test]
fn outside_of_git_others_may_neither_read_nor_write() {
    let place = setup();
    let path = place.vault.display().to_string();
    for (mode, change) in [
        (0o600, None),
        (0o400, None),
        (0o700, None),
        (0o644, Some("600")),
        (0o640, Some("600")),
        (0o604, Some("600")),
        (0o622, Some("go-w")),
        (0o666, Some("600")),
        (0o602, Some("go-w")),
    ] {
        let expected = change.map(|change| format!("chmod {change} {path}"));
        assert_eq!(place.finding(mode), expected, "{mode:o}");
    }
}

#[test]
fn in_a_git_work_tree_only_a_write_bit_for_all_is_a_finding() {
    for git in ["app/.git", ".git"] {
        let place = setup();
        fs::write(place.directory.path().join(git), "gitdir: x").unwrap();
        for mode in [0o600, 0o644, 0o664, 0o660] {
            assert_eq!(place.finding(mode), None, "{mode:o}");
        }
        for mode in [0o666, 0o602] {
            let expected = format!("chmod o-w {}", place.vault.display());
            assert_eq!(place.finding(mode), Some(expected), "{mode:o}");
        }
    }
}

#[test]
fn read_bits_do_not_matter_in_memory_or_on_a_read_only_mount() {
    for (kind, read_only) in [
        (FilesystemKind::Memory, false),
        (FilesystemKind::Other, true),
    ] {
        let place = setup();
        place.disk.pretend(kind, read_only);
        assert_eq!(place.finding(0o644), None);
        assert!(place.finding(0o664).is_some(), "a write bit always does");
    }
}

#[test]
fn read_bits_do_not_matter_on_a_vault_of_somebody_else() {
    if !is_root("read_bits_do_not_matter_on_a_vault_of_somebody_else") {
        return;
    }
    let place = setup();
    chown(&place.vault, Some(1000), Some(1000)).unwrap();
    assert_eq!(place.finding(0o644), None);
    assert!(place.finding(0o646).is_some());
    // And to uid 1000 it is its own.
    set_mode(&place.vault, 0o644);
    let files = Files::new(
        place.disk.clone(),
        Identity {
            egid: 1000,
            euid: 1000,
        },
    );
    assert!(matches!(
        open(&files, &at(&place.vault)),
        Err(Error::Mode { .. })
    ));
}

#[test]
fn a_link_is_followed_if_it_is_ours_or_roots_and_refused_otherwise() {
    let place = setup();
    let link = place.directory.path().join("linked.json");
    symlink("app/.vault/vault.json", &link).unwrap();
    let second = place.directory.path().join("second.json");
    symlink(&link, &second).unwrap();
    for path in [&link, &second] {
        let opened = open(&place.disk.files(), &at(path)).unwrap();
        assert_eq!(whole(&opened), std::fs::read(&place.vault).unwrap());
    }
    // The mode that counts is that of the file.
    set_mode(&place.vault, 0o644);
    assert!(matches!(
        open(&place.disk.files(), &at(&link)),
        Err(Error::Mode { .. })
    ));
    set_mode(&place.vault, 0o600);
    if Identity::current().is_root() {
        lchown(&link, Some(1002), Some(1002)).unwrap();
        let error = open(&place.disk.files(), &at(&second)).err().unwrap();
        assert_eq!(
            error.to_string(),
            format!(
                "refusing: \"{}\" is a link owned by uid 1002",
                link.display()
            )
        );
        assert_eq!(error.class(), Class::Integrity);
    }
}

#[test]
fn what_is_no_file_is_refused_without_waiting() {
    let place = setup();
    fs::remove_file(&place.vault).unwrap();
    let error = place.open().unwrap_err();
    assert_eq!(error.class(), Class::NotFound);
    fs::create_dir(&place.vault).unwrap();
    assert_eq!(place.open().unwrap_err().class(), Class::Integrity);
    fs::remove_dir(&place.vault).unwrap();
    let mode = rustix::fs::Mode::from_raw_mode(0o600);
    let kind = rustix::fs::FileType::Fifo;
    rustix::fs::mknodat(rustix::fs::CWD, &place.vault, kind, mode, 0).unwrap();
    let error = place.open().unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("refusing: \"{}\" is a pipe", place.vault.display())
    );
    fs::remove_file(&place.vault).unwrap();
    symlink("vault.json", &place.vault).unwrap();
    assert_eq!(place.open().unwrap_err().class(), Class::Integrity);
}

#[test]
fn a_file_over_the_limit_is_refused_before_it_is_read() {
    let place = setup();
    let file = fs::OpenOptions::new()
        .write(true)
        .open(&place.vault)
        .unwrap();
    file.set_len(MAX_FILE_BYTES).unwrap();
    assert!(place.open().is_ok());
    file.set_len(MAX_FILE_BYTES + 1).unwrap();
    let error = place.open().unwrap_err();
    assert_eq!(error.class(), Class::Integrity);
    assert!(
        error
            .to_string()
            .ends_with("is larger than 268435456 bytes, the limit"),
        "{error}"
    );
}

#[test]
fn every_way_to_a_vault_has_one_canonical_path() {
    let root = tempfile::tempdir().unwrap();
    let root = fs::canonicalize(root.path()).unwrap();
    fs::create_dir_all(root.join("real/.git")).unwrap();
    let vault = root.join("real/vault.json");
    fs::write(&vault, b"x").unwrap();
    set_mode(&vault, 0o600);
    symlink(root.join("real"), root.join("way")).unwrap();
    symlink("way/vault.json", root.join("link.json")).unwrap();
    let files = Files::kernel();
    for path in [
        "real/vault.json",
        "way/vault.json",
        "link.json",
        "real/../way/vault.json",
    ] {
        let path = root.join(path);
        let location = Location {
            path: path.clone(),
            shown: path,
            source: Source::Flag,
        };
        let opened = open(&files, &location).unwrap();
        assert_eq!(opened.canonical_path(), vault);
        assert!(in_work_tree(opened.directory()));
        let locked = crate::store::lock(&files, &location).unwrap();
        assert_eq!(locked.canonical_path(), vault);
        assert!(locked.is_in_work_tree());
    }
}
