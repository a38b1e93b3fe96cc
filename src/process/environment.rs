//! The environment of a child, built in one go.

use std::collections::HashMap;
use std::ffi::{CStr, OsStr};
use std::os::unix::ffi::OsStrExt;

use zeroize::Zeroizing;

use super::names::{CLEAN_VARIABLES, CREDENTIAL_VARIABLES, DENIED_VARIABLES, is_among};
use crate::name::VarName;
use crate::secret::SecretValue;

/// Greatest length of `NAME=value` without its NUL byte, in bytes: with it,
/// Linux takes 128 KiB (`MAX_ARG_STRLEN`), and one more is E2BIG.
pub const MAX_VARIABLE_BYTES: usize = 131_071;

/// A secret on its way into a variable.
pub struct Pair {
    /// Where it comes from, for messages: `development:/infra/DB_URL`.
    pub address: String,
    /// Its bytes.
    pub value: SecretValue,
    /// The variable that carries it.
    pub var: VarName,
}

/// Which inherited variables win over a secret: `--keep-env[=A,B]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum KeepEnv {
    /// All of them.
    All,
    /// These.
    Names(Vec<VarName>),
    /// None: the secret wins.
    #[default]
    None,
}

/// How an environment is built.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rules {
    /// Names of [`DENIED_VARIABLES`] that a secret may have all the same.
    pub allow_env: Vec<VarName>,
    /// `--clean-env`: of the inherited variables only [`CLEAN_VARIABLES`] and
    /// `pass` are left.
    pub clean_env: bool,
    /// Which inherited variables win over a secret.
    pub keep_env: KeepEnv,
    /// `--pass VAR`, beside `clean_env`; a `*` at the end stands for any rest.
    pub pass: Vec<String>,
}

/// Why a secret cannot become a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RefusalCode {
    /// It would be one of [`CREDENTIAL_VARIABLES`].
    Credential,
    /// It would be one of [`DENIED_VARIABLES`].
    Denied,
    /// Two secrets for one variable.
    Duplicate,
    /// Its value holds a NUL byte.
    NulByte,
    /// It is over [`MAX_VARIABLE_BYTES`].
    TooLong,
}

impl RefusalCode {
    /// The word for it in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            RefusalCode::Credential => "credential_variable",
            RefusalCode::Denied => "denied_variable",
            RefusalCode::Duplicate => "duplicate_variable",
            RefusalCode::NulByte => "nul_byte",
            RefusalCode::TooLong => "variable_too_long",
        }
    }
}

/// One secret that cannot become a variable, in words for the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The address of the secret; of the later one for [`RefusalCode::Duplicate`].
    pub address: String,
    /// What kind of refusal it is.
    pub code: RefusalCode,
    /// What the user can do about it.
    pub hint: String,
    /// What is wrong, without the value.
    pub message: String,
    /// The variable.
    pub variable: VarName,
}

/// The variables of a child, each name once.
///
/// The values of secrets and of inherited variables alike are wiped on drop.
pub struct Environment {
    variables: Vec<Variable>,
    kept: Vec<String>,
    overridden: Vec<String>,
    removed: Vec<String>,
}

struct Variable {
    /// `NAME=value` and a NUL byte, as the kernel wants it.
    entry: Zeroizing<Vec<u8>>,
    /// How long the name is, in bytes.
    name_len: usize,
}

impl Variable {
    /// In a buffer of its exact length; none with a NUL byte inside.
    fn new(name: &[u8], value: &[u8]) -> Option<Self> {
        if name.contains(&0) || value.contains(&0) {
            return None;
        }
        let mut entry = Zeroizing::new(Vec::with_capacity(name.len() + value.len() + 2));
        entry.extend_from_slice(name);
        entry.push(b'=');
        entry.extend_from_slice(value);
        entry.push(0);
        Some(Variable {
            entry,
            name_len: name.len(),
        })
    }

    fn name(&self) -> &OsStr {
        OsStr::from_bytes(self.entry.get(..self.name_len).unwrap_or_default())
    }

    fn value(&self) -> &OsStr {
        let value = self.entry.get(self.name_len + 1..);
        let value = value.and_then(|value| value.strip_suffix(&[0]));
        OsStr::from_bytes(value.unwrap_or_default())
    }
}

