//! What is written, and for whom.

use super::document::Document;
use crate::context::Context;
use crate::crypto::SystemRandom;
use crate::exchange::{self, Delimiter, Manifest};
use crate::failure::Failure;
use crate::file::{self, Walk};
use crate::input::Format;
use crate::secret::SecretValue;
use std::path::Path;

/// Where a step of GitHub Actions leaves variables for those after it.
const GITHUB_ENV: &str = "GITHUB_ENV";

// No doc comment on the struct: clap would take it for the help of the verb.
#[expect(
    missing_docs,
    reason = "a doc comment would replace the verb's own help"
)]
#[derive(clap::Args)]
pub struct TargetArgs {
    /// The format
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub format: Format,
    /// Put values into json, yaml or csv
    #[arg(long)]
    pub include_values: bool,
    /// The name of the Secret of Kubernetes
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Its namespace
    #[arg(long, value_name = "NAME")]
    pub namespace: Option<String>,
    /// A label of it
    #[arg(long, value_name = "KEY=VALUE")]
    pub label: Vec<String>,
}

/// What is written.
pub enum Form {
    /// What is known of secrets, with their values or without.
    Document(Document, bool),
    /// Variables.
    Variables(exchange::Format),
}

impl Form {
    /// Whether values are in it.
    pub fn has_values(&self) -> bool {
        !matches!(self, Form::Document(_, false))
    }

    /// Whether somebody would read values on a terminal. The masks of a job are
    /// read by what runs it, over a terminal too.
    pub fn is_for_eyes(&self) -> bool {
        let is_job = matches!(self, Form::Variables(exchange::Format::GithubEnv(_)));
        self.has_values() && !is_job
    }
}

impl TargetArgs {
    /// What is asked for; flags that go with another format are refused.
    ///
    /// # Errors
    /// A flag of another format, a name that Kubernetes does not take, GitHub's
    /// format where no job of it runs.
    pub fn form(&self, ctx: &Context) -> Result<Form, Failure> {
        if ctx.globals.json {
            return Err(
                Failure::usage("export prints the format of --format, not that of --json")
                    .hint("secrets export --format json"),
            );
        }
        let named = self.name.is_some() || self.namespace.is_some() || !self.label.is_empty();
        if named && self.format != Format::K8s {
            return Err(Failure::usage(
                "--name, --namespace and --label go with --format k8s",
            ));
        }
        let document = match self.format {
            Format::Csv => Some(Document::Csv),
            Format::Json => Some(Document::Json),
            Format::Yaml => Some(Document::Yaml),
            _ => None,
        };
        if let Some(document) = document {
            if !self.include_values {
                ctx.terminal
                    .say("without values; with them: --include-values");
            }
            return Ok(Form::Document(document, self.include_values));
        }
        if self.include_values {
            return Err(Failure::usage(
                "--include-values goes with --format json, yaml and csv; the others have them",
            ));
        }
        let format = match self.format {
            Format::Github => {
                self.github_file(ctx)?;
                let drawn = Delimiter::draw(&mut SystemRandom);
                let drawn = drawn.map_err(crate::vault::Error::from)?;
                Some(exchange::Format::GithubEnv(drawn))
            }
            Format::K8s => Some(exchange::Format::Kubernetes(self.manifest()?)),
            other => other.exchange(),
        };
        let format = format.ok_or_else(|| Failure::usage("this format cannot be written"))?;
        Ok(Form::Variables(format))
    }

    fn manifest(&self) -> Result<Manifest, Failure> {
        let Some(name) = self.name.as_deref() else {
            return Err(Failure::usage("a Secret of Kubernetes needs a name").hint("--name NAME"));
        };
        Manifest::new(name, self.namespace.as_deref(), &self.label).map_err(Failure::usage)
    }

    /// The file of the job.
    fn github_file<'a>(&self, ctx: &'a Context) -> Result<&'a Path, Failure> {
        let path = ctx.snapshot.get(GITHUB_ENV).map(Path::new);
        path.filter(|path| path.is_absolute()).ok_or_else(|| {
            Failure::usage(
                "--format github works in a job of GitHub Actions, which sets GITHUB_ENV",
            )
            .hint("to see what there is: secrets export --format dotenv")
        })
    }

    /// Adds the variables to the file of the job.
    ///
    /// # Errors
    /// The file is a link, or somebody else's, or cannot be written.
    pub fn append(&self, ctx: &Context, text: &SecretValue) -> Result<(), Failure> {
        let path = self.github_file(ctx)?;
        let failed = || Failure::usage(format!("GITHUB_ENV is no file: {}", path.display()));
        let (above, name) = path.parent().zip(path.file_name()).ok_or_else(failed)?;
        let written = ctx.files.directory(above, Walk::Output);
        let written = written.and_then(|directory| directory.append(name, text.expose()));
        let warnings = written.map_err(|error: file::Error| Failure::from(error))?;
        for warning in warnings {
            ctx.terminal.warn(&warning.to_string());
        }
        Ok(())
    }
}

/// The masks that belong to a format.
pub fn masks(format: &exchange::Format) -> Option<exchange::Format> {
    matches!(format, exchange::Format::GithubEnv(_)).then_some(exchange::Format::GithubMasks)
}
