//! The table of exit statuses.

/// One line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// The number, or the first of several.
    pub exit: u8,
    /// The code of the JSON error object, where the status is a failure of ours.
    pub code: Option<&'static str>,
    /// What it means, without a period.
    pub meaning: &'static str,
}

/// Every status, in ascending order.
pub const STATUSES: &[Status] = &[
    row(0, None, "done"),
    row(
        1,
        Some("io"),
        "failed for another reason (disk full, read-only, I/O)",
    ),
    row(
        2,
        Some("usage"),
        "usage, or input refused (too large, weak passphrase, empty)",
    ),
    row(
        3,
        Some("not_found"),
        "no such vault, environment, secret or version",
    ),
    row(
        4,
        Some("locked"),
        "locked, or a wrong passphrase, key or token",
    ),
    row(
        5,
        Some("denied"),
        "not permitted by the token or policy, or the token is expired or revoked",
    ),
    row(
        6,
        Some("integrity"),
        "integrity: altered, damaged, unsafe permissions, older or forked vault, audit \
         chain broken",
    ),
    row(7, Some("expired"), "the secret has expired"),
    row(
        8,
        Some("conflict"),
        "conflict: lock timeout, --if-version, or the target exists",
    ),
    row(9, Some("rotation"), "a rotation failed"),
    row(10, Some("findings"), "a check found something"),
    row(124, None, "run: the command timed out"),
    row(
        125,
        Some("cannot_start"),
        "run: every failure of secrets itself, usage included",
    ),
    row(
        126,
        Some("not_executable"),
        "run: the command cannot be executed",
    ),
    row(
        127,
        Some("command_not_found"),
        "run: the command was not found",
    ),
    row(130, Some("interrupted"), "Ctrl-C at a prompt, in run too"),
];

const fn row(exit: u8, code: Option<&'static str>, meaning: &'static str) -> Status {
    Status {
        exit,
        code,
        meaning,
    }
}

/// The status of a code; 1 for one that the table does not hold.
pub(super) fn of_code(code: &str) -> u8 {
    STATUSES
        .iter()
        .find(|status| status.code == Some(code))
        .map_or(1, |status| status.exit)
}

/// Room for a meaning on a terminal of 80 columns.
const MEANING_COLUMNS: usize = 54;

/// The words of a line as lines of at most so many characters.
pub fn wrapped(text: &str, columns: usize) -> Vec<String> {
    text.split(' ').fold(Vec::new(), |mut lines, word| {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= columns => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
        lines
    })
}

/// The text of `secrets help exit-status`.
pub fn exit_status_help() -> String {
    let mut text = String::from("The exit status of secrets, and the code of its JSON error:\n\n");
    for Status {
        exit,
        code,
        meaning,
    } in STATUSES
    {
        let code = code.unwrap_or("-");
        let lines = wrapped(meaning, MEANING_COLUMNS).join(&format!("\n{:26}", ""));
        text.push_str(&format!("  {exit:>3}  {code:<17}  {lines}\n"));
    }
    text.push_str(
        "\nA command that run has started gives its own status, or 128+n when it died\n\
         of signal n. With a failure standard output stays empty; with --json the error\n\
         is one object on the last line of standard error, behind warnings perhaps; for\n\
         run it keeps the real code beside 125.\n",
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_ascends_and_fits_a_terminal() {
        assert!(STATUSES.is_sorted_by(|a, b| a.exit < b.exit));
        let text = exit_status_help();
        for line in text.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
        for exit in [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 124, 125, 126, 127, 130] {
            assert!(text.contains(&format!("\n  {exit:>3}  ")), "{exit}");
        }
    }
}
