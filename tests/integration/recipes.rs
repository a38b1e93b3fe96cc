//! The recipes of `secrets-recipes(7)`: taken out of the page and played.
//!
//! What a machine of the tests does not have is stood in for: the runner of
//! GitHub and of GitLab by the shell that it starts and the files as it leaves
//! them, a container by mounts and a user without a name, the manager of
//! systemd by the credential where it puts one, cron by an empty environment.
//! Of Compose and mise files only what they say to us is played; make, git and
//! direnv are the real ones.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;

use crate::command::{Run, find};
use crate::containers::Place;
use crate::harness::Sandbox;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/man/secrets-recipes.7");

/// The value that the recipes hand over.
const VALUE: &str = "value-of-the-recipes";

/// The user of the image in the recipes of Docker.
const IMAGE_USER: u32 = 10_001;

/// Each example under its heading, as a user would copy it.
fn examples() -> Vec<(String, String)> {
    let (mut found, mut heading, mut lines) = (Vec::new(), String::new(), None);
    for line in fs::read_to_string(PAGE).unwrap().lines() {
        match line {
            ".EX" => lines = Some(String::new()),
            ".EE" => found.push((heading.clone(), lines.take().unwrap())),
            line => {
                if let Some(title) = line.strip_prefix(".SH ").or(line.strip_prefix(".SS ")) {
                    heading = title.to_owned();
                } else if let Some(lines) = &mut lines {
                    *lines += &format!("{}\n", plain(line));
                }
            }
        }
    }
    found
}

/// Roff as text.
fn plain(line: &str) -> String {
    let names = [
        ("\\&", ""),
        ("\\-", "-"),
        ("\\(aq", "'"),
        ("\\(dq", "\""),
        ("\\(ga", "`"),
        ("\\(ti", "~"),
        ("\\(ha", "^"),
        ("\\e", "\\"),
    ];
    let replace = |line: String, (name, text): (&str, &str)| line.replace(name, text);
    names.into_iter().fold(line.to_owned(), replace)
}

/// The example of this number under a heading.
fn example(heading: &str, number: usize) -> String {
    let mut examples = examples().into_iter().filter(|(title, _)| title == heading);
    examples.nth(number).unwrap().1
}

/// A script in the project that anybody may run.
fn script(sandbox: &Sandbox, name: &str, text: &str) {
    let file = sandbox.write(&format!("project/{name}"), format!("#!/bin/sh\n{text}\n"));
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A vault with the secrets that the recipes name, and the key where they have it.
fn project() -> Sandbox {
    let sandbox = Sandbox::with_vault();
    fill(&sandbox);
    sandbox
}

fn fill(sandbox: &Sandbox) {
    for name in ["DEPLOY_TOKEN", "STRIPE_KEY", "TLS_KEY"] {
        sandbox.set(&format!("production:/{name}"), VALUE);
        sandbox.set(name, VALUE);
    }
    for name in [
        "deploy.sh",
        "migrate.sh",
        "backup.sh",
        "server",
        "build.sh",
        "test.sh",
    ] {
        script(
            sandbox,
            name,
            &format!("echo \"{name}: $STRIPE_KEY$SECRETS_KEY\""),
        );
    }
    fs::copy(sandbox.key_file(), sandbox.path("home/app.key")).unwrap();
    sandbox.allow(&sandbox.path("home/app.key"));
}

fn key(sandbox: &Sandbox) -> String {
    let key = fs::read_to_string(sandbox.key_file()).unwrap();
    key.trim_end().to_owned()
}

/// What a script of the project prints when it has the value and no key.
fn printed(name: &str) -> String {
    format!("{name}: {VALUE}\n")
}

/// A line of a recipe, by the shell that its system starts, without a key at first.
fn play<'a>(sandbox: &'a Sandbox, shell: &[&str], line: &str) -> Run<'a> {
    let run = Run::new(sandbox, Path::new(shell[0]))
        .args(&shell[1..])
        .arg(line);
    // The output is that of `secrets run`, whatever the line looks like.
    run.without("SECRETS_KEY_FILE")
        .label(&format!("secrets run -- {line}"))
}

