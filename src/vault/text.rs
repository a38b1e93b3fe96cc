//! The text of a new file: what is new of it, and what stays of the one before.

use super::{Error, ReadAt};
use std::io::ErrorKind::UnexpectedEof;
use std::ops::Range;
use std::sync::Arc;

/// Bytes in pieces. What stays is not copied: it is the memory of the file
/// before, in which it was verified, and it is written to the disk from there.
#[derive(Debug, Default)]
pub struct Text {
    /// None is empty; each with its offset.
    pieces: Vec<(u64, Piece)>,
    size: u64,
}

#[derive(Debug)]
enum Piece {
    Kept(Arc<Vec<u8>>, Range<usize>),
    New(Vec<u8>),
}

impl Piece {
    fn bytes(&self) -> &[u8] {
        match self {
            Piece::Kept(file, range) => file.get(range.clone()).unwrap_or_default(),
            Piece::New(bytes) => bytes,
        }
    }
}

impl Text {
    /// Adds new bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        match self.pieces.last_mut() {
            Some((_, Piece::New(last))) => last.extend_from_slice(bytes),
            _ if bytes.is_empty() => {}
            _ => self.pieces.push((self.size, Piece::New(bytes.to_vec()))),
        }
        self.size += bytes.len() as u64;
    }

    /// Adds what `source` has from `offset` on.
    ///
    /// # Errors
    /// The source ends before, or cannot be read.
    pub(super) fn copy(&mut self, source: &dyn ReadAt, offset: u64, len: u64) -> Result<(), Error> {
        let ended = || Error::Read(UnexpectedEof.into());
        let size = usize::try_from(len).map_err(|_| ended())?;
        let Some(file) = source.held() else {
            let mut bytes = vec![0; size];
            source.read_at(offset, &mut bytes)?;
            self.push(&bytes);
            return Ok(());
        };
        let from = usize::try_from(offset).map_err(|_| ended())?;
        let range = from..from.checked_add(size).ok_or_else(ended)?;
        if file.get(range.clone()).is_none() {
            return Err(ended());
        }
        if size > 0 {
            let kept = Piece::Kept(Arc::clone(file), range);
            self.pieces.push((self.size, kept));
        }
        self.size += len;
        Ok(())
    }

    /// All of it, in pieces.
    pub fn pieces(&self) -> Vec<&[u8]> {
        self.pieces.iter().map(|(_, piece)| piece.bytes()).collect()
    }

    /// What stands from an offset on, piece by piece.
    fn from(&self, offset: u64) -> impl Iterator<Item = &[u8]> {
        let first = self.pieces.partition_point(|(at, _)| *at <= offset);
        let pieces = self
            .pieces
            .get(first.saturating_sub(1)..)
            .unwrap_or_default();
        pieces.iter().map(move |(at, piece)| {
            let skip = usize::try_from(offset.saturating_sub(*at)).unwrap_or(usize::MAX);
            piece.bytes().get(skip..).unwrap_or_default()
        })
    }
}

impl ReadAt for Arc<Text> {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, mut buffer: &mut [u8]) -> std::io::Result<()> {
        for piece in self.from(offset) {
            let (room, left) = buffer.split_at_mut(piece.len().min(buffer.len()));
            room.copy_from_slice(piece.get(..room.len()).unwrap_or_default());
            buffer = left;
            if buffer.is_empty() {
                return Ok(());
            }
        }
        Err(UnexpectedEof.into())
    }

    fn piece(&self, offset: u64, len: u64) -> Option<&[u8]> {
        self.from(offset).next()?.get(..usize::try_from(len).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_read_like_one_file() {
        let old = Arc::new(b"0123456789".to_vec());
        let mut text = Text::default();
        text.push(b"ab");
        text.push(b"c");
        text.copy(&old, 2, 5).unwrap();
        text.copy(&old, 9, 1).unwrap();
        text.push(b"def");
        assert!(text.copy(&old, 8, 3).is_err());
        let all = b"abc234569def";
        assert_eq!(text.pieces().concat(), all);
        assert_eq!(text.pieces().len(), 4);
        let text = Arc::new(text);
        assert_eq!(text.size(), all.len() as u64);
        for from in 0..=all.len() {
            for to in from..=all.len() {
                let mut bytes = vec![0; to - from];
                text.read_at(from as u64, &mut bytes).unwrap();
                assert_eq!(bytes, all[from..to]);
                let piece = text.piece(from as u64, (to - from) as u64);
                assert!(piece.is_none_or(|piece| piece == &all[from..to]));
                let joins = [3, 8, 9].iter().any(|join| from < *join && *join < to);
                assert_eq!(piece.is_none(), joins, "{from} {to}");
            }
            let mut beyond = vec![0; all.len() - from + 1];
            assert!(text.read_at(from as u64, &mut beyond).is_err());
            assert!(text.piece(from as u64, beyond.len() as u64).is_none());
        }
        // What stays is the same memory.
        assert!(std::ptr::eq(text.piece(3, 5).unwrap(), &old[2..7]));
    }
}
