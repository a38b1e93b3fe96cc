//! `secrets run` with the command as a child: it looks as if there was no parent.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use rustix::process::Signal;

use crate::harness::{Sandbox, is_memory};
use crate::output::Status;
use crate::pty;

/// Makes every run a supervised one, without any other effect.
const SUPERVISED: [&str; 2] = ["run", "--timeout=1h"];

fn sandbox() -> Sandbox {
    // In memory, so that secret files lie in it and in no place of other tests.
    let memory = Path::new("/dev/shm");
    let sandbox = match memory.is_dir() && is_memory(memory) {
        true => Sandbox::below(memory),
        false => Sandbox::new(),
    };
    sandbox.init();
    sandbox.set("DB_URL", "postgres://db.example/main");
    sandbox
}

/// `run --timeout=1h -- sh -c LINE`.
fn words(line: &str) -> Vec<&str> {
    [&SUPERVISED[..], &["--", "sh", "-c", line]].concat()
}

fn appears(path: &Path) {
    for _ in 0..20_000 {
        if path.exists() {
            return;
        }
        thread::sleep(Duration::from_millis(2));
    }
    panic!("{} never came", path.display());
}

/// A line that writes the path of the file in `DB_URL_FILE`, and its own number
/// as a process, to `ready` once both are there.
fn telling(ready: &Path, then: &str) -> String {
    let ready = ready.display();
    format!("echo \"$$ $DB_URL_FILE\" >'{ready}.new'; mv '{ready}.new' '{ready}'; {then}")
}

/// What such a line wrote.
fn told(ready: &Path) -> (String, PathBuf) {
    appears(ready);
    let text = fs::read_to_string(ready).unwrap();
    fs::remove_file(ready).unwrap();
    let (pid, path) = text.trim_end().split_once(' ').unwrap();
    (pid.to_owned(), PathBuf::from(path))
}

#[test]
fn every_status_of_the_command_is_ours() {
    let sandbox = sandbox();
    let line = "s=0; while [ $s -le 255 ]; do \
        secrets run --timeout=1h -- sh -c \"exit $s\"; [ $? = $s ] || echo \"$s\"; \
        s=$((s + 1)); done";
    let all = sandbox.shell(line).timeout(Duration::from_secs(120)).run();
    all.ok().stdout_is("");
    for (command, status) in [("no-such-command", 127), ("/etc/passwd", 126)] {
        let run = [&SUPERVISED[..], &["--", command]].concat();
        let run = sandbox.secrets(run).run().status(status);
        run.stderr_has(&[command]).stdout_is("");
    }
}

#[test]
fn death_by_a_signal_is_told_as_a_shell_tells_it() {
    let sandbox = sandbox();
    for (name, number) in [
        ("TERM", 15),
        ("HUP", 1),
        ("QUIT", 3),
        ("KILL", 9),
        ("USR1", 10),
        ("SEGV", 11),
    ] {
        let line = format!("ulimit -c 0; kill -{name} $$");
        sandbox.secrets(words(&line)).run().status(128 + number);
    }
    // An interrupted command interrupts the script that it is in.
    sandbox
        .secrets(words("kill -INT $$"))
        .run()
        .signalled(Signal::INT);
}

#[test]
fn signals_from_another_process_reach_the_command_once() {
    let sandbox = sandbox();
    for (signal, name) in [
        (Signal::TERM, "TERM"),
        (Signal::HUP, "HUP"),
        (Signal::INT, "INT"),
        (Signal::QUIT, "QUIT"),
        (Signal::USR1, "USR1"),
        (Signal::USR2, "USR2"),
    ] {
        let ready = sandbox.path("tmp/ready");
        let line = format!(
            "trap 'echo {name}' {name}; touch '{}'; n=0; \
             while [ $n -lt 20 ]; do sleep 0.02; n=$((n + 1)); done; exit 7",
            ready.display()
        );
        let running = sandbox.secrets(words(&line)).spawn();
        appears(&ready);
        running.signal(signal);
        let done = running.wait().status(7);
        let done = done.stdout_is(format!("{name}\n"));
        done.stderr_any("a shell says how its own child ended");
        fs::remove_file(ready).unwrap();
    }
}

