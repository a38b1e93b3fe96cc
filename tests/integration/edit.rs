//! `secrets edit` lets an editor at a secret and leaves nothing of it anywhere.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use rustix::process::Signal;

use crate::command::{Run, find};
use crate::harness::{Sandbox, is_memory};
use crate::output::Status;
use crate::pty;

const MEMORY: &str = "/dev/shm";

/// A vault in memory, so that its runtime directory is one for secret files.
fn sandbox() -> Option<Sandbox> {
    if !is_memory(Path::new(MEMORY)) {
        crate::skip::note("edit", "/dev/shm is not in memory");
        return None;
    }
    let sandbox = Sandbox::below(Path::new(MEMORY));
    sandbox.init();
    Some(sandbox)
}

/// `secrets edit` with this shell script as the editor; `$1` is the file.
fn edit<'a>(sandbox: &'a Sandbox, operand: &str, script: &str) -> Run<'a> {
    let path = sandbox.write("tmp/editor", format!("#!/bin/sh\n{script}\n"));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    sandbox.allow(&path);
    sandbox.secrets(["edit", operand]).env("EDITOR", path)
}

/// Directories for secret files that are there.
fn left(sandbox: &Sandbox) -> Vec<PathBuf> {
    let place = sandbox.path("run/secrets");
    let all = fs::read_dir(place).map(|all| all.map(|one| one.unwrap().path()).collect());
    let all: Vec<PathBuf> = all.unwrap_or_default();
    all.into_iter().filter(|path| path.is_dir()).collect()
}

