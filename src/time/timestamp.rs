//! Points in time.

use jiff::SignedDuration;
use jiff::civil::DateTime;

use super::{Error, MAX_SECONDS, Span};

/// Where counting begins.
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
/// 9999-12-31T23:59:59Z, the last second that RFC 3339 can write.
const LAST_WRITTEN: u64 = 253_402_300_799;

/// A point in time: seconds since 1970-01-01T00:00:00Z, at most 2^53 - 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// Takes seconds since 1970, as a vault stores them.
    ///
    /// # Errors
    /// [`Error::TooFar`] above 2^53 - 1.
    pub fn from_seconds(seconds: u64) -> Result<Self, Error> {
        match seconds {
            0..=MAX_SECONDS => Ok(Timestamp(seconds)),
            _ => Err(Error::TooFar),
        }
    }

    /// Takes any number of seconds since 1970, as files of others have it: what
    /// lies after the year 9999 is its last second, so that it can be written.
    pub fn clamped(seconds: u64) -> Self {
        Timestamp(seconds.min(LAST_WRITTEN))
    }

    /// Seconds since 1970.
    pub fn seconds(self) -> u64 {
        self.0
    }

    /// Reads an RFC 3339 timestamp of any offset (section 5.6).
    ///
    /// Fractions of a second are cut off, a leap second counts as the second
    /// before it. `T` and `Z` may be small; nothing may be left out.
    ///
    /// # Errors
    /// [`Error::NotATimestamp`], [`Error::NoSuchDate`], [`Error::BeforeEpoch`],
    /// [`Error::TooFar`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut rest = text.as_bytes();
        let [year, month, day] = read_date(&mut rest).ok_or(Error::NotATimestamp)?;
        let ([hour, minute, second], offset) = read_time(&mut rest).ok_or(Error::NotATimestamp)?;
        // RFC 3339 appendix D knows ":60"; POSIX time has no such second.
        let second = if second == 60 { 59 } else { second };
        Self::of_civil([year, month, day], [hour, minute, second], offset)
    }

    /// Reads a bare date, `2027-01-31`, as its first second in UTC.
    ///
    /// # Errors
    /// Those of [`Timestamp::parse`].
    pub fn parse_date(text: &str) -> Result<Self, Error> {
        let mut rest = text.as_bytes();
        match read_date(&mut rest) {
            Some(date) if rest.is_empty() => Self::of_civil(date, [0; 3], 0),
            _ => Err(Error::NotATimestamp),
        }
    }

    /// The instant `span` later.
    ///
    /// # Errors
    /// [`Error::TooFar`] after the year 9999, which could not be written.
    pub fn plus(self, span: Span) -> Result<Self, Error> {
        match self.0.checked_add(span.seconds()) {
            Some(seconds @ 0..=LAST_WRITTEN) => Ok(Timestamp(seconds)),
            _ => Err(Error::TooFar),
        }
    }

    /// How long ago `earlier` was; nothing when it is later.
    pub fn since(self, earlier: Timestamp) -> Span {
        Span::between(self.0.saturating_sub(earlier.0))
    }

    /// Says when it is, seen from `now`: `in 5 days`, `3 weeks ago`, `just
    /// now` (this second or within the last minute). Rounded down.
    pub fn relative(self, now: Timestamp) -> String {
        match now.0.checked_sub(self.0) {
            Some(0..60) => "just now".to_owned(),
            Some(_) => format!("{} ago", now.since(self).rough()),
            None => format!("in {}", self.since(now).rough()),
        }
    }

    /// A date and a time of day that are `offset` seconds ahead of UTC.
    fn of_civil(date: [i16; 3], time: [i16; 3], offset: i64) -> Result<Self, Error> {
        let small = |n: i16| i8::try_from(n).map_err(|_| Error::NoSuchDate);
        let ([year, month, day], [hour, minute, second]) = (date, time);
        let civil = DateTime::new(
            year,
            small(month)?,
            small(day)?,
            small(hour)?,
            small(minute)?,
            small(second)?,
            0,
        );
        let civil = civil.map_err(|_| Error::NoSuchDate)?;
        let seconds = civil.duration_since(EPOCH).as_secs() - offset;
        match u64::try_from(seconds) {
            Ok(seconds @ 0..=LAST_WRITTEN) => Ok(Timestamp(seconds)),
            Ok(_) => Err(Error::TooFar),
            Err(_) => Err(Error::BeforeEpoch),
        }
    }
}

