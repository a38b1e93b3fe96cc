//! Reading of TOML where every complaint has a line.

use crate::order;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Error, Problem, similar};
use crate::name;
use crate::time::Span;

/// A settings file: its text, and what messages call it.
#[derive(Clone, Copy)]
pub(super) struct Document<'a> {
    pub(super) path: &'a str,
    pub(super) text: &'a str,
}

impl Document<'_> {
    /// Hands each entry of the top table to `take`, in the order of the file.
    pub(super) fn read(
        &self,
        take: impl FnMut(Entry<'_, '_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let root = DeTable::parse(self.text).map_err(|error| {
            let start = error.span().map_or(self.text.len(), |span| span.start);
            let message = error.message().replace('\n', " ");
            self.error(start, Problem::Syntax { message })
        })?;
        entries(*self, "", root.get_ref()).try_for_each(take)
    }

    fn error(&self, offset: usize, problem: Problem) -> Error {
        let before = self.text.bytes().take(offset);
        Error::Setting {
            path: self.path.to_owned(),
            line: 1 + before.filter(|b| *b == b'\n').count(),
            problem,
        }
    }
}

/// One key of a table, or one element of an array, with its value.
pub(super) struct Entry<'a, 'd> {
    document: Document<'a>,
    /// The whole key, `run.only`.
    key: String,
    /// The last part of it, `only`.
    pub(super) name: &'a str,
    /// Where the key stands, in bytes.
    offset: usize,
    value: &'a Spanned<DeValue<'d>>,
}

impl<'a, 'd> Entry<'a, 'd> {
    /// The whole key, for a problem.
    pub(super) fn key(&self) -> String {
        self.key.clone()
    }

    /// A problem with the key itself.
    pub(super) fn bad_key(&self, problem: Problem) -> Error {
        self.document.error(self.offset, problem)
    }

    /// A problem with the key's name, where names are free.
    pub(super) fn bad_name(&self, reason: impl std::fmt::Display) -> Error {
        let (key, reason) = (self.key(), reason.to_string());
        self.bad_key(Problem::Value { key, reason })
    }

    /// A key that is not among `known`.
    pub(super) fn unknown(&self, known: &[&'static str]) -> Error {
        let similar = similar(self.name, known.iter().copied()).map(str::to_owned);
        let key = self.key();
        self.bad_key(Problem::UnknownKey { key, similar })
    }

    /// A value that is refused.
    pub(super) fn bad_value(&self, reason: impl std::fmt::Display) -> Error {
        let (key, reason) = (self.key(), reason.to_string());
        self.bad(Problem::Value { key, reason })
    }

    fn bad(&self, problem: Problem) -> Error {
        self.document.error(self.value.span().start, problem)
    }

    fn typed<T>(&self, found: Option<T>, expected: &'static str) -> Result<T, Error> {
        let key = || self.key.clone();
        found.ok_or_else(|| {
            self.bad(Problem::WrongType {
                key: key(),
                expected,
            })
        })
    }

    /// `true` or `false`.
    pub(super) fn flag(&self) -> Result<bool, Error> {
        self.typed(self.value.get_ref().as_bool(), "true or false")
    }

    /// Text of any kind.
    pub(super) fn text(&self) -> Result<&'a str, Error> {
        self.typed(self.value.get_ref().as_str(), "a string")
    }

    /// Text that `parse` understands.
    pub(super) fn parsed<T>(
        &self,
        parse: impl FnOnce(&str) -> Result<T, name::Error>,
    ) -> Result<T, Error> {
        let text = self.text()?;
        parse(text).map_err(|error| self.bad_value(format_args!("\"{text}\": {error}")))
    }

    /// A number within bounds.
    pub(super) fn number(&self, least: u32, most: u32) -> Result<u32, Error> {
        let number = self.typed(self.value.get_ref().as_integer(), "a number")?;
        match u32::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) if (least..=most).contains(&number) => Ok(number),
            _ => Err(self.bad_value(format_args!("{number} is out of bounds: {least} to {most}"))),
        }
    }

    /// A duration.
    pub(super) fn span(&self) -> Result<Span, Error> {
        let text = self.text()?;
        Span::parse(text).map_err(|error| self.bad_value(format_args!("\"{text}\": {error}")))
    }

    /// A duration that is more than nothing.
    pub(super) fn positive_span(&self) -> Result<Span, Error> {
        match self.span()? {
            span if span.seconds() > 0 => Ok(span),
            _ => Err(self.bad_value("it must be more than nothing")),
        }
    }

    /// What `take` makes of each element of an array.
    pub(super) fn list<T>(
        &self,
        expected: &'static str,
        take: impl Fn(Entry<'_, 'd>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let items = self.typed(self.value.get_ref().as_array(), expected)?;
        let entry = |value: &'a Spanned<DeValue<'d>>| Entry {
            document: self.document,
            key: self.key.clone(),
            name: self.name,
            offset: self.offset,
            value,
        };
        items.iter().map(entry).map(take).collect()
    }

    /// A command: the program and its arguments, started without a shell.
    pub(super) fn argv(&self) -> Result<Vec<String>, Error> {
        let argv = self.list(
            "an array of strings, as [\"program\", \"argument\"]",
            |item| {
                let text = item.text()?;
                match text.contains('\0') {
                    true => Err(item.bad_value("an argument cannot hold a NUL byte")),
                    false => Ok(text.to_owned()),
                }
            },
        )?;
        match argv.first() {
            Some(program) if !program.is_empty() => Ok(argv),
            _ => Err(self.bad_value("the program is missing")),
        }
    }

    /// Hands each entry of a table to `take`, in the order of the file.
    pub(super) fn table(
        &self,
        take: impl FnMut(Entry<'_, '_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let table = self.typed(self.value.get_ref().as_table(), "a table")?;
        entries(self.document, &self.key, table).try_for_each(take)
    }
}

fn entries<'a, 'd>(
    document: Document<'a>,
    parent: &str,
    table: &'a DeTable<'d>,
) -> impl Iterator<Item = Entry<'a, 'd>> {
    let mut entries: Vec<_> = table
        .iter()
        .map(|(key, value)| Entry {
            document,
            key: match parent {
                "" => key.get_ref().to_string(),
                parent => format!("{parent}.{}", key.get_ref()),
            },
            name: key.get_ref().as_ref(),
            offset: key.span().start,
            value,
        })
        .collect();
    order::sort_by_key(&mut entries, |entry| entry.offset);
    entries.into_iter()
}