#[test]
fn every_example_has_a_test() {
    let mut found: Vec<(String, usize)> = Vec::new();
    for (heading, _) in examples() {
        match found.last_mut() {
            Some((last, count)) if *last == heading => *count += 1,
            _ => found.push((heading, 1)),
        }
    }
    let expected = [
        ("GITHUB ACTIONS", 4),
        ("GITLAB CI", 1),
        ("DOCKER", 3),
        ("Compose", 1),
        ("Values as files", 1),
        ("SYSTEMD", 1),
        ("CRON", 1),
        ("MAKE", 1),
        ("GIT WORKTREES", 2),
        ("DIRENV", 1),
        ("MISE", 1),
    ];
    assert_eq!(
        found,
        expected.map(|(title, count)| (title.to_owned(), count))
    );
}

/// A step of a workflow: its shell, its lines, its variables.
fn step(text: &str) -> (Option<String>, String, Vec<(String, String)>) {
    let (mut shell, mut run, mut env, mut at) = (None, String::new(), Vec::new(), "");
    for line in text.lines() {
        let line = line.trim_start_matches("- ").trim();
        match line.split_once(": ") {
            Some(("shell", value)) => shell = Some(value.to_owned()),
            Some(("run", "|")) => at = "run",
            Some(("run", value)) => run = value.to_owned(),
            _ if line == "env:" => at = "env",
            Some((name, value)) if at == "env" => env.push((name.to_owned(), value.to_owned())),
            _ if at == "run" => run += &format!("{line}\n"),
            _ => panic!("what is {line:?} in a step?"),
        }
    }
    (shell, run, env)
}

/// As `actions/checkout` leaves it.
fn checked_out(sandbox: &Sandbox) {
    fs::create_dir(sandbox.path("project/.git")).unwrap();
    fs::set_permissions(sandbox.vault(), fs::Permissions::from_mode(0o644)).unwrap();
}

#[test]
fn steps_of_github_actions_have_the_secrets_and_fail_for_forks() {
    let sandbox = project();
    checked_out(&sandbox);
    assert_eq!(
        example("GITHUB ACTIONS", 0),
        "gh secret set SECRETS_KEY < app.key\n"
    );
    for (number, expected) in [
        (1, printed("deploy.sh")),
        (2, printed("migrate.sh") + &printed("deploy.sh")),
    ] {
        let (shell, lines, env) = step(&example("GITHUB ACTIONS", number));
        let run = |key: &str| {
            let mut run = match &shell {
                // The runner writes the lines to a file and puts its name there.
                Some(shell) => {
                    let file = sandbox.write("tmp/step.sh", &lines);
                    let file = file.to_str().unwrap().to_owned();
                    play(&sandbox, &["/bin/sh", "-c"], &shell.replace("{0}", &file))
                }
                None => play(&sandbox, &["/bin/bash", "-e", "-c"], &lines),
            };
            run = run.env("CI", "true").env("GITHUB_ACTIONS", "true");
            for (name, value) in &env {
                run = run.env(name, value.replace("${{ secrets.SECRETS_KEY }}", key));
            }
            run.run()
        };
        run(&key(&sandbox))
            .ok()
            .stdout_is(masked(&expected))
            .stderr_is("");
        run("").fails(125, &["set but empty: pull requests from forks"]);
    }
    let mask = play(
        &sandbox,
        &["/bin/bash", "-e", "-c"],
        &example("GITHUB ACTIONS", 3),
    );
    let mask = mask.env("SECRETS_KEY", key(&sandbox)).run().ok();
    mask.stdout_is(format!("::add-mask::{VALUE}\n"))
        .stderr_is("");
}

