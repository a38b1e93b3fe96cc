//! Flags and operands of a clap command, as entries of a list.

use clap::{Arg, ArgAction, Command};

use super::roff::{Roff, bold, escape, italic};

/// Writes an entry for each argument that `is_wanted`: operands first.
pub(super) fn write(roff: &mut Roff, command: &Command, is_wanted: impl Fn(&Arg) -> bool) {
    let wanted: Vec<&Arg> = command
        .get_arguments()
        .filter(|arg| is_wanted(arg))
        .collect();
    let operands = wanted.iter().filter(|arg| arg.is_positional());
    let flags = wanted.iter().filter(|arg| !arg.is_positional());
    for arg in operands.chain(flags) {
        roff.entry(&tag(arg), &text(arg));
    }
}

/// The name of an argument and the words that follow it, as roff.
fn tag(arg: &Arg) -> String {
    let names: Vec<String> = arg
        .get_value_names()
        .unwrap_or_default()
        .iter()
        .map(|name| italic(name))
        .collect();
    let value = names.join(" ");
    if arg.is_positional() {
        return value;
    }
    let short = arg.get_short().map(|short| format!("-{short}"));
    let long = arg.get_long().map(|long| format!("--{long}"));
    let flags: Vec<String> = short.iter().chain(&long).map(|flag| bold(flag)).collect();
    let flags = flags.join(", ");
    if !takes_value(arg) {
        return flags;
    }
    let is_optional = arg.get_num_args().is_some_and(|n| n.min_values() == 0);
    match (arg.is_require_equals_set(), is_optional) {
        (true, true) => format!("{flags}[={value}]"),
        (true, false) => format!("{flags}={value}"),
        (false, _) => format!("{flags} {value}"),
    }
}

/// What it does, as sentences.
fn text(arg: &Arg) -> String {
    let help = arg.get_long_help().or(arg.get_help());
    let mut text = help.map(ToString::to_string).unwrap_or_default();
    let mut say = |sentence: String| {
        if !text.ends_with('.') {
            text.push('.');
        }
        text.push_str(&format!(" {sentence}"));
    };
    if takes_value(arg) {
        let values: Vec<String> = arg
            .get_possible_values()
            .iter()
            .filter(|value| !value.is_hide_set())
            .map(|value| match value.get_help() {
                Some(help) => format!("{} ({})", value.get_name(), lower(&help.to_string())),
                None => value.get_name().to_owned(),
            })
            .collect();
        if !values.is_empty() {
            say(format!("One of: {}.", values.join(", ")));
        }
        if let [default] = arg.get_default_values() {
            say(format!("Default: {}.", default.to_string_lossy()));
        }
        if matches!(arg.get_action(), ArgAction::Append) && !arg.is_positional() {
            say(match arg.get_value_delimiter() {
                Some(_) => "Several are parted by commas, or the flag is repeated.".to_owned(),
                None => "It may be repeated.".to_owned(),
            });
        }
    }
    for alias in arg.get_all_aliases().unwrap_or_default() {
        say(format!("Also --{alias}."));
    }
    if !text.ends_with('.') {
        text.push('.');
    }
    text
}

/// Whether a value follows the flag.
fn takes_value(arg: &Arg) -> bool {
    arg.get_action().takes_values()
}

/// With a small first letter, unless the first word is in capitals.
pub(super) fn lower(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(first), second) if second.is_none_or(|second| !second.is_uppercase()) => {
            let rest = text.get(first.len_utf8()..).unwrap_or_default();
            format!("{}{rest}", first.to_lowercase())
        }
        _ => text.to_owned(),
    }
}

/// A line of usage as roff: what is typed as it is in bold, the rest in italics.
pub(super) fn usage(line: &str) -> String {
    let mut is_name = true;
    let words: Vec<String> = line
        .split(' ')
        .map(|word| {
            let is_capital = word.chars().any(|c| c.is_ascii_uppercase());
            is_name &= !is_capital && !word.starts_with(['[', '<', '-']);
            if is_name || word.starts_with('-') {
                return bold(word);
            }
            capitals(word)
        })
        .collect();
    words.join(" ")
}

/// Words in capitals are italic; the brackets that clap sets around them go.
fn capitals(word: &str) -> String {
    let (mut out, mut name) = (String::new(), String::new());
    let end = |out: &mut String, name: &mut String| {
        if !name.is_empty() {
            out.push_str(&italic(name));
            name.clear();
        }
    };
    for c in word.chars() {
        match c {
            'A'..='Z' | '_' => name.push(c),
            '<' | '>' => {}
            c => {
                end(&mut out, &mut name);
                out.push_str(&escape(&c.to_string()));
            }
        }
    }
    end(&mut out, &mut name);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_shows_how_its_value_follows() {
        let arg = |arg: Arg| {
            let command = Command::new("x").arg(arg);
            let mut roff = Roff::page("x", '1', "", "", "");
            let mut command = command.disable_help_flag(true);
            command.build();
            write(&mut roff, &command, |_| true);
            roff.finish().lines().skip(2).collect::<Vec<_>>().join("|")
        };
        let plain = Arg::new("a")
            .short('a')
            .long("all")
            .action(ArgAction::SetTrue);
        assert_eq!(
            arg(plain.help("All")),
            "\\fB\\-a\\fR, \\fB\\-\\-all\\fR|All."
        );
        let value = Arg::new("f").long("file").value_name("FILE").help("F");
        assert_eq!(arg(value.clone()), "\\fB\\-\\-file\\fR \\fIFILE\\fR|F.");
        let equals = value.require_equals(true).num_args(0..=1);
        assert_eq!(
            arg(equals.value_parser(["x", "y"]).default_value("x")),
            "\\fB\\-\\-file\\fR[=\\fIFILE\\fR]|F. One of: x, y. Default: x."
        );
        let list = Arg::new("l")
            .long("list")
            .value_name("L")
            .action(ArgAction::Append);
        let list = list.help("L").value_delimiter(',').alias("ls");
        assert_eq!(
            arg(list),
            "\\fB\\-\\-list\\fR \\fIL\\fR|L. Several are parted by commas, or the flag is repeated. Also \\fB\\-\\-ls\\fR."
        );
    }

    #[test]
    fn a_usage_line_tells_words_from_places() {
        assert_eq!(
            usage("secrets env create [OPTIONS] --type <TYPE> <NAME>..."),
            "\\fBsecrets\\fR \\fBenv\\fR \\fBcreate\\fR [\\fIOPTIONS\\fR] \\fB\\-\\-type\\fR \
             \\fITYPE\\fR \\fINAME\\fR..."
        );
    }
}
