//! The rules of a project: `[check]` and `[rotation]`.
//!
//! They are read and checked for their shape; what they ask for is done
//! elsewhere. The text of `pattern` and of `generate` is not looked into here.

use super::document::Entry;
use super::{Error, Settings};
use crate::name::{EnvName, Pattern, SecretPath};
use crate::order;
use crate::time::Span;
use std::cmp::Reverse;

const CHECK_KEYS: [&str; 8] = [
    "default",
    "differ",
    "environments",
    "expires_within",
    "min_length",
    "one_of",
    "pattern",
    "required",
];
const ROTATION_KEYS: [&str; 4] = ["every", "generate", "grace", "hook"];
/// Greatest `min_length`: that of a value, 1 MiB.
const MAX_MIN_LENGTH: u32 = 1 << 20;

/// Which secrets a rule is about: one, or all that a glob matches.
#[derive(Debug, Clone)]
pub struct Target {
    /// As it was written.
    pub text: String,
    /// What it matches.
    pub pattern: Pattern,
}

impl Target {
    fn of(entry: &Entry<'_, '_>) -> Result<Self, Error> {
        let text = entry.name;
        if !Pattern::is_glob(text) {
            let path = SecretPath::parse(text.strip_prefix('/').unwrap_or(text));
            path.map_err(|error| entry.bad_name(error))?;
        }
        let pattern = Pattern::parse(text).map_err(|error| entry.bad_name(error))?;
        Ok(Target {
            text: text.to_owned(),
            pattern,
        })
    }
}

/// What `secrets check` asks of a secret. Every part is optional.
#[derive(Debug, Clone, Default)]
pub struct Check {
    /// What the program takes where the secret is missing, for people to read.
    pub default: Option<String>,
    /// Whether its value must not be the same in two environments.
    pub differ: Option<bool>,
    /// Where it is asked for; none means everywhere.
    pub environments: Vec<EnvName>,
    /// How long before its expiry it is found.
    pub expires_within: Option<Span>,
    /// Least length of the value, in bytes.
    pub min_length: Option<u32>,
    /// A group of which one secret must be there.
    pub one_of: Option<String>,
    /// A regular expression for the value, not yet compiled.
    pub pattern: Option<String>,
    /// Whether it must be there.
    pub required: Option<bool>,
}

/// How a secret is rotated. Every part is optional.
#[derive(Debug, Clone, Default)]
pub struct Rotation {
    /// How often.
    pub every: Option<Span>,
    /// The description of a new value, not yet read.
    pub generate: Option<String>,
    /// How long the old value stays readable.
    pub grace: Option<Span>,
    /// The command that carries the new value on: program and arguments.
    pub hook: Option<Vec<String>>,
}

impl Settings {
    /// How a secret is rotated: each part from the first rule that says it, a
    /// name before a glob and a longer text before a shorter one.
    pub fn rotation(&self, path: &SecretPath) -> Rotation {
        let matching = self.rotations.iter();
        let matching = matching.filter(|(target, _)| target.pattern.matches(path));
        let mut rules: Vec<&(Target, Rotation)> = matching.collect();
        order::sort_by_key(&mut rules, |(target, _)| {
            (Pattern::is_glob(&target.text), Reverse(target.text.len()))
        });
        let mut all = Rotation::default();
        for (_, rule) in rules {
            all.every = all.every.or(rule.every);
            all.generate = all.generate.or_else(|| rule.generate.clone());
            all.grace = all.grace.or(rule.grace);
            all.hook = all.hook.or_else(|| rule.hook.clone());
        }
        all
    }
}

/// Reads `[check]`: rules in the order of the file.
pub(super) fn checks(section: &Entry<'_, '_>) -> Result<Vec<(Target, Check)>, Error> {
    let mut rules = Vec::new();
    section.table(|rule| {
        let target = Target::of(&rule)?;
        let mut check = Check::default();
        rule.table(|entry| {
            match entry.name {
                "default" => check.default = Some(entry.text()?.to_owned()),
                "differ" => check.differ = Some(entry.flag()?),
                "environments" => {
                    check.environments = entry.list("an array of environments", |item| {
                        item.parsed(EnvName::parse)
                    })?;
                }
                "expires_within" => check.expires_within = Some(entry.positive_span()?),
                "min_length" => check.min_length = Some(entry.number(1, MAX_MIN_LENGTH)?),
                "one_of" => check.one_of = Some(not_empty(&entry)?),
                "pattern" => check.pattern = Some(not_empty(&entry)?),
                "required" => check.required = Some(entry.flag()?),
                _ => return Err(entry.unknown(&CHECK_KEYS)),
            }
            Ok(())
        })?;
        rules.push((target, check));
        Ok(())
    })?;
    Ok(rules)
}