#[test]
fn a_job_of_gitlab_mends_its_checkout_and_has_the_secrets() {
    let sandbox = project();
    let text = example("GITLAB CI", 0);
    let lines = |title: &str| -> String {
        let (_, rest) = text.split_once(&format!("  {title}:\n")).unwrap();
        let lines = rest.lines().map_while(|line| line.strip_prefix("    - "));
        lines.map(|line| format!("{line}\n")).collect()
    };
    let play = |script: &str| {
        let run = play(&sandbox, &["/bin/sh", "-e", "-c"], script);
        let run = run.env("CI", "true").env("GITLAB_CI", "true");
        let run = run.env("SECRETS_KEY", key(&sandbox));
        assert!(text.contains("\n    SECRETS_ENV: production\n"));
        run.env("SECRETS_ENV", "production").run()
    };
    // As the runner for Docker checks it out.
    fs::create_dir(sandbox.path("project/.git")).unwrap();
    fs::set_permissions(sandbox.vault(), fs::Permissions::from_mode(0o666)).unwrap();
    fs::set_permissions(
        sandbox.path("project/.vault"),
        fs::Permissions::from_mode(0o777),
    )
    .unwrap();
    play(&lines("script")).fails(125, &["vault.json\" can be written by other users"]);
    let expected = printed("migrate.sh") + &printed("deploy.sh");
    let whole = lines("before_script") + &lines("script");
    play(&whole).ok().stdout_is(masked(&expected)).stderr_is("");
}

/// What a job prints: its value is masked there, and nothing but the value.
fn masked(printed: &str) -> String {
    assert!(printed.contains(VALUE));
    printed.replace(VALUE, "***")
}

/// The list in brackets behind a word of a Dockerfile.
fn list(text: &str, word: &str) -> Vec<String> {
    let line = text.lines().find_map(|line| line.strip_prefix(word));
    serde_json::from_str(line.unwrap()).unwrap()
}

/// A place like an image: the recipe's user, its variables, and nothing else.
fn image(name: &str) -> Option<Place> {
    let place = Place::new(name)?;
    fill(&place.sandbox);
    fs::set_permissions(place.sandbox.vault(), fs::Permissions::from_mode(0o644)).unwrap();
    let text = example("DOCKER", 0);
    assert!(text.contains(&format!("\nUSER {IMAGE_USER}\n")));
    let variables = text
        .lines()
        .find_map(|line| line.strip_prefix("ENV "))
        .unwrap();
    let mut place = place
        .uid(IMAGE_USER)
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", "/");
    for variable in variables.split(' ') {
        let (name, value) = variable.split_once('=').unwrap();
        place = place.env(name, value);
    }
    Some(place)
}

#[test]
fn the_entry_point_of_an_image_starts_the_server_with_the_secrets() {
    let Some(place) = image("the_entry_point_of_an_image_starts_the_server_with_the_secrets")
    else {
        return;
    };
    let text = example("DOCKER", 0);
    let words = [list(&text, "ENTRYPOINT "), list(&text, "CMD ")].concat();
    assert_eq!(words[0], "secrets");
    let line = words[1..].join(" ");
    let key = place.key();
    let run = place.secrets(&[("SECRETS_KEY", &key)], &line).run().ok();
    let run = run.stdout_is(printed("server")).stderr_any("the record");
    assert!(
        run.stderr_text().starts_with("{\"e\":"),
        "{}",
        run.stderr_text()
    );
    // Nothing hands over a key.
    place.secrets(&[], &line).run().fails(125, &["SECRETS_KEY"]);
}

#[test]
fn docker_is_given_the_key_by_name_only() {
    let sandbox = project();
    fs::copy(sandbox.key_file(), sandbox.path("project/app.key")).unwrap();
    sandbox.allow(&sandbox.path("project/app.key"));
    // A docker that starts the command of the image with the variable it is told.
    script(
        &sandbox,
        "docker",
        "test \"$1 $2 $3 $4\" = 'run -e SECRETS_KEY app' || exit 9\n\
         exec secrets run -e production -- ./server",
    );
    let line = format!("PATH=\"$PWD:$PATH\"\n{}", example("DOCKER", 1));
    let run = play(&sandbox, &["/bin/sh", "-e", "-c"], &line).run().ok();
    run.stdout_is(printed("server")).stderr_is("");
}