#[test]
fn a_command_that_ignores_a_signal_goes_on_and_one_that_forks_is_reached_with_its_children() {
    let sandbox = sandbox();
    let ready = sandbox.path("tmp/ready");
    let line = format!(
        "trap '' TERM; touch '{}'; sleep 0.3; exit 4",
        ready.display()
    );
    let running = sandbox.secrets(words(&line)).spawn();
    appears(&ready);
    running.signal(Signal::TERM);
    running.wait().status(4);
    fs::remove_file(&ready).unwrap();
    // Without a terminal the whole group of the command is signalled.
    let line = format!("sleep 60 & touch '{}'; wait $!; echo $?", ready.display());
    let running = sandbox.secrets(words(&line)).spawn();
    appears(&ready);
    running.signal(Signal::TERM);
    running.wait().status(143).stdout_is("");
    // What was ignored before us is ignored by the command.
    let line = "trap '' HUP; exec secrets run --timeout=1h -- sh -c 'kill -HUP $$; echo alive'";
    sandbox.shell(line).run().ok().stdout_is("alive\n");
}

#[test]
fn as_process_1_of_a_container_it_is_the_same() {
    let sandbox = sandbox();
    let unshare = ["unshare", "--pid", "--fork", "--mount-proc", "--"];
    let mut probe = sandbox
        .shell("unshare --pid --fork --mount-proc true")
        .run();
    let probed = probe.ended();
    probe.stderr_any("why it cannot be is not ours");
    if probed != Status::Code(0) {
        skip!(
            "as_process_1_of_a_container_it_is_the_same",
            "namespaces cannot be made here"
        );
    }
    // Orphans are taken over, and their end is not taken for the command's.
    let line = "(sleep 0.05 & ) ; sleep 0.2; exit 9";
    let run = sandbox.secrets(words(line)).through(unshare);
    run.run().status(9);
    let line = "kill -TERM 1; sleep 5; exit 1";
    let trap = format!("trap 'exit 6' TERM; {line}");
    let why = "a shell says how its own child ended";
    let run = sandbox.secrets(words(&trap)).through(unshare);
    run.run().status(6).stderr_any(why);
    let run = sandbox.secrets(words(line)).through(unshare);
    run.run().status(143).stderr_any(why);
}

#[test]
fn ctrl_c_on_a_terminal_is_one_interrupt() {
    if !pty::available() {
        skip!("ctrl_c_on_a_terminal_is_one_interrupt", "setsid is missing");
    }
    let sandbox = sandbox();
    let line = "n=0; trap 'n=$((n + 1))' INT; echo ready; \
        sleep 1; sleep 0.3; echo \"count $n\"; exit 3";
    let mut terminal = sandbox.secrets(words(line)).on_terminal();
    terminal.expect("ready").send("\x03").expect("count 1");
    terminal.wait().status(3);
    // Without a trap the command ends, and so do we, as an interrupted job.
    let mut terminal = sandbox.secrets(words("echo ready; sleep 60")).on_terminal();
    terminal.expect("ready");
    // An interrupt between its two commands is lost on dash, with and without us.
    thread::sleep(Duration::from_millis(300));
    terminal.send("\x03");
    let ended = terminal.wait();
    assert_eq!(ended.status, Status::Signal(2));
    // From another process it is passed on.
    let line = "trap 'echo got; exit 5' INT; echo ready; while :; do sleep 0.05; done";
    let mut terminal = sandbox.secrets(words(line)).on_terminal();
    terminal.expect("ready").signal(Signal::INT).expect("got");
    terminal.wait().status(5);
}

