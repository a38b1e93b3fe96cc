//! What the pages of verbs say beside their help: statuses and neighbours.

/// A verb's exit statuses that say more than the table does, and related verbs.
pub(super) struct Notes {
    /// The verb.
    pub(super) verb: &'static str,
    /// Statuses with what they mean here, without a period.
    pub(super) statuses: &'static [(u8, &'static str)],
    /// Verbs that a reader may want next.
    pub(super) related: &'static [&'static str],
}

const fn notes(
    verb: &'static str,
    statuses: &'static [(u8, &'static str)],
    related: &'static [&'static str],
) -> Notes {
    Notes {
        verb,
        statuses,
        related,
    }
}

const TARGET_EXISTS: (u8, &str) = (8, "there is a secret at the new address already");
const LAST_ADMIN: (u8, &str) = (8, "it is the last slot of an admin");

/// One for each verb, in the order of the table of verbs.
pub(super) const NOTES: &[Notes] = &[
    notes(
        "init",
        &[(8, "there is a vault already; 0 with --if-missing")],
        &["set", "status", "key add"],
    ),
    notes(
        "set",
        &[
            (2, "the value is empty, too large, or not of its type"),
            (8, "--if-version named another version than the current one"),
        ],
        &["get", "meta", "rotate", "import"],
    ),
    notes(
        "get",
        &[
            (
                2,
                "--copy, and there is no clipboard, or the value is no text",
            ),
            (3, "no such secret or version, and no --default"),
            (7, "the value has expired; --allow-expired prints it"),
        ],
        &["list", "run", "history", "export"],
    ),
    notes(
        "list",
        &[(3, "no such secret; a folder or a glob without a match is 0")],
        &["get", "meta", "history"],
    ),
    notes(
        "run",
        &[
            (124, "the time of --timeout was over"),
            (125, "secrets itself failed, a wrong command line included"),
            (126, "the command is there and cannot be executed"),
            (127, "there is no such command"),
        ],
        &["get", "export", "redact"],
    ),
    notes(
        "rm",
        &[(3, "a secret that is named is not there")],
        &["undelete", "destroy", "undo"],
    ),
    notes(
        "undelete",
        &[(3, "no such secret, or no version is left to bring back")],
        &["rm", "history", "undo"],
    ),
    notes(
        "destroy",
        &[
            (2, "neither --versions nor --all, or nobody can be asked"),
            (3, "no such secret or version"),
        ],
        &["rm", "history"],
    ),
    notes(
        "history",
        &[(3, "there never was such a secret")],
        &["rollback", "diff", "audit list"],
    ),
    notes(
        "diff",
        &[(10, "with --check: there is a difference")],
        &["history", "same", "cp"],
    ),
    notes(
        "rollback",
        &[(3, "no such secret, or that version is not kept")],
        &["history", "undo", "diff"],
    ),
    notes("mv", &[TARGET_EXISTS], &["cp", "rm", "undo"]),
    notes("cp", &[TARGET_EXISTS], &["mv", "diff", "undo"]),
    notes(
        "undo",
        &[(
            8,
            "somebody wrote since, or the last change is one that cannot be undone",
        )],
        &["rollback", "undelete", "history"],
    ),
    notes(
        "meta",
        &[(3, "no such secret")],
        &["set", "list", "history"],
    ),
    notes(
        "rotate",
        &[
            (2, "the new value is the old one, or there is none"),
            (3, "no such secret: rotate replaces, set makes"),
            (5, "the project's settings name a hook and were not allowed"),
            (8, "the secret was changed while the hook ran"),
            (9, "the hook failed; the value before is the current one"),
        ],
        &["set", "history", "refs", "allow", "audit usage"],
    ),
    notes(
        "import",
        &[
            (1, "sops could not decrypt the file"),
            (2, "names, values or the file itself are refused"),
            (8, "names exist with other values; nothing was written"),
        ],
        &["export", "set", "diff"],
    ),
    notes(
        "export",
        &[(2, "the format cannot carry a value, which is named")],
        &["import", "run"],
    ),
    notes(
        "inject",
        &[
            (2, "a fault in the template, or a value is no text"),
            (3, "a reference to no secret, without a default"),
            (
                5,
                "outside of --only; a coding agent that may not see values",
            ),
            (7, "a secret that it refers to has expired"),
        ],
        &["export", "run", "import"],
    ),
    notes(
        "edit",
        &[
            (1, "the editor failed, or no file system in memory is there"),
            (2, "there is no editor, or the text is refused"),
            (5, "a coding agent runs it that may not see values"),
            (8, "another writer changed the secret in the meantime"),
        ],
        &["set", "get", "import"],
    ),
    notes(
        "same",
        &[
            (2, "no - on a terminal, or the input is empty"),
            (3, "no such secret"),
            (10, "the values differ"),
        ],
        &["which", "diff"],
    ),
    notes(
        "which",
        &[
            (2, "no - on a terminal, or the input is empty"),
            (3, "no secret has this value"),
        ],
        &["same", "refs", "audit usage"],
    ),
    notes(
        "refs",
        &[
            (0, "also where no file uses it, or there is no such secret"),
            (2, "NAME is no address, or this is no git work tree"),
        ],
        &["rotate", "which"],
    ),
    notes(
        "redact",
        &[(4, "nothing opens the vault; nothing was passed on")],
        &["which", "run", "audit list"],
    ),
    notes(
        "check",
        &[
            (2, "there is no contract, or a rule of it cannot be"),
            (5, "no right to read an environment that a rule names"),
            (10, "something does not hold"),
        ],
        &["list", "doctor", "set"],
    ),
    notes("key list", &[], &["key add", "key remove", "passwd"]),
    notes(
        "key add",
        &[(5, "the slot in use is no admin")],
        &["key list", "key remove", "passwd"],
    ),
    notes(
        "key remove",
        &[(5, "the slot in use is no admin"), LAST_ADMIN],
        &["key list", "rotate", "audit usage"],
    ),
    notes(
        "passwd",
        &[(
            5,
            "the slot of somebody else, and the slot in use is no admin",
        )],
        &["key list", "key add"],
    ),
    notes(
        "unlock",
        &[(1, "there is no place where a session can be kept")],
        &["lock", "status"],
    ),
    notes(
        "lock",
        &[(0, "also where there was no session")],
        &["unlock", "status"],
    ),
    notes("status", &[], &["doctor", "verify", "env list", "unlock"]),
    notes(
        "verify",
        &[(
            6,
            "the file is damaged, altered, or older than one seen here",
        )],
        &["status", "trust", "doctor"],
    ),
    notes(
        "doctor",
        &[(10, "something was found; each finding names its remedy")],
        &["status", "verify"],
    ),
    notes("allow", &[], &["trust", "run"]),
    notes(
        "trust",
        &[(6, "FINGERPRINT is not that of the vault")],
        &["verify", "status"],
    ),
    notes("audit list", &[], &["audit usage", "audit export"]),
    notes(
        "audit verify",
        &[(6, "the log is altered, cut, or missing")],
        &["audit list", "audit accept-loss"],
    ),
    notes("audit export", &[], &["audit list", "audit verify"]),
    notes("audit usage", &[], &["audit list", "rotate"]),
    notes("audit note", &[], &["audit list"]),
    notes(
        "audit accept-loss",
        &[(2, "no --reason, or nobody can be asked")],
        &["audit verify"],
    ),
    notes("env list", &[], &["env create", "env remove", "status"]),
    notes(
        "env create",
        &[(8, "there is an environment of that name")],
        &["env list", "env remove"],
    ),
    notes(
        "env remove",
        &[(8, "it is the last environment of the vault")],
        &["env list", "env create"],
    ),
    notes("generate", &[], &["set", "rotate"]),
    notes("completions", &[], &["help", "man"]),
    notes("man", &[(2, "there is no such page")], &["help"]),
    notes("help", &[], &["man"]),
];
