//! One secret: the file holds its bytes.

use super::Sheet;
use crate::context::Context;
use crate::custody::{self, EditedSecret, Open, Wanted};
use crate::failure::Failure;
use crate::input;
use crate::name::{Address, EnvName, SecretPath, Version};
use crate::secret::SecretValue;
use crate::summary;
use crate::terminal::MAX_VALUE_BYTES;

/// A secret as it was when it was opened.
pub(super) struct One {
    env: EnvName,
    path: SecretPath,
    version: u64,
    kind: String,
    value: SecretValue,
}

impl One {
    pub(super) fn read(ctx: &Context, open: &Open, text: &str) -> Result<Self, Failure> {
        let address = Address::parse(text);
        let address = address.map_err(|error| Failure::bad_name("address", text, error))?;
        if address.version != Version::Current {
            let message = "a version cannot be edited; a new one is made";
            return Err(Failure::usage(message));
        }
        let (env, path) = open.resolve(ctx, &address, text)?;
        let may = open.vault.check_write(&env, &path);
        may.map_err(|error| open.blame(error))?;
        let entry = open.vault.find_for(&env, &path, Version::Current);
        let entry = entry.map_err(|error| open.blame(error))?;
        let missing = |found| custody::missing(open, &env, &path, Version::Current, found);
        let entry = entry.ok_or_else(|| missing(None))?;
        // A value that has expired can be mended.
        let chosen = entry.select(Version::Current, open.vault.now(), true);
        let version = chosen.map_err(|absence| missing(Some((&entry, absence))))?;
        let wanted = Wanted {
            entry: &entry,
            version,
        };
        let value = custody::reveal(ctx, open, &[wanted], None)?.pop();
        let value = value.unwrap_or_default();
        if input::misfit("text", &value).is_some() {
            let shown = summary::address(&entry);
            let message =
                format!("\"{shown}\" is no text: an editor may change bytes of it unseen");
            return Err(Failure::usage(message)
                .hint(format!("secrets get {shown} -o FILE"))
                .hint(format!("secrets set {shown} --from-file FILE")));
        }
        Ok(One {
            env,
            kind: version.meta.kind.clone(),
            path,
            value,
            version: version.version,
        })
    }
}

impl Sheet for One {
    /// With the suffix by which editors know what it is.
    fn name(&self) -> String {
        let name = self.path.name();
        let suffix = match self.kind.as_str() {
            _ if name.contains('.') => "",
            "json" => ".json",
            "cert" => ".pem",
            _ => ".txt",
        };
        format!("{name}{suffix}")
    }

    fn text(&self) -> &SecretValue {
        &self.value
    }

    fn changed(
        &self,
        ctx: &Context,
        _open: &Open,
        mut text: SecretValue,
    ) -> Result<Vec<EditedSecret>, Failure> {
        let before = self.value.expose();
        if text.expose() == before {
            return Ok(Vec::new());
        }
        if text.is_empty() {
            return Err(Failure::usage("the file is empty; nothing was changed"));
        }
        if let Some(bare) = text.expose().strip_suffix(b"\n")
            && !before.ends_with(b"\n")
        {
            if bare == before {
                return Ok(Vec::new());
            }
            if !bare.contains(&b'\n') {
                let len = bare.len();
                text.truncate(len);
                ctx.terminal
                    .say("the newline that the editor put at the end was left out");
            }
        }
        let address = format!("\"{}:{}\"", self.env, self.path);
        let bytes = text.len();
        if bytes > MAX_VALUE_BYTES {
            return Err(Failure::usage(format!(
                "the value of {address} has {bytes} bytes; at most {MAX_VALUE_BYTES} are possible"
            )));
        }
        if self.kind != "text" {
            input::check_kept(&address, &self.kind, &text)?;
        }
        Ok(vec![EditedSecret {
            env: self.env.clone(),
            path: self.path.clone(),
            version: self.version,
            value: text,
        }])
    }
}