#[test]
fn ctrl_z_stops_the_job_and_fg_goes_on() {
    if !pty::available() {
        skip!("ctrl_z_stops_the_job_and_fg_goes_on", "setsid is missing");
    }
    let sandbox = sandbox();
    let line = "set -m; secrets run --timeout=1h -- sh -c 'echo ready; read a; echo got $a'; \
        echo stopped; fg >/dev/null; echo \"end $?\"";
    let mut terminal = sandbox.shell(line).on_terminal();
    terminal.expect("ready").send("\x1a").expect("stopped");
    terminal.send("typed\r").expect("got typed").expect("end 0");
    terminal.wait().status(0);
}

#[test]
fn a_terminal_is_never_altered_by_masking() {
    if !pty::available() {
        skip!(
            "a_terminal_is_never_altered_by_masking",
            "setsid is missing"
        );
    }
    let sandbox = sandbox();
    let line = "test -t 0 && test -t 1 && test -t 2 && \
        printf '\\033[31mred\\033[0m %s\\n' \"$(printf $DB_URL | tr a-z A-Z)\"; \
        printf 'not hidden: %s\\n' \"$DB_URL\" | tr o 0";
    let screen = |mask: &str| {
        let terminal = sandbox.secrets(["run", mask, "--", "sh", "-c", line]);
        terminal.on_terminal().wait().status(0).screen
    };
    let (with, without) = (screen("--mask"), screen("--mask=never"));
    assert_eq!(with, without);
    assert!(with.contains("\u{1b}[31mred\u{1b}[0m POSTGRES://DB.EXAMPLE/MAIN"));
}

#[test]
fn a_stream_in_a_pipe_is_masked_when_asked_for_and_in_ci() {
    let sandbox = sandbox();
    let line = "echo \"out $DB_URL\"; echo \"err $DB_URL\" >&2; printf '\\000\\377'";
    let run = |args: &[&str], ci: Option<&str>| {
        let words = [&["run"], args, &["--", "sh", "-c", line]].concat();
        let run = sandbox.secrets(words).env("CI", ci.unwrap_or(""));
        run.run().ok()
    };
    for (args, ci) in [
        (&["--mask"][..], None),
        (&["--mask=always"], Some("true")),
        (&[], Some("true")),
        (&["--mask=auto"], Some("1")),
    ] {
        let done = run(args, ci);
        assert_eq!(done.stdout(), b"out ***\n\0\xff");
        done.stderr_is("err ***\n");
    }
    // The canary of the value must not see these.
    let plain = "printf %s \"$DB_URL\" | wc -c; echo $PPID";
    for (args, ci) in [(&[][..], ""), (&[], "false"), (&["--mask=never"], "true")] {
        let words = [&["run"], args, &["--", "sh", "-c", plain]].concat();
        let running = sandbox.secrets(words).env("CI", ci).spawn();
        let ours = std::process::id();
        running.wait().ok().stdout_is(format!("26\n{ours}\n"));
    }
    let agent = sandbox
        .secrets(["run", "--", "sh", "-c", line])
        .env("CLAUDECODE", "1")
        .env("SECRETS_AGENTS", "run-only");
    assert_eq!(
        agent.run().ok().stderr_is("err ***\n").stdout(),
        b"out ***\n\0\xff"
    );
}

#[test]
fn output_and_errors_in_one_pipe_keep_their_order() {
    let sandbox = sandbox();
    let line = "secrets run --mask -- sh -c 'n=0; while [ $n -lt 300 ]; do \
        echo \"out $n\"; echo \"err $n\" >&2; n=$((n + 1)); done' 2>&1";
    let lines: String = (0..300).map(|n| format!("out {n}\nerr {n}\n")).collect();
    sandbox.shell(line).run().ok().stdout_is(lines);
}

