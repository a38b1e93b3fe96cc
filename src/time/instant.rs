//! When something shall end, as a person writes it.

use super::{Error, Span, Timestamp};

/// Reads what stands after `--expires`: a [`Span`] from `now`, a date
/// (`2027-01-31`, its first second in UTC), an RFC 3339 timestamp, or `never`
/// (`None`).
///
/// # Errors
/// [`Error::NotAnInstant`], [`Error::NoSuchDate`], [`Error::TooFar`], and
/// [`Error::Past`] for everything that is not after `now`.
pub fn parse_instant(text: &str, now: Timestamp) -> Result<Option<Timestamp>, Error> {
    if text == "never" {
        return Ok(None);
    }
    let instant = match Span::parse(text) {
        Ok(span) => now.plus(span)?,
        Err(Error::NotADuration) => date_or_timestamp(text).map_err(|error| match error {
            Error::BeforeEpoch => Error::Past,
            error => error,
        })?,
        Err(error) => return Err(error),
    };
    if instant <= now {
        return Err(Error::Past);
    }
    Ok(Some(instant))
}

/// Reads what stands after `--since`: a [`Span`] before `now`, a date, or an
/// RFC 3339 timestamp.
///
/// # Errors
/// [`Error::NotAnInstant`], [`Error::NoSuchDate`], [`Error::BeforeEpoch`].
pub fn parse_past(text: &str, now: Timestamp) -> Result<Timestamp, Error> {
    match Span::parse(text) {
        Ok(span) => Timestamp::from_seconds(now.seconds().saturating_sub(span.seconds())),
        Err(Error::NotADuration) => date_or_timestamp(text),
        Err(error) => Err(error),
    }
}

fn date_or_timestamp(text: &str) -> Result<Timestamp, Error> {
    Timestamp::parse_date(text)
        .or_else(|error| match error {
            Error::NotATimestamp => Timestamp::parse(text),
            error => Err(error),
        })
        .map_err(|error| match error {
            Error::NotATimestamp => Error::NotAnInstant,
            error => error,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_that_has_passed_is_read() {
        let now = Timestamp::parse("2026-11-24T11:43:53Z").unwrap();
        for (text, instant) in [
            ("24h", "2026-11-23T11:43:53Z"),
            ("P1D", "2026-11-23T11:43:53Z"),
            ("2026-11-01", "2026-11-01T00:00:00Z"),
            ("2027-01-01T00:00:00+01:00", "2026-12-31T23:00:00Z"),
        ] {
            assert_eq!(parse_past(text, now), Timestamp::parse(instant), "{text}");
        }
        assert_eq!(parse_past("yesterday", now), Err(Error::NotAnInstant));
        assert_eq!(parse_past("never", now), Err(Error::NotAnInstant));
        assert_eq!(parse_past("100y", now).map(Timestamp::seconds), Ok(0));
    }

    #[test]
    fn every_form_of_an_instant_is_read() {
        let now = Timestamp::parse("2026-11-24T11:43:53Z").unwrap();
        for (text, instant) in [
            ("1s", "2026-11-24T11:43:54Z"),
            ("30d", "2026-12-24T11:43:53Z"),
            ("1y", "2027-11-24T11:43:53Z"),
            ("P7D", "2026-12-01T11:43:53Z"),
            ("2027-01-31", "2027-01-31T00:00:00Z"),
            ("2027-01-31T01:00:00+02:00", "2027-01-30T23:00:00Z"),
            ("9999-12-31", "9999-12-31T00:00:00Z"),
        ] {
            let instant = Timestamp::parse(instant).map(Some);
            assert_eq!(parse_instant(text, now), instant, "{text}");
        }
        assert_eq!(parse_instant("never", now), Ok(None));
    }

    #[test]
    fn what_is_over_or_no_instant_is_refused() {
        let now = Timestamp::parse("2026-11-24T00:00:00Z").unwrap();
        for (text, error) in [
            ("0s", Error::Past),
            ("2026-11-24", Error::Past),
            ("2026-11-24T00:00:00Z", Error::Past),
            ("2026-11-23", Error::Past),
            ("1969-07-20", Error::Past),
            ("2027-02-30", Error::NoSuchDate),
            ("9000y", Error::TooFar),
            ("999999999999999999999y", Error::TooFar),
            ("", Error::NotAnInstant),
            ("Never", Error::NotAnInstant),
            ("tomorrow", Error::NotAnInstant),
            ("1795520633", Error::NotAnInstant),
            ("2027-01-31 12:00:00", Error::NotAnInstant),
        ] {
            assert_eq!(parse_instant(text, now), Err(error), "{text}");
        }
        let soon = parse_instant("2026-11-24T00:00:01Z", now);
        assert_eq!(soon, now.plus(Span::parse("1s").unwrap()).map(Some));
    }
}
