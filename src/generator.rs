//! Values made at random: passwords, keys, UUIDs, passphrases.
//!
//! A [`Spec`] is what stands after `--generate` and `secrets generate`. Every
//! choice is uniform: numbers are drawn by rejection, never by remainder, so no
//! character and no word is likelier than another.

mod draw;
mod spec;
mod words;

pub use spec::Spec;

/// Greatest length of a password, in characters.
pub const MAX_PASSWORD_CHARS: u32 = 4096;
/// Greatest number of random bytes of `base64` and `hex`.
pub const MAX_RANDOM_BYTES: u32 = 65_536;
/// Greatest length of a passphrase, in words.
pub const MAX_PASSPHRASE_WORDS: u32 = 64;

/// Why a description of a value is refused. The text is quoted by the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// No set of characters has that name.
    Charset,
    /// A control character among the literal characters.
    CharsetControl,
    /// A literal character given twice, which would come twice as often.
    CharsetDuplicate(char),
    /// Fewer than two literal characters.
    CharsetTooSmall,
    /// No kind of value has that name.
    Kind,
    /// `base64` or `hex` without a length.
    LengthMissing,
    /// The length is no number.
    LengthNotANumber,
    /// The length is out of bounds.
    LengthOutOfBounds {
        /// The greatest length; the least is 1.
        max: u32,
        /// What is counted: `characters`, `bytes`, `words`.
        unit: &'static str,
    },
    /// Something follows that this kind does not take.
    TooManyParts,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Error::Charset => write!(
                f,
                "there are the characters alnum, alpha, digits, hex and ascii, or your own after \
                 \"=\""
            ),
            Error::CharsetControl => write!(f, "a control character cannot be generated"),
            Error::CharsetDuplicate(c) => {
                write!(f, "the character \"{}\" stands twice", c.escape_default())
            }
            Error::CharsetTooSmall => write!(f, "at least 2 different characters are needed"),
            Error::Kind => write!(
                f,
                "there are password[:LEN[:CHARSET]], base64:N, hex:N, uuid and passphrase[:WORDS]"
            ),
            Error::LengthMissing => write!(f, "the number of bytes is missing, as in hex:32"),
            Error::LengthNotANumber => write!(f, "the length is no number"),
            Error::LengthOutOfBounds { max, unit } => {
                write!(f, "the length is 1 to {max} {unit}")
            }
            Error::TooManyParts => write!(f, "something follows that this kind does not take"),
        }
    }
}

impl std::error::Error for Error {}
