//! Who acts, as far as environment variables tell: the agent, the CI system,
//! the user, and where he is logged in from.
//!
//! All of it is a claim: whoever starts us can set or unset a variable, so
//! nothing is allowed because of it, and that none is set proves no human. It
//! is for the record, and for the user who wants no values shown to agents by
//! accident (`agents = "run-only"`).

use std::net::IpAddr;

use super::snapshot::Snapshot;

/// Longest name of an agent or a user that is taken, in bytes.
const MAX_NAME_BYTES: usize = 64;

/// Variables that coding agents set for the commands they start, and the name
/// of the agent. What a person sets to configure an agent (`CODEX_HOME`,
/// `CLINE_API_KEY`) or what an editor sets in a person's terminal
/// (`CURSOR_TRACE_ID`) is no marker.
const AGENTS: &[(&str, &str)] = &[
    // Collected, with the source for each, in github.com/agentsmd/agents.md/issues/136
    // and github.com/vercel/vercel, packages/detect-agent.
    ("ANTIGRAVITY_AGENT", "antigravity"),
    // docs.augmentcode.com/cli/reference, shell environment.
    ("AUGMENT_AGENT", "augment"),
    // code.claude.com/docs/en/env-vars
    ("CLAUDECODE", "claude-code"),
    // github.com/cline/cline/discussions/5366
    ("CLINE_ACTIVE", "cline"),
    // developers.openai.com/codex/environment-variables, github.com/openai/codex/issues/36883
    ("CODEX_CI", "codex"),
    ("CODEX_SANDBOX", "codex"),
    ("CODEX_THREAD_ID", "codex"),
    // github.com/github/copilot-cli, changelog.md
    ("COPILOT_CLI", "copilot"),
    // forum.cursor.com/t/132427, github.com/databricks/cli/pull/4287
    ("CURSOR_AGENT", "cursor"),
    // google-gemini.github.io/gemini-cli/docs/tools/shell.html
    ("GEMINI_CLI", "gemini-cli"),
    // github.com/block/goose: its shell tool sets it beside AGENT=goose.
    ("GOOSE_TERMINAL", "goose"),
    // github.com/anomalyco/opencode, packages/opencode/src/index.ts
    ("OPENCODE", "opencode"),
    ("OPENCODE_CLIENT", "opencode"),
    // github.com/aws/aws-cdk-cli/pull/1855
    ("QWEN_CODE", "qwen-code"),
    ("TRAE_AI_SHELL_ID", "trae"),
];

/// Variables that CI systems set, and the name of the system: as documented by
/// them and collected in github.com/watson/ci-info, vendors.json. The first
/// that is set counts: systems that imitate another one set that one's variable
/// too, so they stand before it.
const CI_SYSTEMS: &[(&str, &str)] = &[
    // forgejo.org/docs/latest/user/actions/reference
    ("FORGEJO_ACTIONS", "forgejo"),
    // github.com/go-gitea/gitea/issues/24038
    ("GITEA_ACTIONS", "gitea"),
    ("GITHUB_ACTIONS", "github"),
    ("GITLAB_CI", "gitlab"),
    ("CIRCLECI", "circleci"),
    ("BUILDKITE", "buildkite"),
    ("JENKINS_URL", "jenkins"),
    // Its agents set it to "True" (Azure Pipelines, predefined variables).
    ("TF_BUILD", "azure"),
    ("BITBUCKET_COMMIT", "bitbucket"),
    ("TRAVIS", "travis"),
    ("TEAMCITY_VERSION", "teamcity"),
    ("DRONE", "drone"),
    ("APPVEYOR", "appveyor"),
    ("CIRRUS_CI", "cirrus"),
    ("CODEBUILD_BUILD_ARN", "codebuild"),
    ("SEMAPHORE", "semaphore"),
];

/// The coding agent that started us.
///
/// `AI_AGENT` is its name by a convention of several agents
/// (github.com/vercel/vercel, packages/detect-agent); it counts first where it
/// is 1 to 64 bytes of printable ASCII, space excluded. Then the agents' own
/// markers. An `AI_AGENT` without a name (`1`, `true`) that no marker explains
/// is "agent".
pub fn agent(snapshot: &Snapshot) -> Option<&str> {
    let said = set(snapshot, "AI_AGENT");
    let nameless = said == Some("1") || said == Some("true");
    let is_name = |name: &&str| {
        name.len() <= MAX_NAME_BYTES
            && !nameless
            && name.bytes().all(|byte| byte.is_ascii_graphic())
    };
    said.filter(is_name)
        .or_else(|| first(snapshot, AGENTS))
        .or_else(|| nameless.then_some("agent"))
}