impl Environment {
    /// Builds the environment of a child from ours and the selected secrets.
    ///
    /// Of a name that is inherited twice the first is taken, as `getenv(3)`
    /// does; shells do not agree on it, so the child sees one only. Secrets
    /// win over inherited variables unless `rules` say otherwise. Every pair is
    /// checked, the ones that an inherited variable wins over too.
    ///
    /// # Errors
    /// Everything that is refused, in the order of `pairs`.
    pub fn build<'a>(
        inherited: impl IntoIterator<Item = (&'a OsStr, &'a OsStr)>,
        pairs: Vec<Pair>,
        rules: &Rules,
    ) -> Result<Self, Vec<Refusal>> {
        let refusals = refusals(&pairs, rules);
        if !refusals.is_empty() {
            return Err(refusals);
        }
        let mut built = Environment {
            variables: Vec::with_capacity(pairs.len()),
            kept: Vec::new(),
            overridden: Vec::new(),
            removed: Vec::new(),
        };
        let mut places = HashMap::new();
        for (name, value) in inherited {
            if is_among(CREDENTIAL_VARIABLES, name.as_bytes()) {
                let name = name.to_string_lossy().into_owned();
                if !built.removed.contains(&name) {
                    built.removed.push(name);
                }
                continue;
            }
            let passes = !rules.clean_env
                || is_among(CLEAN_VARIABLES, name.as_bytes())
                || is_among(&rules.pass, name.as_bytes());
            // What the kernel handed to us holds no NUL byte; what does is dropped.
            let variable = Variable::new(name.as_bytes(), value.as_bytes());
            if let Some(variable) = variable.filter(|_| passes && !places.contains_key(name)) {
                places.insert(name, built.variables.len());
                built.variables.push(variable);
            }
        }
        for Pair { var, value, .. } in pairs {
            let Some(new) = Variable::new(var.as_str().as_bytes(), value.expose()) else {
                continue;
            };
            let place = places.get(OsStr::new(var.as_str()));
            match place.and_then(|place| built.variables.get_mut(*place)) {
                Some(_) if rules.keep_env.keeps(&var) => built.kept.push(var.to_string()),
                Some(variable) => {
                    *variable = new;
                    built.overridden.push(var.to_string());
                }
                None => built.variables.push(new),
            }
        }
        Ok(built)
    }

    /// The names of all variables.
    pub fn names(&self) -> impl Iterator<Item = &OsStr> {
        self.variables.iter().map(Variable::name)
    }

    /// Inherited variables that stayed in place of a secret.
    pub fn kept(&self) -> &[String] {
        &self.kept
    }

    /// Inherited variables that a secret took the place of.
    pub fn overridden(&self) -> &[String] {
        &self.overridden
    }

    /// Our credentials that were taken out. What `clean_env` drops is not listed.
    pub fn removed(&self) -> &[String] {
        &self.removed
    }

    /// Every variable as `NAME=value`.
    pub(super) fn entries(&self) -> Vec<&CStr> {
        let entries = self.variables.iter().map(|variable| &variable.entry);
        entries
            .filter_map(|entry| CStr::from_bytes_with_nul(entry).ok())
            .collect()
    }

    /// Every variable as name and value.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.variables
            .iter()
            .map(|variable| (variable.name(), variable.value()))
    }

    /// The value of one variable.
    pub(super) fn value(&self, name: &str) -> Option<&OsStr> {
        self.pairs()
            .find(|(n, _)| *n == name)
            .map(|(_, value)| value)
    }
}

impl KeepEnv {
    fn keeps(&self, var: &VarName) -> bool {
        match self {
            KeepEnv::All => true,
            KeepEnv::Names(names) => names.contains(var),
            KeepEnv::None => false,
        }
    }
}

/// Everything that is wrong with `pairs`, in their order: what
/// [`Environment::build`] refuses, for those who build none.
pub fn refusals(pairs: &[Pair], rules: &Rules) -> Vec<Refusal> {
    let mut first: HashMap<&VarName, &str> = HashMap::with_capacity(pairs.len());
    let mut refusals = Vec::new();
    for Pair {
        address,
        value,
        var,
    } in pairs
    {
        let mut refuse = |code, message: String, hint: String| {
            refusals.push(Refusal {
                address: address.clone(),
                code,
                hint,
                message,
                variable: var.clone(),
            });
        };
        let as_file = || format!("a file can carry it: --file {address}:{var}_FILE");
        if is_among(CREDENTIAL_VARIABLES, var.as_str().as_bytes()) {
            refuse(
                RefusalCode::Credential,
                format!("refusing to set {var} for a child"),
                format!("give it another variable: --except {var} --map OTHER={var}"),
            );
        } else if is_among(DENIED_VARIABLES, var.as_str().as_bytes())
            && !rules.allow_env.contains(var)
        {
            refuse(
                RefusalCode::Denied,
                format!("refusing to set {var} for a child"),
                format!("--allow-env {var} if you mean it"),
            );
        }
        if value.expose().contains(&0) {
            refuse(
                RefusalCode::NulByte,
                format!("the value of \"{address}\" holds a NUL byte, which no variable can carry"),
                as_file(),
            );
        }
        let len = var.as_str().len() + 1 + value.len();
        if len > MAX_VARIABLE_BYTES {
            refuse(
                RefusalCode::TooLong,
                format!(
                    "\"{address}\" makes a variable of {len} bytes; at most {MAX_VARIABLE_BYTES} \
                     are possible"
                ),
                as_file(),
            );
        }
        match first.get(var) {
            Some(other) => refuse(
                RefusalCode::Duplicate,
                format!("\"{other}\" and \"{address}\" would both be the variable {var}"),
                "leave one out with --except, or give it another variable with --map".to_owned(),
            ),
            None => {
                first.insert(var, address);
            }
        }
    }
    refusals
}

#[cfg(test)]
mod tests;