#[test]
fn a_prompt_passes_at_once_and_a_gone_reader_is_found_by_the_command() {
    let sandbox = sandbox();
    let line = "secrets run --mask -- sh -c 'printf \"Name: \"; read a; echo \"got $a\"' \
        <'{fifo}' | { head -c 6 >'{out}'; echo typed >'{fifo}'; cat; }";
    let (fifo, out) = (sandbox.path("tmp/fifo"), sandbox.path("tmp/out"));
    let line = line
        .replace("{fifo}", fifo.to_str().unwrap())
        .replace("{out}", out.to_str().unwrap());
    let make = format!(
        "mkfifo '{0}'; sleep 60 <>'{0}' & {line}; kill $!",
        fifo.display()
    );
    sandbox.shell(&make).run().ok().stdout_is("got typed\n");
    assert_eq!(fs::read(out).unwrap(), b"Name: ");
    let line = "secrets run --mask -- sh -c 'yes; echo $? >&2' | head -n 1";
    let gone = sandbox.shell(line).run().ok().stdout_is("y\n");
    gone.stderr_is("141\n");
}

#[test]
fn a_time_that_is_over_ends_the_command_with_124() {
    let sandbox = sandbox();
    let run = |timeout: &str, line: &str| {
        let words = ["run", "--timeout", timeout, "--", "sh", "-c", line];
        sandbox.secrets(words).run()
    };
    run("1s", "sleep 60").status(124);
    run(
        "1s",
        "trap 'echo told; exit 0' TERM; while :; do sleep 0.05; done",
    )
    .status(124)
    .stdout_is("told\n")
    .stderr_any("a shell says how its own child ended");
    run("60s", "exit 3").status(3);
    run("0s", "true").fails(125, &["--timeout"]);
    run("soon", "true").fails(125, &["--timeout"]);
}

#[test]
fn a_secret_is_a_file_while_the_command_runs() {
    let sandbox = sandbox();
    let key = b"binary \0 \xff key\n";
    sandbox.set("tls/KEY.pem", key);
    let line = "test -z \"$KEY_pem\" && stat -c %a \"$KEY_pem_FILE\" \"$(dirname \"$KEY_pem_FILE\")\" \
        && cat \"$KEY_pem_FILE\" && test \"$DB_URL\" && echo \"$KEY_pem_FILE\" >&2";
    let args = ["run", "--file", "tls/KEY.pem", "--", "sh", "-c", line];
    let done = sandbox.secrets(args).run().ok();
    assert_eq!(done.stdout(), [b"600\n700\n", &key[..]].concat());
    let path = String::from_utf8(done.stderr().to_vec()).unwrap();
    done.stderr_any("the path");
    let path = Path::new(path.trim_end());
    assert!(path.is_absolute() && !path.exists() && !path.parent().unwrap().exists());
    // Another variable; in a folder that is selected it is no variable any more.
    let line = "cat \"$CERT\"; env | grep -c KEY_pem";
    let args = [
        "run",
        "-p",
        "/tls",
        "--file",
        "KEY.pem:CERT",
        "--",
        "sh",
        "-c",
        line,
    ];
    let done = sandbox.secrets(args).run().status(1);
    assert_eq!(done.stdout(), [&key[..], b"0\n"].concat());
    // A value over the limit of variables.
    let long = vec![b'x'; 300_000];
    sandbox.set("LONG", &long);
    let args = [
        "run",
        "--file",
        "LONG",
        "--",
        "sh",
        "-c",
        "wc -c <\"$LONG_FILE\"",
    ];
    sandbox.secrets(args).run().ok().stdout_is("300000\n");
}

#[test]
fn all_secrets_are_one_file_that_goes_with_the_command() {
    let sandbox = sandbox();
    let line = "test -z \"$DB_URL\" && cat conf.env && test -L conf.env";
    let args = ["run", "--mount", "conf.env", "--", "sh", "-c", line];
    let done = sandbox.secrets(args).run().ok();
    let text = done.stdout_text();
    assert!(
        text.starts_with("DB_URL=") && text.contains("postgres://db.example/main"),
        "{text}"
    );
    let link = sandbox.project().join("conf.env");
    assert!(fs::symlink_metadata(&link).is_err());
    // What lies there stays, and nothing is started.
    fs::write(&link, "mine").unwrap();
    let touched = sandbox.path("tmp/started");
    let start = format!("touch '{}'", touched.display());
    let args = ["run", "--mount", "conf.env", "--", "sh", "-c", &start];
    sandbox.secrets(args).run().fails(125, &["conf.env"]);
    assert_eq!(fs::read(&link).unwrap(), b"mine");
    assert!(!touched.exists());
}

