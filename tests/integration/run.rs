//! `secrets run` replaces itself by the command and hands it exactly what it should.

use std::thread;
use std::time::Duration;

use rustix::process::Signal;

use crate::harness::Sandbox;
use crate::output::Status;
use crate::pty;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::with_vault();
    sandbox.set("DB_URL", "postgres://db.example/main");
    sandbox
}

#[test]
fn the_status_of_the_command_is_ours() {
    let sandbox = sandbox();
    for status in [0, 1, 7, 125, 126, 127, 255] {
        let line = format!("exit {status}");
        sandbox
            .secrets(["run", "--", "sh", "-c", &line])
            .run()
            .status(status)
            .stdout_is("");
    }
    // The words after the command are its own, with and without `--`.
    sandbox
        .secrets(["run", "printf", "%s|", "-e", "--json"])
        .run()
        .ok()
        .stdout_is("-e|--json|");
    sandbox
        .secrets(["run", "--", "printf", "%s|", "a b", "-x", ""])
        .run()
        .stdout_is("a b|-x||");
}

#[test]
fn death_by_a_signal_reaches_the_caller() {
    let sandbox = sandbox();
    for (signal, name, status) in [(Signal::TERM, "TERM", 143), (Signal::INT, "INT", 130)] {
        let line = format!("kill -{name} $$");
        sandbox
            .secrets(["run", "--", "sh", "-c", &line])
            .run()
            .signalled(signal);
        let caller = format!("secrets run -- sh -c 'kill -{name} $$'; exit $?");
        sandbox
            .shell(&caller)
            .run()
            .status(status)
            .stderr_any("the shell may name the signal");
        // From outside, to the process that we started.
        let ready = sandbox.path("tmp/ready");
        let line = format!("touch '{}'; exec sleep 60", ready.display());
        let running = sandbox.secrets(["run", "--", "sh", "-c", &line]).spawn();
        while !ready.exists() {
            thread::sleep(Duration::from_millis(2));
        }
        running.signal(signal);
        running.wait().signalled(signal);
        std::fs::remove_file(ready).unwrap();
    }
}

#[test]
fn the_process_stays_the_same() {
    let sandbox = sandbox();
    let running = sandbox
        .secrets(["run", "--", "sh", "-c", "echo $$"])
        .spawn();
    let pid = running.pid().as_raw_nonzero();
    running.wait().ok().stdout_is(format!("{pid}\n"));
}

#[test]
fn a_command_on_a_terminal_keeps_it() {
    if !pty::available() {
        skip!("a_command_on_a_terminal_keeps_it", "setsid is missing");
    }
    let sandbox = sandbox();
    let line = "test -t 0 && test -t 1 && test -t 2 && read a </dev/tty && echo \"got $a\"";
    let mut terminal = sandbox
        .secrets(["run", "--", "sh", "-c", line])
        .on_terminal();
    terminal.send("typed\r").expect("got typed");
    terminal.wait().status(0).echo_restored();
}

#[test]
fn foreign_descriptors_and_standard_input_pass_and_ours_do_not() {
    let sandbox = sandbox();
    let file = sandbox.write("home/seven", "through descriptor 7");
    let script = format!("exec 7<'{}'", file.display());
    let line = "cat <&7; cat; ls /proc/self/fd | sort -n | tr '\\n' ' '";
    // What is open without us depends on the shell and on who runs the tests.
    let direct = sandbox
        .shell(line)
        .after(&script)
        .stdin(", on the input, ")
        .run()
        .ok();
    let run = sandbox
        .secrets(["run", "--", "/bin/sh", "-c", line])
        .after(&script);
    let run = run.stdin(", on the input, ").run().ok();
    assert!(
        direct
            .stdout_text()
            .starts_with("through descriptor 7, on the input, 0 1 2 3 ")
    );
    assert_eq!(run.stdout_text(), direct.stdout_text());
}

#[test]
fn the_secrets_are_in_the_environment_and_no_credential_of_ours_is() {
    let sandbox = sandbox();
    sandbox.set("api-key-stripe", "value-of-stripe-key");
    sandbox.set("TF_VAR_db_password", "value-of-terraform");
    sandbox.set("staging:/OTHER", "value-of-staging");
    sandbox.set("folder/BELOW", "value-of-below");
    let key = std::fs::read_to_string(sandbox.key_file()).unwrap();
    let run = sandbox
        .secrets(["run", "--", "env"])
        .without("SECRETS_KEY_FILE")
        .env("SECRETS_KEY", key.trim_end())
        .env("SECRETS_REASON", "stays")
        .env("DB_URL", "inherited and overridden")
        .env("INHERITED", "yes")
        .run()
        .ok();
    let text = String::from_utf8(run.stdout().to_vec()).unwrap();
    let has = |line: &str| text.lines().filter(|l| *l == line).count() == 1;
    assert!(has("DB_URL=postgres://db.example/main"), "{text}");
    assert!(has("API_KEY_STRIPE=value-of-stripe-key"), "{text}");
    assert!(has("TF_VAR_db_password=value-of-terraform"), "{text}");
    assert!(
        has("INHERITED=yes") && has("SECRETS_REASON=stays"),
        "{text}"
    );
    for name in [
        "OTHER=",
        "BELOW=",
        "SECRETS_KEY",
        "SECRETS_PASSPHRASE",
        "SECRETS_TOKEN",
    ] {
        assert!(
            !text.lines().any(|l| l.starts_with(name)),
            "{name} in\n{text}"
        );
    }
    assert_eq!(text.lines().filter(|l| l.starts_with("DB_URL=")).count(), 1);
}