#[test]
fn a_build_has_the_key_as_a_mounted_file() {
    let Some(place) = image("a_build_has_the_key_as_a_mounted_file") else {
        return;
    };
    let text = example("DOCKER", 2);
    let (mount, line) = text.split_once(" \\\n").unwrap();
    assert_eq!(mount, "RUN --mount=type=secret,id=key");
    let (variable, line) = line.trim().split_once(' ').unwrap();
    let (name, file) = variable.split_once('=').unwrap();
    // In memory, as BuildKit mounts it.
    let place = place.mount(&format!(
        "mount -t tmpfs tmpfs /run\nmkdir -p \"$(dirname {file})\"\n\
         cp '[TMP]/home/key' {file}\nchmod 0444 {file}"
    ));
    let line = line.strip_prefix("secrets ").unwrap();
    let run = place.secrets(&[(name, file)], line).run().ok();
    run.stdout_is(printed("build.sh")).stderr_any("the record");
}

#[test]
fn compose_hands_over_a_file_of_the_containers_user_and_no_other() {
    let Some(place) = image("compose_hands_over_a_file_of_the_containers_user_and_no_other") else {
        return;
    };
    let text = example("Compose", 0);
    let value = |name: &str| {
        let mut lines = text.lines().map(str::trim);
        lines.find_map(|line| line.strip_prefix(name)).unwrap()
    };
    let inside = value("SECRETS_KEY_FILE: ");
    assert_eq!(inside, format!("/run/secrets/{}", value("- ")));
    assert_eq!(value("file: "), "./app.key");
    let host = place.sandbox.path("home/app.key");
    let place = place.mount(&format!(
        "mount -t tmpfs -o mode=0755 tmpfs /run\nmkdir -p \"$(dirname {inside})\"\n\
         touch {inside}\nmount --bind '{}' {inside}",
        host.display()
    ));
    let env = [("SECRETS_KEY_FILE", inside)];
    chown(&host, Some(IMAGE_USER), None).unwrap();
    fs::set_permissions(&host, fs::Permissions::from_mode(0o400)).unwrap();
    let run = place.secrets(&env, "run -- ./server").run().ok();
    run.stdout_is(printed("server")).stderr_any("the record");
    fs::set_permissions(&host, fs::Permissions::from_mode(0o444)).unwrap();
    let open = place.secrets(&env, "run -- ./server").run();
    open.fails(125, &["can be read by other users"]);
}

#[test]
fn a_program_that_wants_a_file_gets_one_in_memory() {
    let sandbox = project();
    script(
        &sandbox,
        "server",
        "stat -c %a \"$2\"; cat \"$2\"; rm \"$2\"",
    );
    let text = example("Values as files", 0);
    // Another name of the same place, so that two runs of the tests do not meet.
    let file = format!("/dev/shm/secrets-test-{}.key", std::process::id());
    let text = text.replace("/dev/shm/tls.key", &file);
    assert_eq!(text.matches(&file).count(), 2);
    let key = sandbox.key_file();
    let run = play(&sandbox, &["/bin/sh", "-e", "-c"], &text).env("SECRETS_KEY_FILE", key);
    let run = run.run().ok().stderr_any("which file was written");
    run.stdout_is(format!("600\n{VALUE}"));
}