/// The CI system that runs us; "ci" where only `CI` says that one does.
pub fn ci(snapshot: &Snapshot) -> Option<&'static str> {
    // woodpecker-ci.org/docs/usage/environment: the one that is told by the value.
    if set(snapshot, "CI") == Some("woodpecker") {
        return Some("woodpecker");
    }
    first(snapshot, CI_SYSTEMS).or_else(|| snapshot.ci().then_some("ci"))
}

/// The address of the SSH client, as `sshd(8)` gives it in `SSH_CONNECTION`,
/// else in `SSH_CLIENT`. The zone of a link-local address is left out.
pub fn ssh_client(snapshot: &Snapshot) -> Option<IpAddr> {
    ["SSH_CONNECTION", "SSH_CLIENT"]
        .into_iter()
        .filter_map(|name| snapshot.get(name)?.to_str()?.split(' ').next())
        .find_map(|word| word.split('%').next()?.parse().ok())
}

/// The name of the user: `USER`, else `LOGNAME`, where it is 1 to 64 bytes of
/// UTF-8 without control characters.
pub fn user(snapshot: &Snapshot) -> Option<String> {
    let is_name =
        |name: &&str| name.len() <= MAX_NAME_BYTES && !name.contains(|c: char| c.is_control());
    ["USER", "LOGNAME"]
        .into_iter()
        .filter_map(|name| snapshot.get(name)?.to_str())
        .find(is_name)
        .map(str::to_owned)
}