#[test]
fn selection_by_folder_glob_map_and_prefix() {
    let sandbox = sandbox();
    sandbox.set("web/PORT", "value-of-web-port");
    sandbox.set("web/deep/HOST", "value-of-deep-host");
    let names = |args: &[&str]| {
        let line = "env | grep -o '^[A-Z_]*=value-of[a-z-]*\\|^[A-Z_]*=postgres' | sort";
        let run = sandbox
            .secrets(["run"])
            .args(args)
            .args(["--", "sh", "-c", line])
            .run()
            .ok();
        run.stdout_text()
    };
    assert_eq!(names(&["-p", "/web"]), "PORT=value-of-web-port\n");
    assert_eq!(
        names(&["-p", "/web", "-r"]),
        "HOST=value-of-deep-host\nPORT=value-of-web-port\n"
    );
    assert_eq!(
        names(&["-r", "--except", "DB_*,HOST"]),
        "PORT=value-of-web-port\n"
    );
    assert_eq!(
        names(&["--only", "DB_URL", "--prefix", "APP_"]),
        "APP_DB_URL=postgres\n"
    );
    assert_eq!(
        names(&["--map", "P=/web/PORT", "--only", "DB_URL"]),
        "DB_URL=postgres\nP=value-of-web-port\n"
    );
    sandbox
        .secrets(["run", "--only", "NOTHING", "--", "true"])
        .run()
        .fails(125, &["secrets: error: "]);
    sandbox
        .secrets(["run", "--only", "NOTHING", "--allow-empty", "--", "true"])
        .run()
        .ok();
}

#[test]
fn everything_that_cannot_be_handed_over_is_named_at_once() {
    let sandbox = sandbox();
    let expiring = sandbox
        .secrets(["set", "OLD", "--expires", "1s"])
        .stdin("value-that-expires");
    expiring.run().stderr_any("the report of a write");
    // Short enough to be no canary: the loader of the system shows it below.
    sandbox.set("LD_PRELOAD", "/no.so");
    sandbox.set("WITH_NUL", b"before\0after-the-nul");
    sandbox.set("HUGE", "h".repeat(128 * 1024));
    sandbox.set("api-key", "value-of-lower-case");
    sandbox.set("API_KEY", "value-of-upper-case");
    for _ in 0..300 {
        let mut get = sandbox
            .secrets(["get", "OLD"])
            .run()
            .stderr_any("judged by its status");
        if get.ended() != Status::Code(0) {
            break;
        }
        thread::sleep(Duration::from_millis(100));
    }
    let marker = sandbox.path("tmp/started");
    let run = sandbox
        .secrets(["run", "--", "touch"])
        .arg(&marker)
        .run()
        .status(125)
        .stdout_is("");
    let text = run.stderr_any("looked at here").stderr_text();
    for name in [
        "OLD",
        "LD_PRELOAD",
        "WITH_NUL",
        "HUGE",
        "api-key",
        "API_KEY",
    ] {
        assert!(text.contains(name), "{name} is not named:\n{text}");
    }
    assert!(!marker.exists(), "the command was started");
    sandbox
        .secrets([
            "run",
            "--allow-env",
            "LD_PRELOAD",
            "--only",
            "LD_PRELOAD",
            "--",
            "true",
        ])
        .run()
        .ok()
        .stderr_any("the loader of the system complains about the library");
}

#[test]
fn without_a_command_a_terminal_gets_the_users_shell() {
    if !pty::available() {
        skip!(
            "without_a_command_a_terminal_gets_the_users_shell",
            "setsid is missing"
        );
    }
    let sandbox = sandbox();
    let shell = sandbox
        .secrets(["run"])
        .env("SHELL", "/bin/sh")
        .on_terminal();
    let mut shell = shell;
    shell.expect("starting /bin/sh with the secrets; exit ends it");
    shell
        .send("echo the $DB_URL; exit 4\r")
        .expect("the postgres");
    shell.wait().status(4);
    sandbox
        .secrets(["run"])
        .run()
        .fails(125, &["no command is given"]);
}

#[test]
fn the_descriptor_of_the_passphrase_is_closed_in_the_command() {
    let sandbox = Sandbox::new();
    let words = "a passphrase of several words";
    sandbox.init_with_passphrase(words);
    let set = sandbox
        .secrets(["set", "A", "--generate"])
        .env("SECRETS_PASSPHRASE", words);
    set.run().ok().stderr_any("said");
    let file = sandbox.write("home/words", words);
    sandbox.allow(&file);
    let line = format!(
        "exec 7<'{}'; secrets run --passphrase-fd 7 -- sh -c 'test -e /dev/fd/7 || echo closed'",
        file.display()
    );
    sandbox.shell(&line).run().ok().stdout_is("closed\n");
}