#[test]
fn files_go_however_the_command_ends() {
    let sandbox = sandbox();
    let ready = sandbox.path("tmp/ready");
    let link = sandbox.project().join("m");
    let mount = ["run", "--mount", "m", "--file", "DB_URL"];
    for signal in [Signal::TERM, Signal::INT, Signal::HUP, Signal::QUIT] {
        let line = telling(&ready, "ulimit -c 0; exec sleep 60");
        let words = [&mount[..], &["--", "sh", "-c", &line]].concat();
        let running = sandbox.secrets(words).spawn();
        let (_, path) = told(&ready);
        assert!(path.exists() && fs::symlink_metadata(&link).is_ok());
        // An interrupt between two commands is lost on dash, with and without us.
        thread::sleep(Duration::from_millis(300));
        running.signal(signal);
        let mut ended = running.wait();
        let _ = ended.ended();
        assert!(!path.parent().unwrap().exists(), "{signal:?}");
        assert!(fs::symlink_metadata(&link).is_err());
    }
    let line = telling(&ready, "sleep 60");
    let time = ["--timeout", "1s", "--", "sh", "-c", &line];
    let run = sandbox.secrets([&mount[..], &time].concat()).run();
    run.status(124);
    assert!(!told(&ready).1.parent().unwrap().exists());
    let run = sandbox.secrets([&mount[..], &["--", "no-such-command"]].concat());
    run.run().fails(127, &["no-such-command"]);
    assert!(fs::symlink_metadata(&link).is_err());
}

#[test]
fn what_a_kill_leaves_is_swept_by_the_next_run_and_by_doctor() {
    let sandbox = sandbox();
    let ready = sandbox.path("tmp/ready");
    let link = sandbox.project().join("m");
    let kill = || {
        let line = telling(&ready, "exec sleep 60 >/dev/null 2>&1");
        let args = [
            "run", "--mount", "m", "--file", "DB_URL", "--", "sh", "-c", &line,
        ];
        let running = sandbox.secrets(args).spawn();
        let (pid, path) = told(&ready);
        running.signal(Signal::KILL);
        sandbox.shell(&format!("kill {pid}")).run().ok();
        running.wait().signalled(Signal::KILL);
        assert!(path.exists() && fs::symlink_metadata(&link).is_ok());
        path
    };
    let path = kill();
    let args = ["run", "--file", "DB_URL", "--", "true"];
    sandbox.secrets(args).run().ok();
    assert!(!path.exists() && fs::symlink_metadata(&link).is_err());
    let path = kill();
    let found = sandbox.secrets(["doctor", "--fix"]).run();
    let mut found = found.stderr_any("the findings of doctor have tests of their own");
    let _ = found.ended();
    assert!(!path.exists() && fs::symlink_metadata(&link).is_err());
}

#[test]
fn a_dry_run_says_how_each_secret_would_get_there() {
    let sandbox = sandbox();
    sandbox.set("KEY", "value of the key");
    let args = ["run", "-n", "--file", "KEY", "--", "true"];
    let plan = sandbox.secrets(args).run().ok();
    let plan = plan.stderr_is("SECRETS_KEY_FILE is taken out of the environment\n");
    let plan = plan.stdout_text();
    assert!(plan.contains("KEY_FILE\tdevelopment:/KEY\tv1\t") && plan.contains("\tfile\t"));
    assert!(plan.contains("DB_URL\tdevelopment:/DB_URL\tv1\t") && plan.contains("\tenv\t"));
    let args = ["run", "-n", "--json", "--mount", "x", "--", "true"];
    let plan = sandbox.secrets(args).run().ok().stdout_text();
    assert!(plan.contains("\"mode\":\"supervised\"") || plan.contains("\"mode\": \"supervised\""));
}
