//! The vault: one encrypted file of format v1 (`secrets-vault(5)`).

/// Random access to the bytes of a vault file.
///
/// A slice in memory and the store's open file are the two readers. The
/// length is fixed when the file is opened.
pub trait ReadAt {
    /// Length of the file, in bytes.
    fn size(&self) -> u64;

    /// Fills `buffer` from `offset`; fewer bytes than asked for is an error
    /// (`UnexpectedEof`).
    ///
    /// # Errors
    /// Whatever the operating system says.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<()>;
}