fn waits(path: &Path) {
    while !path.exists() {
        thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn an_edited_text_is_stored_and_its_file_is_private_and_gone() {
    let Some(sandbox) = sandbox() else { return };
    sandbox.set("KEY", "first value here");
    let script = "set -e
        test \"$(stat -c %a \"$1\")\" = 600
        test \"$(stat -c %a \"$(dirname \"$1\")\")\" = 700
        test \"$TMPDIR\" = \"$(dirname \"$1\")\"
        test -z \"$SECRETS_KEY_FILE$SECRETS_KEY\"
        test \"$(basename \"$1\")\" = KEY.txt
        test \"$(cat \"$1\")\" = 'first value here'
        cp \"$1\" \"$1~\"; mkdir \"$TMPDIR/deep\"; cp \"$1\" \"$TMPDIR/deep/.KEY.swp\"
        printf 'second value here' > \"$1.new\"; mv \"$1.new\" \"$1\"";
    sandbox.canary("second value here");
    edit(&sandbox, "KEY", script)
        .run()
        .ok()
        .stdout_is("")
        .stderr_is("development:/KEY v2\n");
    assert_eq!(sandbox.get("KEY"), b"second value here");
    assert!(left(&sandbox).is_empty());
    sandbox
        .secrets(["undo", "--yes"])
        .run()
        .ok()
        .stderr_any("the plan");
    assert_eq!(sandbox.get("KEY"), b"first value here");
    let log = sandbox
        .secrets(["audit", "--json"])
        .run()
        .ok()
        .stdout_text();
    assert!(log.contains("\"verb\":\"edit\""), "{log}");
}

#[test]
fn one_newline_that_an_editor_adds_to_a_line_is_left_out() {
    let Some(sandbox) = sandbox() else { return };
    sandbox.set("KEY", "one line value");
    edit(&sandbox, "KEY", "echo >> \"$1\"")
        .run()
        .ok()
        .stderr_has(&["nothing was changed"]);
    sandbox.canary("other line value");
    edit(&sandbox, "KEY", "echo 'other line value' > \"$1\"")
        .run()
        .ok()
        .stderr_is(
            "the newline that the editor put at the end was left out\ndevelopment:/KEY v2\n",
        );
    assert_eq!(sandbox.get("KEY"), b"other line value");
    edit(&sandbox, "KEY", "printf 'two\\nlines\\n' > \"$1\"")
        .run()
        .ok()
        .stderr_is("development:/KEY v3\n");
    assert_eq!(sandbox.get("KEY"), b"two\nlines\n");
}

#[test]
fn what_is_no_good_text_changes_nothing_and_leaves_nothing() {
    let Some(sandbox) = sandbox() else { return };
    sandbox.set("KEY", "kept value here");
    sandbox
        .secrets(["set", "DOC", "{}", "--type", "json", "-q"])
        .run()
        .stderr_any("a value on the command line");
    sandbox.write("victim", "whole");
    let victim = sandbox.path("victim");
    let to_link = format!("rm \"$1\"; ln -s '{}' \"$1\"", victim.display());
    for (operand, script, status, text) in [
        (
            "KEY",
            "exit 3",
            1,
            "failed with status 3; nothing was changed",
        ),
        ("KEY", "kill -KILL $$", 1, "was ended by signal 9"),
        ("KEY", ": > \"$1\"", 2, "the file is empty"),
        ("KEY", "rm \"$1\"", 2, "the edited file cannot be used"),
        ("KEY", &*to_link, 2, "the edited file cannot be used"),
        (
            "KEY",
            "rm \"$1\"; mkfifo \"$1\"",
            2,
            "the edited file cannot be used",
        ),
        (
            "KEY",
            "head -c 1048577 /dev/zero | tr '\\0' x > \"$1\"",
            2,
            "at most 1048576",
        ),
        ("DOC", "echo '{' > \"$1\"", 2, "is of type json"),
        ("NOPE", "exit 0", 3, "no secret named \"NOPE\""),
        ("KEY@1", "exit 0", 2, "a version cannot be edited"),
    ] {
        let before = sandbox.vault_bytes();
        edit(&sandbox, operand, script).run().fails(status, &[text]);
        assert_eq!(sandbox.vault_bytes(), before, "{script}");
        assert!(left(&sandbox).is_empty(), "{script}");
    }
    assert_eq!(fs::read(victim).unwrap(), b"whole");
    sandbox.set("BYTES", b"\xff\0\x01 some binary");
    edit(&sandbox, "BYTES", "exit 0")
        .run()
        .fails(2, &["is no text"]);
}

#[test]
fn an_editor_is_looked_for_in_absolute_directories_and_needs_somebody() {
    let Some(sandbox) = sandbox() else { return };
    sandbox.set("KEY", "kept value here");
    let here = sandbox.write("project/evil", "#!/bin/sh\ntouch ran\n");
    fs::set_permissions(&here, fs::Permissions::from_mode(0o755)).unwrap();
    for editor in ["evil", "./evil", "evil --wait"] {
        let run = sandbox.secrets(["edit", "KEY"]).env("EDITOR", editor);
        run.env("PATH", ".::/usr/bin:/bin")
            .run()
            .fails(1, &["no command named"]);
    }
    assert!(!sandbox.path("project/ran").exists());
    let run = sandbox.secrets(["edit", "KEY"]).env("VISUAL", "'open");
    run.run().fails(2, &["a quote is not closed"]);
    sandbox
        .secrets(["edit", "KEY"])
        .run()
        .fails(2, &["an editor needs a terminal"]);
    edit(&sandbox, "KEY", "exit 0")
        .arg("--no-input")
        .run()
        .fails(2, &["nobody is to be asked"]);
    // No shell reads it, and VISUAL goes first.
    let run = edit(&sandbox, "KEY", "exit 0").env("VISUAL", "/bin/sh -c 'exit 5' $(id)");
    run.run().fails(1, &["failed with status 5"]);
}

#[test]
fn an_agent_that_may_only_run_programs_edits_nothing() {
    let Some(sandbox) = sandbox() else { return };
    sandbox.set("KEY", "kept value here");
    let script = format!("cat \"$1\" > '{}'", sandbox.path("seen").display());
    let run = edit(&sandbox, "KEY", &script).env("SECRETS_AGENTS", "run-only");
    run.env("CLAUDECODE", "1")
        .run()
        .fails(5, &["not shown to a coding agent"]);
    assert!(!sandbox.path("seen").exists());
}

#[test]
fn a_folder_is_edited_as_lines_and_no_line_is_a_deletion() {
    let Some(sandbox) = sandbox() else { return };
    for (name, value) in [
        ("app/A", "value of a here"),
        ("app/B", "it's $(id) `b` #x"),
        ("app/MIXED", "it's $(id) `b` \"q\" #x"),
        ("app/C", "multi\nline value"),
        ("app/key-with-dash", "value of dash"),
        ("app/deep/D", "value of deep"),
    ] {
        sandbox.set(name, value);
    }
    sandbox.canary("value of new here");
    let script = "set -e
        test \"$(basename \"$1\")\" = development.env
        test \"$(grep -c = \"$1\")\" = 3
        sed -i '/^A=/d' \"$1\"
        echo 'NEW=\"value of new here\"' >> \"$1\"";
    edit(&sandbox, "app/", script).run().ok().stderr_is(
        "secrets: warning: \"development:/app/key-with-dash\" has a name that NAME=VALUE lines cannot carry; \
         it is left out: secrets edit development:/app/key-with-dash\n\
         secrets: warning: \"development:/app/MIXED\" has a value that NAME=VALUE lines cannot carry; \
         it is left out: secrets edit development:/app/MIXED\n\
         A stays, though its line was removed; to remove it: secrets rm development:/app/A\n\
         development:/app/NEW v1\n",
    );
    assert_eq!(sandbox.get("app/NEW"), b"value of new here");
    assert_eq!(sandbox.get("app/B"), b"it's $(id) `b` #x");
    assert_eq!(sandbox.get("app/A"), b"value of a here");
    let before = sandbox.vault_bytes();
    edit(&sandbox, "app/", "echo 'no assignment' >> \"$1\"")
        .run()
        .fails(2, &["no NAME=VALUE"]);
    edit(&sandbox, "app/", "echo '1/2=x' >> \"$1\"")
        .run()
        .fails(2, &["the edited file line 6 is read"]);
    // One that is there and was not shown is not replaced unseen.
    edit(&sandbox, "app/", "echo 'key-with-dash=x' >> \"$1\"")
        .run()
        .fails(8, &["was changed by another writer"]);
    assert_eq!(sandbox.vault_bytes(), before);
    assert!(left(&sandbox).is_empty());
}

#[test]
fn another_writer_is_not_run_over() {
    let Some(sandbox) = sandbox() else { return };
    sandbox.set("KEY", "first value here");
    let other = sandbox.write("tmp/other", "value of the other");
    sandbox.allow(&other);
    sandbox.canary("value of the other");
    sandbox.canary("value of the editor");
    let script = format!(
        "'{}' --key-file '{}' set KEY --from-file '{}' -q || exit 9; printf 'value of the editor' > \"$1\"",
        env!("CARGO_BIN_EXE_secrets"),
        sandbox.key_file().display(),
        other.display(),
    );
    edit(&sandbox, "KEY", &script)
        .run()
        .fails(8, &["\"development:/KEY\" was changed by another writer"]);
    assert_eq!(sandbox.get("KEY"), b"value of the other");
    assert!(left(&sandbox).is_empty());
    if !pty::available() {
        skip!("edit on a terminal", "no setsid");
    }
    for (answer, value, status) in [
        ("n", "value of the other", 8),
        ("y", "value of the editor", 0),
    ] {
        sandbox.set("KEY", "first value here");
        let mut terminal = edit(&sandbox, "KEY", &script).on_terminal();
        terminal.expect("[y/N] ").send(format!("{answer}\n"));
        terminal.wait().status(status);
        assert_eq!(sandbox.get("KEY"), value.as_bytes());
        assert!(left(&sandbox).is_empty());
    }
}

#[test]
fn signals_end_editor_and_files_and_change_nothing() {
    let Some(sandbox) = sandbox() else { return };
    sandbox.set("KEY", "kept value here");
    let ready = sandbox.path("tmp/ready");
    let script = format!(
        "printf x > \"$1\"; touch '{}'; exec sleep 60",
        ready.display()
    );
    for signal in [Signal::TERM, Signal::HUP] {
        let running = edit(&sandbox, "KEY", &script).spawn();
        waits(&ready);
        assert_eq!(left(&sandbox).len(), 1);
        running.signal(signal);
        running
            .wait()
            .signalled(signal)
            .stderr_has(&["nothing was changed"]);
        assert!(left(&sandbox).is_empty());
        fs::remove_file(&ready).unwrap();
    }
    assert_eq!(sandbox.get("KEY"), b"kept value here");
    if pty::available() {
        let mut terminal = edit(&sandbox, "KEY", &script).on_terminal();
        waits(&ready);
        terminal.send("\x03");
        terminal.wait().screen_has("nothing was changed");
        assert!(left(&sandbox).is_empty());
        assert_eq!(sandbox.get("KEY"), b"kept value here");
    }
}

#[test]
fn what_a_kill_left_is_found_by_doctor_and_swept() {
    let Some(sandbox) = sandbox() else { return };
    sandbox.set("KEY", "kept value here");
    let (ready, go) = (sandbox.path("tmp/ready"), sandbox.path("tmp/go"));
    let script = format!(
        "touch '{}'; while ! test -e '{}'; do sleep 0.01; done",
        ready.display(),
        go.display()
    );
    let running = edit(&sandbox, "KEY", &script).spawn();
    waits(&ready);
    let doctor = |args: &[&str]| {
        let run = sandbox.secrets(["doctor", "--json"]).args(args).run();
        run.status(10).stderr_any("it counts").stdout_text()
    };
    assert!(!doctor(&[]).contains("\"scratch\""), "its owner lives");
    running.signal(Signal::KILL);
    fs::write(&go, "").unwrap();
    running.wait().signalled(Signal::KILL);
    let dead = left(&sandbox);
    assert_eq!(dead.len(), 1);
    let found = doctor(&[]);
    assert!(
        found.contains("\"scratch\"")
            && found.contains(dead[0].file_name().unwrap().to_str().unwrap()),
        "{found}"
    );
    assert!(!doctor(&["--fix"]).contains("\"scratch\""));
    assert!(left(&sandbox).is_empty());
}

#[test]
fn two_editors_at_once_do_not_meet() {
    let Some(sandbox) = sandbox() else { return };
    sandbox.set("A", "value of a here");
    sandbox.set("B", "value of b here");
    let (ready, go) = (sandbox.path("tmp/ready"), sandbox.path("tmp/go"));
    sandbox.canary("edited a value");
    let script = format!(
        "touch '{}'; while ! test -e '{}'; do sleep 0.01; done; printf 'edited a value' > \"$1\"",
        ready.display(),
        go.display()
    );
    let running = edit(&sandbox, "A", &script).spawn();
    waits(&ready);
    let other = sandbox.write(
        "tmp/second",
        "#!/bin/sh\nprintf 'edited b value' > \"$1\"\n",
    );
    sandbox.allow(&other);
    sandbox.canary("edited b value");
    fs::set_permissions(&other, fs::Permissions::from_mode(0o755)).unwrap();
    let run = sandbox.secrets(["edit", "B"]).env("EDITOR", other);
    run.run().ok().stderr_is("development:/B v2\n");
    assert_eq!(left(&sandbox).len(), 1);
    fs::write(&go, "").unwrap();
    running.wait().ok().stderr_is("development:/A v2\n");
    assert_eq!(sandbox.get("A"), b"edited a value");
    assert_eq!(sandbox.get("B"), b"edited b value");
}

#[test]
fn a_runtime_directory_that_is_not_ours_alone_is_passed_over() {
    let Some(sandbox) = sandbox() else { return };
    sandbox.set("KEY", "kept value here");
    fs::create_dir(sandbox.path("far")).unwrap();
    symlink(sandbox.path("far"), sandbox.path("run/secrets")).unwrap();
    let script = format!("echo \"$1\" > '{}'", sandbox.path("where").display());
    edit(&sandbox, "KEY", &script)
        .run()
        .ok()
        .stderr_any("it may be back at once");
    let place = fs::read_to_string(sandbox.path("where")).unwrap();
    assert!(!place.contains(sandbox.root().to_str().unwrap()), "{place}");
    assert_eq!(fs::read_dir(sandbox.path("far")).unwrap().count(), 0);
}

#[test]
fn vim_changes_a_value_and_leaves_no_copy() {
    let Some(sandbox) = sandbox() else { return };
    if find("vim").is_none() {
        skip!("edit with vim", "it is not installed");
    }
    if !pty::available() {
        skip!("edit on a terminal", "no setsid");
    }
    // Too short to be searched for: a terminal has to show it.
    sandbox.set("KEY", "vimval");
    let run = sandbox.secrets(["edit", "KEY"]).env("EDITOR", "vim");
    let mut terminal = run.env("TERM", "xterm").on_terminal();
    terminal.expect("vimval");
    terminal.send("gUU:wq\r");
    terminal.wait().status(0);
    assert_eq!(sandbox.get("KEY"), b"VIMVAL");
    assert!(left(&sandbox).is_empty());
    let home = fs::read_dir(sandbox.path("home")).unwrap();
    let kept: Vec<_> = home.map(|one| one.unwrap().file_name()).collect();
    assert!(
        !kept
            .iter()
            .any(|name| name.to_string_lossy().contains("vim")),
        "{kept:?}"
    );
}

const ALONE: [&str; 4] = ["unshare", "--mount", "--propagation", "private"];

/// Whether we may mount something over a directory.
fn can_mount(sandbox: &Sandbox) -> bool {
    let line = format!("{} mount -t tmpfs tmpfs /mnt", ALONE.join(" "));
    let asked = sandbox.shell(&line).run().stderr_any("a question").ended();
    asked == Status::Code(0)
}

#[test]
fn without_memory_a_disk_is_used_only_if_it_is_allowed() {
    let Some(sandbox) = Sandbox::on_disk() else {
        skip!("edit without memory", "no disk for temporary files");
    };
    if !can_mount(&sandbox) {
        skip!("edit without memory", "nothing can be mounted here");
    }
    sandbox.init();
    sandbox.set("KEY", "kept value here");
    let hidden = sandbox.path("home").display().to_string();
    let hide = format!(
        "mount --bind '{hidden}' /dev/shm; test ! -d /run/user || mount --bind '{hidden}' /run/user"
    );
    let run = edit(&sandbox, "KEY", "exit 0").through(ALONE).after(&hide);
    let refused = run
        .run()
        .fails(1, &["no place for secret files here", "is not on tmpfs"]);
    refused.stderr_has(&["--allow-disk"]);
    let script = format!("echo \"$1\" > '{}'", sandbox.path("where").display());
    let run = edit(&sandbox, "KEY", &script).arg("--allow-disk");
    let run = run.env("TMPDIR", sandbox.path("tmp"));
    run.through(ALONE)
        .after(&hide)
        .run()
        .ok()
        .stderr_has(&["the secrets lie on a disk for a while"]);
    let place = fs::read_to_string(sandbox.path("where")).unwrap();
    assert!(
        place.starts_with(sandbox.path("tmp").to_str().unwrap()),
        "{place}"
    );
    assert!(
        !Path::new(place.trim()).parent().unwrap().exists(),
        "{place}"
    );
}

#[test]
fn a_full_memory_leaves_nothing() {
    let Some(sandbox) = sandbox() else { return };
    if !can_mount(&sandbox) {
        skip!("edit in a full memory", "nothing can be mounted here");
    }
    sandbox.set("KEY", vec![b'x'; 100_000]);
    let run = sandbox.path("run").display().to_string();
    let line = format!(
        "mount -t tmpfs -o mode=0700,size=32k tmpfs '{run}'; EDITOR=true secrets edit KEY; \
         status=$?; ls -A '{run}/secrets'; exit $status"
    );
    let full = sandbox.shell(&line).through(ALONE).run();
    full.status(1)
        .stdout_is("lock\n")
        .stderr_has(&["no space for"]);
}
