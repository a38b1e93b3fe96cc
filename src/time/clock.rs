//! What time it is.

use std::time::SystemTime;

use super::{Error, Timestamp};

/// Tells the time when an act happens, not when the program started: a prompt
/// may have waited for an hour in between.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// Stands still; for tests.
    Fixed(Timestamp),
    /// The clock of the operating system. It can be set back: who compares
    /// with an expiry takes the greatest of this and the times he has seen.
    System,
}

impl Clock {
    /// The time now, fractions of a second cut off.
    ///
    /// # Errors
    /// [`Error::Clock`] when the system's clock is before 1970 or over 2^53 - 1.
    pub fn now(&self) -> Result<Timestamp, Error> {
        match self {
            Clock::Fixed(now) => Ok(*now),
            Clock::System => of_system(SystemTime::now()),
        }
    }
}

fn of_system(now: SystemTime) -> Result<Timestamp, Error> {
    let since = now.duration_since(SystemTime::UNIX_EPOCH);
    let since = since.map_err(|_| Error::Clock)?;
    Timestamp::from_seconds(since.as_secs()).map_err(|_| Error::Clock)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_clock_out_of_reason_is_an_error() {
        let epoch = SystemTime::UNIX_EPOCH;
        let before = epoch.checked_sub(Duration::from_nanos(1)).unwrap();
        assert_eq!(of_system(before), Err(Error::Clock));
        let after = epoch.checked_add(Duration::from_secs(1 << 53)).unwrap();
        assert_eq!(of_system(after), Err(Error::Clock));
        assert_eq!(of_system(epoch).map(Timestamp::seconds), Ok(0));
    }

    #[test]
    fn a_fixed_clock_stands_still_and_the_system_one_is_after_2020() {
        let noon = Timestamp::parse("2026-11-24T12:00:00Z").unwrap();
        assert_eq!(Clock::Fixed(noon).now(), Ok(noon));
        assert!(Clock::System.now().unwrap() > Timestamp::parse_date("2020-01-01").unwrap());
    }
}