/// Reads `[rotation]`: rules in the order of the file.
pub(super) fn rotations(section: &Entry<'_, '_>) -> Result<Vec<(Target, Rotation)>, Error> {
    let mut rules = Vec::new();
    section.table(|rule| {
        let target = Target::of(&rule)?;
        let mut rotation = Rotation::default();
        rule.table(|entry| {
            match entry.name {
                "every" => rotation.every = Some(entry.positive_span()?),
                "generate" => rotation.generate = Some(not_empty(&entry)?),
                "grace" => rotation.grace = Some(entry.span()?),
                "hook" => rotation.hook = Some(entry.argv()?),
                _ => return Err(entry.unknown(&ROTATION_KEYS)),
            }
            Ok(())
        })?;
        rules.push((target, rotation));
        Ok(())
    })?;
    Ok(rules)
}

fn not_empty(entry: &Entry<'_, '_>) -> Result<String, Error> {
    match entry.text()? {
        "" => Err(entry.bad_value("it is empty")),
        text => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::*;

    fn parse(text: &str) -> Result<Settings, String> {
        let settings = Settings::parse(text, "config.toml", Kind::Project);
        settings.map_err(|error| error.to_string())
    }

    #[test]
    fn every_part_of_a_rule_is_read_in_the_order_of_the_file() {
        let settings = parse(
            r#"
[check."STRIPE_*"]
environments = ["production", "dev"]
required = true
default = ""
one_of = "payment"
pattern = "^sk_"
min_length = 32
expires_within = "14d"
differ = true
[check.A]
[rotation."/db/URL"]
every = "90d"
generate = "password:32"
grace = "0s"
hook = ["./deploy", ""]
"#,
        )
        .unwrap();
        let [(stripe, check), (a, _)] = settings.checks.as_slice() else {
            panic!("two checks");
        };
        assert_eq!(stripe.text, "STRIPE_*");
        assert_eq!(a.text, "A");
        assert_eq!(check.environments.len(), 2);
        assert_eq!((check.required, check.differ), (Some(true), Some(true)));
        assert_eq!(check.default.as_deref(), Some(""));
        assert_eq!(check.one_of.as_deref(), Some("payment"));
        assert_eq!(check.pattern.as_deref(), Some("^sk_"));
        assert_eq!(check.min_length, Some(32));
        assert_eq!(check.expires_within.map(|s| s.seconds()), Some(14 * 86_400));
        let (target, rotation) = &settings.rotations[0];
        assert_eq!(target.text, "/db/URL");
        assert_eq!(
            rotation.every.map(|s| s.to_string()).as_deref(),
            Some("90d")
        );
        assert_eq!(rotation.generate.as_deref(), Some("password:32"));
        assert_eq!(rotation.grace.map(|s| s.seconds()), Some(0));
        assert_eq!(rotation.hook.as_deref().map(<[_]>::len), Some(2));
    }

    #[test]
    fn a_name_goes_before_a_glob_and_each_part_comes_from_the_nearest_rule() {
        let settings = parse(
            r#"
[rotation."*"]
generate = "hex:8"
grace = "1h"
[rotation."DB_*"]
grace = "2h"
[rotation.DB_URL]
generate = "uuid"
"#,
        )
        .unwrap();
        let of = |path: &str| {
            let rule = settings.rotation(&SecretPath::parse(path).unwrap());
            let grace = rule.grace.map(|span| span.to_string());
            (rule.generate.unwrap_or_default(), grace.unwrap_or_default())
        };
        assert_eq!(of("infra/DB_URL"), ("uuid".into(), "2h".into()));
        assert_eq!(of("DB_USER"), ("hex:8".into(), "2h".into()));
        assert_eq!(of("OTHER"), ("hex:8".into(), "1h".into()));
    }

    #[test]
    fn a_bad_rule_is_named_with_its_line() {
        for (text, message) in [
            (
                "[check.A]\nrequird = true",
                "line 2: unknown key \"check.A.requird\"",
            ),
            ("[check]\nA = 1", "line 2: \"check.A\" must be a table"),
            (
                "[check.A]\nmin_length = 0",
                "line 2: \"check.A.min_length\": 0 is out of bounds: 1 to 1048576",
            ),
            (
                "[check.A]\nexpires_within = \"0d\"",
                "line 2: \"check.A.expires_within\": it must be more than nothing",
            ),
            (
                "[check.A]\npattern = \"\"",
                "line 2: \"check.A.pattern\": it is empty",
            ),
            (
                "\n[check.\"a b\"]",
                "line 2: \"check.a b\": the character \" \" is not allowed; a name is made of A-Z a-z 0-9 _ . -",
            ),
            (
                "[rotation.\"A[\"]",
                "line 1: \"rotation.A[\": a \"[\" is not closed",
            ),
            (
                "[rotation.A]\nhook = \"x\"",
                "line 2: \"rotation.A.hook\" must be an array of strings, as [\"program\", \"argument\"]",
            ),
            (
                "[rotation.A]\nhook = []",
                "line 2: \"rotation.A.hook\": the program is missing",
            ),
            (
                "[rotation.A]\nhook = [\n\"a\",\n\"b\\u0000\"]",
                "line 4: \"rotation.A.hook\": an argument cannot hold a NUL byte",
            ),
        ] {
            assert_eq!(
                parse(text).unwrap_err(),
                format!("\"config.toml\" {message}")
            );
        }
    }
}