impl std::fmt::Display for Timestamp {
    /// RFC 3339 in UTC, `2026-11-24T11:43:53Z`; after the year 9999, which
    /// RFC 3339 cannot write, `@` and the seconds.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let seconds = i64::try_from(self.0).ok().map(SignedDuration::from_secs);
        match seconds.and_then(|seconds| EPOCH.checked_add(seconds).ok()) {
            Some(t) => write!(
                f,
                "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
                t.year(),
                t.month(),
                t.day(),
                t.hour(),
                t.minute(),
                t.second()
            ),
            None => write!(f, "@{}", self.0),
        }
    }
}

/// Takes `full-date` from the front of `rest`: year, month, day.
fn read_date(rest: &mut &[u8]) -> Option<[i16; 3]> {
    let year = digits(rest, 4)?;
    byte(rest, b"-")?;
    let month = digits(rest, 2)?;
    byte(rest, b"-")?;
    Some([year, month, digits(rest, 2)?])
}

/// Takes `"T" full-time`, which must be all of `rest`: hour, minute, second,
/// and seconds ahead of UTC.
fn read_time(rest: &mut &[u8]) -> Option<([i16; 3], i64)> {
    byte(rest, b"Tt")?;
    let hour = digits(rest, 2)?;
    byte(rest, b":")?;
    let minute = digits(rest, 2)?;
    byte(rest, b":")?;
    let second = digits(rest, 2)?;
    if byte(rest, b".").is_some() {
        let fraction = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        *rest = rest.get(fraction..).filter(|_| fraction > 0)?;
    }
    let offset = match byte(rest, b"Zz+-")? {
        b'Z' | b'z' => 0,
        sign => {
            let hours = digits(rest, 2).filter(|h| *h < 24)?;
            byte(rest, b":")?;
            let minutes = digits(rest, 2).filter(|m| *m < 60)?;
            let ahead = i64::from(hours) * 3600 + i64::from(minutes) * 60;
            if sign == b'-' { -ahead } else { ahead }
        }
    };
    rest.is_empty().then_some(([hour, minute, second], offset))
}

/// Takes exactly `count` (at most four) digits from the front of `rest`.
fn digits(rest: &mut &[u8], count: usize) -> Option<i16> {
    let (taken, left) = rest.split_at_checked(count)?;
    let mut number = 0;
    for digit in taken {
        let value = digit.checked_sub(b'0').filter(|value| *value < 10)?;
        number = number * 10 + i16::from(value);
    }
    *rest = left;
    Some(number)
}