#[test]
fn a_unit_of_systemd_is_right_and_starts_the_program() {
    let name = "a_unit_of_systemd_is_right_and_starts_the_program";
    let Some(place) = Place::new(name) else {
        return;
    };
    fill(&place.sandbox);
    fs::set_permissions(place.sandbox.vault(), fs::Permissions::from_mode(0o644)).unwrap();
    let project = place.sandbox.project();
    let program = place.sandbox.path("secrets");
    let unit = example("SYSTEMD", 0)
        .replace("/srv/app", project.to_str().unwrap())
        .replace("/usr/local/bin/secrets", program.to_str().unwrap());
    // Where there is no systemd, its manual page has to do.
    if find("systemd-analyze").is_some() {
        let file = place.sandbox.write("harness/app.service", &unit);
        let line = format!("systemd-analyze verify '{}'", file.display());
        place
            .sandbox
            .shell(&line)
            .run()
            .ok()
            .stdout_is("")
            .stderr_is("");
    }
    let value = |name: &str| {
        unit.lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap()
    };
    assert_eq!(value("LoadCredential="), "key:/etc/app.key");
    let credentials = place.sandbox.path("credentials");
    let line =
        value("ExecStart=").replace("${CREDENTIALS_DIRECTORY}", credentials.to_str().unwrap());
    let (first, line) = line.split_once(' ').unwrap();
    assert_eq!(Path::new(first), program);
    let place = place
        .mount(
            "mkdir -p '[TMP]/credentials' '[TMP]/tmp/app'\n\
             mount -t tmpfs -o mode=0755 tmpfs '[TMP]/credentials'\n\
             cp '[TMP]/home/key' '[TMP]/credentials/key'\n\
             chown -R 61234 '[TMP]/credentials' '[TMP]/tmp/app'\n\
             chmod 0755 '[TMP]/tmp'\nchmod 0400 '[TMP]/credentials/key'",
        )
        .uid(61_234)
        .env("PATH", "/usr/bin:/bin")
        .env("STATE_DIRECTORY", "[TMP]/tmp/app");
    let run = place.secrets(&[], line).run().ok();
    run.stdout_is(printed("server")).stderr_is("");
}

#[test]
fn a_line_of_cron_works_in_an_empty_environment() {
    let sandbox = project();
    let text = example("CRON", 0);
    let (variable, line) = text.split_once('\n').unwrap();
    assert_eq!(variable, "SECRETS_KEY_FILE=/home/me/app.key");
    let line: Vec<&str> = line.trim_end().splitn(6, ' ').collect();
    assert!(!line[5].contains('%'), "cron makes newlines of them");
    let line = line[5]
        .replace("/srv/app", sandbox.project().to_str().unwrap())
        .replace("/usr/local/bin/secrets", env!("CARGO_BIN_EXE_secrets"));
    let script = format!(
        "cd /\nexec env -i HOME='{home}' LOGNAME=me PATH=/usr/bin:/bin SHELL=/bin/sh \
         SECRETS_KEY_FILE='{home}/app.key' /bin/sh -c '{line}'",
        home = sandbox.path("home").display()
    );
    let run = play(&sandbox, &["/bin/sh", "-c"], &script).run().ok();
    run.stdout_is(printed("backup.sh")).stderr_is("");
    let log = sandbox.path("home/.local/state/secrets");
    assert!(log.is_dir(), "the log lies below HOME");
}

#[test]
fn make_gives_one_target_the_secrets_and_not_what_it_depends_on() {
    if find("make").is_none() {
        skip!(
            "make_gives_one_target_the_secrets_and_not_what_it_depends_on",
            "there is no make"
        );
    }
    let sandbox = project();
    script(&sandbox, "deploy.sh", "echo \"deploy: $1\"");
    script(&sandbox, "announce.sh", "echo \"announce: $DEPLOY_TOKEN\"");
    script(&sandbox, "build.sh", "echo \"build: $DEPLOY_TOKEN\"");
    sandbox.write("project/Makefile", example("MAKE", 0));
    let run = |line: &str| {
        let key = sandbox.key_file();
        play(&sandbox, &["/bin/sh", "-c"], line)
            .env("SECRETS_KEY_FILE", key)
            .run()
    };
    let expected = format!("build: \ndeploy: {VALUE}\nannounce: {VALUE}\n");
    run("make --silent deploy")
        .ok()
        .stdout_is(expected)
        .stderr_is("");
    // Without --silent make prints the lines, and no value in them.
    let loud = run("make deploy | grep -c value-of; make -n deploy | grep -c value-of").status(1);
    loud.stdout_is("2\n0\n").stderr_is("");
    // A line that fails ends the run with make's own status.
    script(&sandbox, "deploy.sh", "exit 3");
    let failed = run("make --silent deploy").status(2).stdout_is("build: \n");
    failed.stderr_has(&["Error 3"]);
}

