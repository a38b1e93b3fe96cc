//! Secrets that reach a command as files.

use super::selected::{Delivery, Selection};
use super::{Open, Selector, scratch};
use crate::context::Context;
use crate::exchange::Format;
use crate::failure::{Failure, quoted};
use crate::name::{Address, SecretPath, VarName};
use crate::process::{Pair, Rules};
use crate::scratch::Scratch;
use crate::secret::SecretValue;
use std::collections::HashSet;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// What the name of a file's variable ends in unless it is given.
const SUFFIX: &str = "_FILE";
/// The file of `--mount` in its directory.
const MOUNT: &str = "secrets";

/// The variables of a command, and the files that some of them name.
pub struct Delivered {
    /// The variables.
    pub pairs: Vec<Pair>,
    /// The files, until this is dropped.
    pub scratch: Option<Scratch>,
}

impl Selector {
    /// Adds the secrets of `NAME[:VAR]`, each a file whose path is in `VAR`; no
    /// other variable holds them then.
    ///
    /// What follows the last colon is the variable where it can be one, so that
    /// an environment is named with a folder: `production:/KEY`.
    ///
    /// # Errors
    /// An address that is none, an unknown environment, whatever the vault says.
    pub fn add_files(
        &self,
        ctx: &Context,
        open: &Open,
        at: Option<u64>,
        files: &[String],
        selection: &mut Selection,
    ) -> Result<(), Failure> {
        let mut named = Vec::new();
        for text in files {
            let given = text
                .rsplit_once(':')
                .and_then(|(target, name)| Some((target, VarName::parse(name).ok()?)));
            let target = given.as_ref().map_or(text.as_str(), |(target, _)| target);
            let address = Address::parse(target)
                .map_err(|error| Failure::bad_name("address", target, error))?;
            let variable = match given {
                Some((_, variable)) => variable,
                None => usual(&open.resolve(ctx, &address, target)?.1, text)?,
            };
            named.push((variable, address, target.to_owned()));
        }
        let first = selection.selected.len();
        self.add(ctx, open, at, named, selection)?;
        let mut files = selection.selected.split_off(first);
        let as_file: HashSet<_> = files
            .iter()
            .map(|one| (one.entry.env.clone(), one.entry.path.clone()))
            .collect();
        let stays = |env, path| !as_file.contains(&(env, path));
        selection
            .selected
            .retain(|one| stays(one.entry.env.clone(), one.entry.path.clone()));
        files
            .iter_mut()
            .for_each(|one| one.delivery = Delivery::File);
        selection.selected.append(&mut files);
        Ok(())
    }
}

/// The variable of a file that none is given for: `TLS_KEY_FILE`.
fn usual(path: &SecretPath, text: &str) -> Result<VarName, Failure> {
    let of_secret = VarName::of(path, "");
    let name = of_secret.map(|variable| format!("{variable}{SUFFIX}"));
    let name = name.and_then(|name| VarName::parse(&name));
    name.map_err(|error| {
        Failure::bad_name("variable", text, error).hint(format!("--file {text}:VARIABLE"))
    })
}

/// Writes what goes by file, and gives the variables: of secrets, and of paths.
///
/// `mount` is where a link to one file with all that is for it is made, and
/// that file's format.
///
/// # Errors
/// No place for files, something where the link is to be. What a format cannot
/// carry is noted in `selection`.
pub fn deliver(
    ctx: &Context,
    selection: &mut Selection,
    values: Vec<SecretValue>,
    mount: Option<(&Path, &Format)>,
    rules: &Rules,
    allow_disk: bool,
) -> Result<Delivered, Failure> {
    let needed = selection
        .selected
        .iter()
        .any(|one| one.delivery != Delivery::Variable);
    let scratch = needed.then(|| scratch(ctx, allow_disk)).transpose()?;
    let (mut pairs, mut mounted, mut names) = (Vec::new(), Vec::new(), HashSet::new());
    for (one, value) in selection.selected.iter().zip(values) {
        let mut pair = Pair {
            address: format!("{}:{}", one.entry.env, one.entry.path),
            value,
            var: one.variable.clone(),
        };
        match (one.delivery, &scratch) {
            (Delivery::Mount, _) => mounted.push(pair),
            (Delivery::File, Some(scratch)) => {
                let own = one.entry.path.name();
                let name = match names.insert(own.to_owned()) {
                    true => own.to_owned(),
                    // Of another folder; no two have the same number.
                    false => format!("{}-{own}", pairs.len()),
                };
                let path = scratch.put(&name, &pair.value)?;
                pair.value = SecretValue::copy_from(path.as_os_str().as_bytes());
                pairs.push(pair);
            }
            _ => pairs.push(pair),
        }
    }
    if let (Some((path, format)), Some(scratch)) = (mount, &scratch) {
        let text = selection.write(ctx, format, rules, &mounted);
        scratch.put(MOUNT, &text)?;
        let at = ctx.working_directory.join(path);
        scratch.link(&at, MOUNT).map_err(|error| {
            Failure::from(error).hint(format!(
                "--mount makes a link at {}, where nothing may lie",
                quoted(&path.to_string_lossy())
            ))
        })?;
    }
    Ok(Delivered { pairs, scratch })
}
