//! The secrets of a folder: the file holds NAME=VALUE lines.

use super::Sheet;
use crate::context::Context;
use crate::custody::{self, EditedSecret, Folder, Open, Wanted};
use crate::exchange::{self, Format, Pair};
use crate::failure::{Failure, Kind};
use crate::input;
use crate::name::{EnvName, FolderPath, VarName};
use crate::secret::SecretValue;
use crate::vault::Extent;

/// A folder as it was when it was opened.
pub(super) struct Lines {
    env: EnvName,
    folder: FolderPath,
    secrets: Vec<Line>,
    text: SecretValue,
}

/// A secret that stands in the file.
struct Line {
    name: VarName,
    version: u64,
    value: SecretValue,
}

impl Lines {
    pub(super) fn read(
        ctx: &Context,
        open: &Open,
        place: Option<&Folder>,
    ) -> Result<Self, Failure> {
        let (env, folder) = match place {
            Some(place) => place.resolve(ctx, open)?,
            None => (open.environment(ctx)?.env, open.folder(ctx)),
        };
        if let Some(scope) = open.vault.hidden_in(&env, &folder, false) {
            let message = format!("the slot cannot read {scope}, which belongs to {folder}");
            return Err(open.blame(Failure::denied(message)));
        }
        let all = open.vault.entries_to(&env, Extent::Current);
        let all = all.map_err(|error| open.blame(error))?;
        let mut names = Vec::new();
        let mut wanted = Vec::new();
        for entry in all.iter().filter(|entry| folder.holds(&entry.path)) {
            let Some(version) = entry.live() else {
                continue;
            };
            match VarName::parse(entry.path.name()) {
                Ok(name) => {
                    names.push((name, version.version));
                    wanted.push(Wanted { entry, version });
                }
                Err(_) => leave_out(ctx, &format!("{env}:{}", entry.path), "has a name that"),
            }
        }
        let values = custody::reveal(ctx, open, &wanted, None)?;
        let mut secrets = Vec::new();
        for ((name, version), value) in names.into_iter().zip(values) {
            let line = Line {
                name,
                version,
                value,
            };
            match written(std::slice::from_ref(&line)) {
                Some(_) => secrets.push(line),
                None => {
                    let address = format!(
                        "{env}:{}",
                        folder
                            .join(line.name.as_str())
                            .map_err(|error| Failure::bad_name("folder", folder.as_str(), error))?
                    );
                    leave_out(ctx, &address, "has a value that");
                }
            }
        }
        let text = written(&secrets)
            .ok_or_else(|| Failure::usage("the values cannot be written as NAME=VALUE lines"))?;
        Ok(Lines {
            env,
            folder,
            secrets,
            text,
        })
    }
}

fn leave_out(ctx: &Context, address: &str, what: &str) {
    ctx.terminal.warn(&format!(
        "\"{address}\" {what} NAME=VALUE lines cannot carry; it is left out: secrets edit {address}"
    ));
}

/// None if a value is none that such a line carries.
fn written(lines: &[Line]) -> Option<SecretValue> {
    fn pair(line: &Line) -> Pair<'_> {
        let Line {
            name: variable,
            value,
            ..
        } = line;
        Pair { variable, value }
    }
    let pairs: Vec<Pair<'_>> = lines.iter().map(pair).collect();
    Some(Format::Dotenv.write(&pairs).ok()?.text)
}

impl Sheet for Lines {
    fn name(&self) -> String {
        format!("{}.env", self.env)
    }

    fn text(&self) -> &SecretValue {
        &self.text
    }

    fn changed(
        &self,
        ctx: &Context,
        open: &Open,
        text: SecretValue,
    ) -> Result<Vec<EditedSecret>, Failure> {
        if text.expose() == self.text.expose() {
            return Ok(Vec::new());
        }
        if text.is_empty() {
            return Err(Failure::usage("the file is empty; nothing was changed"));
        }
        let shown = "the edited file";
        let reading = exchange::read_dotenv(text.expose());
        let reading = reading.map_err(|error| Failure::usage(format!("{shown}: {error}")))?;
        let notes = reading.notes.iter();
        let refused: Vec<_> = notes
            .map(|note| {
                let name = note.name.as_deref();
                let name = name.map_or(String::new(), |name| format!(": {name}"));
                let what = format!("{shown} line {}{name} {}", note.line, note.what);
                (None, what)
            })
            .collect();
        if !refused.is_empty() {
            let message = "lines of the edited file cannot be taken; nothing was changed";
            return Err(Failure::several(Kind::Usage, refused, message));
        }
        let names = input::pair_names("", &reading, shown)?;
        let line_of = |name: &str| self.secrets.iter().find(|line| line.name.as_str() == name);
        let mut items = Vec::new();
        for (name, found) in names.iter().zip(reading.found) {
            let before = line_of(name);
            if before.is_some_and(|line| line.value.expose() == found.value.expose()) {
                continue;
            }
            let path = self.folder.join(name);
            let path = path.map_err(|error| Failure::bad_name("secret", name, error))?;
            let may = open.vault.check_write(&self.env, &path);
            may.map_err(|error| open.blame(error))?;
            items.push(EditedSecret {
                env: self.env.clone(),
                path,
                version: before.map_or(0, |line| line.version),
                value: found.value,
            });
        }
        for line in &self.secrets {
            if !names.iter().any(|name| name == line.name.as_str()) {
                ctx.terminal.say(&format!(
                    "{} stays, though its line was removed; to remove it: secrets rm {}:{}",
                    line.name,
                    self.env,
                    self.folder
                        .join(line.name.as_str())
                        .map_or_else(|_| line.name.to_string(), |path| path.to_string())
                ));
            }
        }
        Ok(items)
    }
}