/// The name beside the first variable of `table` that is set.
fn first(snapshot: &Snapshot, table: &[(&str, &'static str)]) -> Option<&'static str> {
    let found = table.iter().find(|(name, _)| {
        let value = snapshot.get(name);
        value.is_some_and(|value| value != "false" && value != "0")
    });
    found.map(|(_, name)| *name)
}

/// The text of a variable that does not say no.
fn set<'a>(snapshot: &'a Snapshot, name: &str) -> Option<&'a str> {
    let value = snapshot.get(name)?.to_str()?;
    (value != "false" && value != "0").then_some(value)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::snapshot::snapshot;
    use super::*;

    fn agent_of(variables: &[(&str, &str)]) -> Option<String> {
        agent(&snapshot(variables)).map(str::to_owned)
    }

    #[test]
    fn the_manual_lists_every_marker() {
        let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("man/secrets-audit.5");
        let text = std::fs::read_to_string(page).unwrap().replace("\\-", "-");
        for (variable, name) in AGENTS.iter().chain(CI_SYSTEMS) {
            assert!(text.contains(&format!("{variable} ({name})")), "{variable}");
        }
    }

    #[test]
    fn every_marker_names_its_agent_and_every_variable_its_ci_system() {
        for (variable, name) in AGENTS {
            assert_eq!(agent_of(&[(variable, "1")]).as_deref(), Some(*name));
            for no in ["", "0", "false"] {
                assert_eq!(agent_of(&[(variable, no)]), None, "{variable}={no}");
            }
        }
        for (variable, name) in CI_SYSTEMS {
            assert_eq!(ci(&snapshot(&[(variable, "x")])), Some(*name));
            let both = snapshot(&[("CI", "true"), (variable, "True")]);
            assert_eq!(ci(&both), Some(*name));
            for no in ["", "0", "false"] {
                assert_eq!(ci(&snapshot(&[(variable, no)])), None, "{variable}={no}");
            }
        }
        for table in [AGENTS, CI_SYSTEMS] {
            let names: BTreeSet<_> = table.iter().map(|(variable, _)| variable).collect();
            assert_eq!(names.len(), table.len());
        }
    }

    #[test]
    fn what_configures_an_agent_is_no_agent() {
        for name in [
            "CODEX_HOME",
            "CLINE_API_KEY",
            "GEMINI_API_KEY",
            "AGENT",
            "EDITOR",
        ] {
            assert_eq!(agent_of(&[(name, "1")]), None, "{name}");
        }
    }

    #[test]
    fn the_name_that_an_agent_gives_itself_counts_where_it_is_one() {
        let marker = ("GEMINI_CLI", "1");
        for (value, alone, beside) in [
            (
                "claude-code_2-1-141_agent",
                "claude-code_2-1-141_agent",
                "claude-code_2-1-141_agent",
            ),
            ("custom@2.0", "custom@2.0", "custom@2.0"),
            ("1", "agent", "gemini-cli"),
            ("true", "agent", "gemini-cli"),
            ("0", "", "gemini-cli"),
            ("false", "", "gemini-cli"),
            ("", "", "gemini-cli"),
            ("two words", "", "gemini-cli"),
            ("a\nb", "", "gemini-cli"),
            ("a\u{1b}[2J", "", "gemini-cli"),
            ("käfer", "", "gemini-cli"),
        ] {
            let said = ("AI_AGENT", value);
            assert_eq!(agent_of(&[said]).unwrap_or_default(), alone, "{value:?}");
            assert_eq!(agent_of(&[said, marker]).unwrap(), beside, "{value:?}");
        }
        let long = "x".repeat(MAX_NAME_BYTES);
        assert_eq!(agent_of(&[("AI_AGENT", &long)]), Some(long.clone()));
        assert_eq!(agent_of(&[("AI_AGENT", &(long + "x"))]), None);
    }

    #[test]
    fn a_ci_system_without_a_name_is_ci() {
        for (value, name) in [
            ("true", Some("ci")),
            ("woodpecker", Some("woodpecker")),
            ("false", None),
            ("0", None),
            ("", None),
        ] {
            assert_eq!(ci(&snapshot(&[("CI", value)])), name, "{value:?}");
        }
        // Each of these sets the variable of the system that it imitates.
        let imitates = |a, b| ci(&snapshot(&[(b, "true"), (a, "true"), ("CI", "true")]));
        assert_eq!(imitates("GITEA_ACTIONS", "GITHUB_ACTIONS"), Some("gitea"));
        assert_eq!(
            imitates("FORGEJO_ACTIONS", "GITEA_ACTIONS"),
            Some("forgejo")
        );
        let woodpecker = snapshot(&[("DRONE", "true"), ("CI", "woodpecker")]);
        assert_eq!(ci(&woodpecker), Some("woodpecker"));
    }

    #[test]
    fn the_address_of_an_ssh_client_is_one_or_nothing() {
        for (connection, client, address) in [
            ("192.0.2.7 50022 192.0.2.1 22", "", Some("192.0.2.7")),
            ("2001:db8::7 50022 2001:db8::1 22", "", Some("2001:db8::7")),
            ("fe80::1%eth0 50022 fe80::2%eth0 22", "", Some("fe80::1")),
            ("", "192.0.2.8 50022 22", Some("192.0.2.8")),
            (
                "192.0.2.7 1 192.0.2.1 22",
                "192.0.2.8 1 22",
                Some("192.0.2.7"),
            ),
            (
                "UNKNOWN 65535 UNKNOWN 65535",
                "192.0.2.8 1 22",
                Some("192.0.2.8"),
            ),
            ("host.example 1 192.0.2.1 22", "", None),
            (" 192.0.2.7 1", "", None),
            ("192.0.2.7\n 1", "", None),
            ("", "", None),
        ] {
            let snapshot = snapshot(&[("SSH_CONNECTION", connection), ("SSH_CLIENT", client)]);
            let expected = address.map(|address| address.parse::<IpAddr>().unwrap());
            assert_eq!(ssh_client(&snapshot), expected, "{connection:?} {client:?}");
        }
    }

    #[test]
    fn the_user_has_a_name_that_can_be_shown() {
        let long = "u".repeat(MAX_NAME_BYTES);
        for (user_is, logname, name) in [
            ("alice", "bob", Some("alice")),
            ("", "bob", Some("bob")),
            ("a\tb", "bob", Some("bob")),
            ("a\u{9b}31m", "", None),
            ("jürgen", "", Some("jürgen")),
            (&long, "", Some(&long)),
            (&(long.clone() + "u"), "", None),
            ("", "", None),
        ] {
            let snapshot = snapshot(&[("USER", user_is), ("LOGNAME", logname)]);
            assert_eq!(user(&snapshot).as_deref(), name, "{user_is:?} {logname:?}");
        }
        use std::os::unix::ffi::OsStringExt;
        let bytes = std::ffi::OsString::from_vec(vec![b'a', 0xff]);
        assert_eq!(user(&Snapshot::of([("USER".into(), bytes)])), None);
    }
}