/// Takes one byte, if it is one of `allowed`.
fn byte(rest: &mut &[u8], allowed: &[u8]) -> Option<u8> {
    let (first, left) = rest.split_first()?;
    allowed.contains(first).then(|| {
        *rest = left;
        *first
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_seconds(seconds).unwrap()
    }

    #[test]
    fn a_timestamp_is_written_as_rfc_3339_in_utc() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_795_520_633, "2026-11-24T11:43:53Z"),
            (4_294_967_296, "2106-02-07T06:28:16Z"),
            (LAST_WRITTEN, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(at(seconds).to_string(), text);
            assert_eq!(Timestamp::parse(text), Ok(at(seconds)));
        }
        assert_eq!(at(LAST_WRITTEN + 1).to_string(), "@253402300800");
        assert_eq!(Timestamp::clamped(u64::MAX), at(LAST_WRITTEN));
        assert_eq!(Timestamp::clamped(7), at(7));
        assert_eq!(at(MAX_SECONDS).to_string(), "@9007199254740991");
        assert_eq!(Timestamp::from_seconds(MAX_SECONDS + 1), Err(Error::TooFar));
    }

    #[test]
    fn every_form_of_rfc_3339_is_read() {
        for text in [
            "2026-11-24T13:43:53+02:00",
            "2026-11-24T04:13:53-07:30",
            "2026-11-24t11:43:53z",
            "2026-11-24T11:43:53.999999999999Z",
            "2026-11-24T11:43:53-00:00",
            "2026-11-25T11:42:53+23:59",
        ] {
            assert_eq!(Timestamp::parse(text), Ok(at(1_795_520_633)), "{text}");
        }
        assert_eq!(
            Timestamp::parse("1990-12-31T23:59:60Z"),
            Timestamp::parse("1990-12-31T23:59:59Z")
        );
        assert_eq!(
            Timestamp::parse_date("2027-01-31"),
            Timestamp::parse("2027-01-31T00:00:00Z")
        );
    }

    #[test]
    fn what_is_not_rfc_3339_is_refused() {
        for (text, error) in [
            ("", Error::NotATimestamp),
            ("2026-11-24", Error::NotATimestamp),
            ("2026-11-24T11:43Z", Error::NotATimestamp),
            ("2026-11-24T11:43:53", Error::NotATimestamp),
            ("2026-11-24T11:43:53.Z", Error::NotATimestamp),
            ("2026-11-24T11:43:53+0200", Error::NotATimestamp),
            ("2026-11-24T11:43:53+24:00", Error::NotATimestamp),
            ("2026-11-24T11:43:53Z ", Error::NotATimestamp),
            ("2026-11-24T11:43:53Z[UTC]", Error::NotATimestamp),
            ("20261124T114353Z", Error::NotATimestamp),
            ("+2026-11-24T11:43:53Z", Error::NotATimestamp),
            ("２026-11-24T11:43:53Z", Error::NotATimestamp),
            ("2026-13-01T00:00:00Z", Error::NoSuchDate),
            ("2027-02-29T00:00:00Z", Error::NoSuchDate),
            ("2027-01-01T24:00:00Z", Error::NoSuchDate),
            ("2027-01-01T00:00:61Z", Error::NoSuchDate),
            ("1969-12-31T23:59:59Z", Error::BeforeEpoch),
            ("1970-01-01T00:00:00+01:00", Error::BeforeEpoch),
            ("9999-12-31T23:59:59-00:01", Error::TooFar),
        ] {
            assert_eq!(Timestamp::parse(text), Err(error), "{text}");
        }
        for text in ["2027-1-31", "2027-01-31T00:00:00Z", "27-01-31"] {
            assert_eq!(Timestamp::parse_date(text), Err(Error::NotATimestamp));
        }
    }

    #[test]
    fn an_instant_is_told_as_people_say_it() {
        let now = at(1_795_520_633);
        let day = 86_400;
        for (seconds, text) in [
            (0, "just now"),
            (59, "just now"),
            (60, "1 minute ago"),
            (7_199, "1 hour ago"),
            (3 * day, "3 days ago"),
            (13 * day, "13 days ago"),
            (27 * day, "3 weeks ago"),
            (100 * day, "3 months ago"),
            (364 * day, "12 months ago"),
            (800 * day, "2 years ago"),
        ] {
            assert_eq!(at(now.seconds() - seconds).relative(now), text);
        }
        for (seconds, text) in [
            (1, "in 1 second"),
            (45, "in 45 seconds"),
            (5 * day + 5, "in 5 days"),
            (14 * day, "in 2 weeks"),
        ] {
            assert_eq!(at(now.seconds() + seconds).relative(now), text);
        }
    }

    #[test]
    fn adding_does_not_leave_what_can_be_written() {
        let span = |text| Span::parse(text).unwrap();
        assert_eq!(at(100).plus(span("1m")), Ok(at(160)));
        assert_eq!(at(LAST_WRITTEN).plus(span("1s")), Err(Error::TooFar));
        assert_eq!(at(LAST_WRITTEN - 1).plus(span("1s")), Ok(at(LAST_WRITTEN)));
        assert_eq!(at(160).since(at(100)), span("1m"));
        assert_eq!(at(100).since(at(160)), span("0s"));
    }
}
