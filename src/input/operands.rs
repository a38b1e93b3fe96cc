//! Names and values on the command line.

use crate::failure::Failure;
use crate::secret::SecretValue;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

/// What stands on the command line.
pub enum Operands {
    /// `NAME=VALUE`, one or more.
    Pairs(Vec<(String, SecretValue)>),
    /// An address and perhaps a value.
    One(String, Option<OsString>),
}

impl Operands {
    /// Tells `NAME=VALUE` pairs from an address and a value; `from_elsewhere`
    /// says that a flag gives the value.
    ///
    /// # Errors
    /// No name, pairs and other operands mixed, more than one value.
    pub fn parse(operands: &[OsString], from_elsewhere: bool) -> Result<Self, Failure> {
        let [first, rest @ ..] = operands else {
            return Err(Failure::usage("a name is missing").hint("secrets set NAME"));
        };
        if !first.as_bytes().contains(&b'=') {
            let name = text(first)?;
            return match rest {
                [] => Ok(Operands::One(name, None)),
                [_] if from_elsewhere => Err(Failure::usage(
                    "a value on the command line and --from-file or --generate do not go together",
                )),
                [value] => Ok(Operands::One(name, Some(value.clone()))),
                _ => Err(Failure::usage("more than one value is given")
                    .hint("several secrets: secrets set NAME=VALUE NAME=VALUE")),
            };
        }
        if from_elsewhere {
            return Err(Failure::usage(
                "NAME=VALUE and --from-file or --generate do not go together",
            ));
        }
        let pair = |operand: &OsString| {
            let bytes = operand.as_bytes();
            let at = bytes.iter().position(|b| *b == b'=');
            let (name, value) = match at.and_then(|at| bytes.split_at_checked(at)) {
                Some((name, value)) => (name, value.strip_prefix(b"=").unwrap_or(value)),
                None => {
                    return Err(Failure::usage(
                        "if one operand is NAME=VALUE, all of them are; one has no \"=\"",
                    ));
                }
            };
            Ok((
                text(OsStr::from_bytes(name))?,
                SecretValue::copy_from(value),
            ))
        };
        Ok(Operands::Pairs(
            operands.iter().map(pair).collect::<Result<_, _>>()?,
        ))
    }
}

fn text(name: &OsStr) -> Result<String, Failure> {
    let text = name.to_str().map(str::to_owned);
    text.ok_or_else(|| Failure::usage("a name is not UTF-8"))
}
