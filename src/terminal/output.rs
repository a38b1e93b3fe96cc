//! Bytes out of a descriptor, and rows as a table.

use std::io;
use std::os::fd::BorrowedFd;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::io::Errno;

use crate::escape::{escape, escape_into};
use crate::file::write_all;

/// One of our two outgoing streams.
///
/// The bytes go straight to the descriptor: the buffers of [`std::io::stdout`]
/// are static, so a value that went through one would never be wiped.
pub(super) struct Stream {
    fd: BorrowedFd<'static>,
    is_terminal: OnceLock<bool>,
    closed: AtomicBool,
}

impl Stream {
    /// Takes the descriptor; whether it is a terminal is asked once, when it matters.
    pub(super) fn new(fd: BorrowedFd<'static>) -> Self {
        Stream {
            fd,
            is_terminal: OnceLock::new(),
            closed: AtomicBool::new(false),
        }
    }

    /// The descriptor.
    pub(super) fn fd(&self) -> BorrowedFd<'static> {
        self.fd
    }

    /// Whether the other end is a terminal.
    pub(super) fn is_terminal(&self) -> bool {
        *self
            .is_terminal
            .get_or_init(|| rustix::termios::isatty(self.fd))
    }

    /// Whether a write found that the reader has gone.
    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    /// Writes all of `bytes`, waiting where the descriptor is non-blocking.
    ///
    /// When the reader has gone (EPIPE) this and every later write does
    /// nothing and is no error: `secrets list | head -1` ended as asked.
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<()> {
        if self.closed.load(Ordering::Relaxed) {
            return Ok(());
        }
        match write_all(self.fd, bytes) {
            Err(Errno::PIPE) => {
                self.closed.store(true, Ordering::Relaxed);
                Ok(())
            }
            other => Ok(other?),
        }
    }
}

/// Lays out rows: aligned under a header for a terminal, else separated by
/// tabs and without header. Every cell is escaped, so a row is one line and a
/// tab is always a border. Without rows the text is empty; without a header
/// the rows begin at once.
pub(super) fn table<Row, Cell>(header: &[&str], rows: &[Row], aligned: bool) -> String
where
    Row: AsRef<[Cell]>,
    Cell: AsRef<str>,
{
    match aligned {
        true => aligned_table(header, rows),
        false => tabbed(rows),
    }
}

fn tabbed<Row: AsRef<[Cell]>, Cell: AsRef<str>>(rows: &[Row]) -> String {
    let mut out = String::new();
    for row in rows {
        for (column, cell) in row.as_ref().iter().enumerate() {
            if column > 0 {
                out.push('\t');
            }
            escape_into(cell.as_ref(), &mut out);
        }
        out.push('\n');
    }
    out
}

fn aligned_table<Row: AsRef<[Cell]>, Cell: AsRef<str>>(header: &[&str], rows: &[Row]) -> String {
    let escaped = |row: &Row| {
        row.as_ref()
            .iter()
            .map(|cell| escape(cell.as_ref()))
            .collect()
    };
    let mut all: Vec<Vec<String>> = Vec::new();
    if !header.is_empty() && !rows.is_empty() {
        all.push(header.iter().map(|&cell| cell.to_owned()).collect());
    }
    all.extend(rows.iter().map(escaped));
    let columns = all.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = all.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut out = String::new();
    for row in &all {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            let gap = width - cell.chars().count() + 2;
            line.extend(std::iter::repeat_n(' ', gap));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_aligned_for_eyes_and_tabbed_for_programs() {
        let rows = vec![
            vec!["dev:/A".to_owned(), "v3".to_owned(), "x".to_owned()],
            vec!["dev:/LÖNGER".to_owned(), "v12".to_owned(), String::new()],
        ];
        assert_eq!(
            table(&["ADDRESS", "VERSION", "TAGS"], &rows, true),
            "ADDRESS      VERSION  TAGS\n\
             dev:/A       v3       x\n\
             dev:/LÖNGER  v12\n"
        );
        assert_eq!(
            table(&["ADDRESS", "VERSION", "TAGS"], &rows, false),
            "dev:/A\tv3\tx\ndev:/LÖNGER\tv12\t\n"
        );
        assert_eq!(table(&["ADDRESS"], &[] as &[Vec<String>], true), "");
        assert_eq!(table(&["ADDRESS"], &[] as &[Vec<String>], false), "");
    }

    #[test]
    fn a_cell_cannot_break_out_of_its_row() {
        let rows = vec![vec!["a\tb\nc\x1b[2J".to_owned(), "d".to_owned()]];
        assert_eq!(table(&[], &rows, false), "a\\tb\\nc\\x1b[2J\td\n");
        assert_eq!(table(&[], &rows, true), "a\\tb\\nc\\x1b[2J  d\n");
    }
}