#[test]
fn work_trees_of_git_have_the_vault_that_is_meant() {
    let sandbox = project();
    script(&sandbox, "test.sh", "echo \"test.sh: $STRIPE_KEY in $PWD\"");
    let git = |line: &str| {
        let run = sandbox
            .shell(line)
            .env("SECRETS_KEY_FILE", sandbox.key_file());
        let run = run.env("GIT_CONFIG_NOSYSTEM", "1");
        ["AUTHOR", "COMMITTER"].into_iter().fold(run, |run, who| {
            let run = run.env(format!("GIT_{who}_NAME"), "rui");
            run.env(format!("GIT_{who}_EMAIL"), "rui@example.com")
        })
    };
    git("git init -q -b main . && git add -A && git commit -q -m all")
        .run()
        .ok();
    let run = git(&example("GIT WORKTREES", 0)).label("secrets run in a work tree");
    let there = fs::canonicalize(sandbox.root()).unwrap().join("app-fix");
    let expected = format!("test.sh: {VALUE} in {}\n", there.display());
    run.run().ok().stdout_is(expected).stderr_is("");
    // A vault that git ignores is in the first work tree only.
    let ignored = "echo .vault > .gitignore; git rm -q -r --cached .vault; git add .gitignore; \
                   git commit -q -m ignored; git worktree add -q -b other ../app-other";
    git(ignored).run().ok();
    let other = sandbox.path("app-other");
    let bare = git("secrets get STRIPE_KEY").cwd(&other).run();
    bare.fails(3, &["no vault found"]);
    let line = format!("{}secrets get STRIPE_KEY", example("GIT WORKTREES", 1));
    let get = git(&line).cwd(&other).run().ok();
    get.stdout_is(VALUE).stderr_is("");
}

#[test]
fn direnv_loads_the_secrets_and_leaves_the_key_file() {
    let text = example("DIRENV", 0);
    assert!(
        text.contains("direnv_load secrets run -- direnv dump\n"),
        "{text}"
    );
    // Where direnv is not installed its shape has to do.
    if find("direnv").is_none() {
        return;
    }
    let sandbox = project();
    sandbox.write("project/.envrc", text);
    let line = "direnv allow . && direnv exec . sh -c 'echo \"$STRIPE_KEY; $SECRETS_KEY_FILE\"'";
    let run = play(&sandbox, &["/bin/sh", "-c"], line);
    let run = run.env("SECRETS_KEY_FILE", sandbox.key_file()).run().ok();
    let run = run.stderr_any("direnv says what it loads");
    let key = sandbox.path("home/app.key");
    run.stdout_is(format!("{VALUE}; {}\n", key.display()));
}

#[test]
fn a_task_of_mise_is_a_line_of_ours() {
    let settings: toml::Table = example("MISE", 0).parse().unwrap();
    let line = settings["tasks"]["start"]["run"].as_str().unwrap();
    let sandbox = project();
    script(&sandbox, "npm", "test \"$1\" = start && exec ./server");
    let line = format!("PATH=\"$PWD:$PATH\"\n{line}");
    let run = play(&sandbox, &["/bin/sh", "-c"], &line).env("SECRETS_KEY_FILE", sandbox.key_file());
    run.run().ok().stdout_is(printed("server")).stderr_is("");
}
