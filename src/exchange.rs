//! Values in the formats of other programs: bytes in, pairs out, and back.
//!
//! One file reads and writes one format, and `quote` alone knows how to
//! quote. A reader never interprets a value: nothing is interpolated and
//! nothing is executed. A writer refuses, by its name, every value that its
//! format cannot carry byte for byte; it never writes another one.

mod docker;
mod dotenv;
mod github;
mod kubernetes;
mod powershell;
mod quote;
mod read;
mod shell;
mod systemd;
mod template;
mod text;
mod tfvars;

use crate::name::VarName;
use crate::secret::SecretValue;

pub use github::Delimiter;
pub use kubernetes::Manifest;
pub use quote::{word, yaml};
pub use read::{Maker, Syntax, read};
pub use shell::is_shell_variable;
pub use template::{Fault, Markup, Reference, Template};

/// A format of files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// An env-file of docker; never read.
    Docker,
    /// A .env file as python-dotenv and the Node package dotenv read it.
    Dotenv,
    /// The environment file of a step in GitHub Actions; never read.
    GithubEnv(Delimiter),
    /// The masks of such a step's log; never read.
    GithubMasks,
    /// A Secret of Kubernetes.
    Kubernetes(Manifest),
    /// Lines for PowerShell; never read.
    Powershell,
    /// Lines that sh, bash, dash, zsh and fish evaluate alike; never read.
    Shell,
    /// A file for `EnvironmentFile=` of systemd; never read.
    Systemd,
    /// Values of Terraform variables; never read.
    Tfvars,
}

impl Format {
    /// Writes a whole file. Each variable comes once; the caller sees to that.
    ///
    /// # Errors
    /// Every value that the format cannot carry.
    pub fn write(&self, pairs: &[Pair<'_>]) -> Result<Writing, Vec<Refusal>> {
        match self {
            Format::Docker => docker::write(pairs),
            Format::Dotenv => dotenv::write(pairs),
            Format::GithubEnv(delimiter) => github::write(pairs, delimiter),
            Format::GithubMasks => github::masks(pairs),
            Format::Kubernetes(manifest) => manifest.write(pairs),
            Format::Powershell => powershell::write(pairs),
            Format::Shell => shell::write(pairs),
            Format::Systemd => systemd::write(pairs),
            Format::Tfvars => tfvars::write(pairs),
        }
    }
}

/// Reads the pairs of a whole .env file, in the order of their lines.
///
/// # Errors
/// A file that is no text.
pub fn read_dotenv(input: &[u8]) -> Result<Reading, Error> {
    dotenv::read(input)
}

/// What a file says.
#[derive(Default)]
pub struct Reading {
    /// Its pairs; in a .env file each name once.
    pub found: Vec<Found>,
    /// The program that wrote it, where it shows that.
    pub maker: Option<Maker>,
    /// What a person should know, by line.
    pub notes: Vec<Note>,
    /// What cannot be taken: line, name as it stands there, and why.
    pub refused: Vec<(usize, String, &'static str)>,
}

/// One pair of a file.
#[derive(Default)]
pub struct Found {
    /// The environment that the file names; foreign text.
    pub env: Option<String>,
    /// The folders that it lies in, from the outside; foreign text.
    pub folders: Vec<String>,
    /// What else the file says of it.
    pub known: Known,
    /// The line on which it stands, from 1.
    pub line: usize,
    /// The name as it stands there; foreign text.
    pub name: String,
    /// The value.
    pub value: SecretValue,
}

impl Found {
    /// A pair of which no more is known.
    pub fn new(line: usize, name: String, value: SecretValue) -> Self {
        Found {
            line,
            name,
            value,
            ..Found::default()
        }
    }
}

/// What a file says of a secret beside its value; foreign text, not checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// When it expires, in RFC 3339.
    pub expires: Option<String>,
    /// Its type.
    pub kind: Option<String>,
    /// A note.
    pub note: Option<String>,
    /// An owner.
    pub owner: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
}

/// Something to know about a line. It never holds a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The line, from 1.
    pub line: usize,
    /// The name, where the line has one that is surely a name; foreign text.
    pub name: Option<String>,
    /// What is to be known.
    pub what: Remark,
}

/// What is to be known of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remark {
    /// The name stood on an earlier line, too; the last one is taken.
    Again,
    /// Programs read another value here; ours is that of the first one named.
    Differs,
    /// We take a value here that other programs do not see.
    Extra,
    /// We take no value here; another program does.
    LeftOut,
    /// It belongs to the program that wrote the file, and is no secret.
    Own,
    /// No program finds a value here.
    Unread,
}

impl Remark {
    /// Whether something that stands in the file is not taken.
    pub fn is_loss(self) -> bool {
        matches!(self, Remark::LeftOut | Remark::Unread)
    }
}

impl std::fmt::Display for Remark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Remark::Again => "is set again; its last line is taken",
            Remark::Differs => {
                "is read as python-dotenv does; the Node package dotenv reads another value"
            }
            Remark::Extra => {
                "is read as python-dotenv does; the Node package dotenv reads no value here"
            }
            Remark::LeftOut => {
                "is left out as python-dotenv does; the Node package dotenv reads a value here"
            }
            Remark::Own => "is left out: the program that wrote the file put it there",
            Remark::Unread => "is left out: it is no NAME=VALUE",
        })
    }
}

/// Why a file cannot be read at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// Lists and maps lie too deep in each other, at this line.
    Deep(usize),
    /// sops has encrypted it.
    Encrypted,
    /// No UTF-8 text, at this line.
    NotText(usize),
    /// A NUL byte, at this line; text of two bytes a character, most often.
    Nul(usize),
    /// Not the shape that is needed, and why.
    Shape(&'static str),
    /// None of this syntax, at this line.
    Syntax(&'static str, usize),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Error::Deep(line) => write!(f, "line {line} lies too deep in lists and maps"),
            Error::Encrypted => write!(f, "it is encrypted by sops"),
            Error::NotText(line) => write!(f, "line {line} is no UTF-8 text"),
            Error::Nul(line) => write!(f, "line {line} holds a NUL byte"),
            Error::Shape(why) => f.write_str(why),
            Error::Syntax(syntax, line) => write!(f, "it is no {syntax}: line {line}"),
        }
    }
}

/// A variable to be written.
pub struct Pair<'a> {
    /// Its name.
    pub variable: &'a VarName,
    /// Its bytes.
    pub value: &'a SecretValue,
}

/// A whole file.
pub struct Writing {
    /// Its bytes; no line is longer than its value needs.
    pub text: SecretValue,
    /// Variables whose value holds `${`, which python-dotenv expands unless it
    /// is told not to.
    pub expandable: Vec<VarName>,
}

/// A value that a format cannot carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Its variable.
    pub variable: VarName,
    /// Why, about "the value".
    pub reason: &'static str,
}
