//! Instants, durations and the clock.
//!
//! Everything is whole seconds: [`Timestamp`] counts from 1970-01-01T00:00:00Z
//! without leap seconds (POSIX time), [`Span`] is a length. A calendar is only
//! used to read and to print RFC 3339; there are no time zones beyond the
//! offset of a text, and nothing here asks for the time but [`Clock::now`].

mod clock;
mod instant;
mod span;
mod timestamp;

pub use clock::Clock;
pub use instant::{parse_instant, parse_past};
pub use span::Span;
pub use timestamp::Timestamp;

/// Greatest number of seconds, of an instant and of a duration (2^53 - 1,
/// exact in every JSON reader).
pub const MAX_SECONDS: u64 = (1 << 53) - 1;

/// Why a time is refused. The text that was given is quoted by the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// An instant before 1970.
    BeforeEpoch,
    /// The system's clock stands before 1970.
    Clock,
    /// Of the right form, but no such day or hour (`2027-02-30`).
    NoSuchDate,
    /// The text is no duration.
    NotADuration,
    /// The text is none of the forms of an instant.
    NotAnInstant,
    /// The text is no RFC 3339 timestamp.
    NotATimestamp,
    /// An instant that must lie ahead is over, or is this very second.
    Past,
    /// More than [`MAX_SECONDS`], or an instant after the year 9999.
    TooFar,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Error::BeforeEpoch => "it is before 1970",
            Error::Clock => "the system clock is before 1970 or beyond reason",
            Error::NoSuchDate => "there is no such date or time of day",
            Error::NotADuration => {
                "it is no duration: 30s 15m 24h 7d 12w 1y, or P90D P12W PT24H PT15M"
            }
            Error::NotAnInstant => {
                "it is no date: 2027-01-31, 2027-01-31T12:00:00Z, \"never\", or a duration from \
                 now as 30s 15m 24h 7d 12w 1y"
            }
            Error::NotATimestamp => "it is no RFC 3339 timestamp as 2027-01-31T12:00:00Z",
            Error::Past => "it is in the past",
            Error::TooFar => "it is after the year 9999",
        })
    }
}

impl std::error::Error for Error {}
