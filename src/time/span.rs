//! Lengths of time.

use super::{Error, MAX_SECONDS};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;
/// 365 days, whatever the calendar says.
const YEAR: u64 = 365 * DAY;

/// A length of time in whole seconds, at most 2^53 - 1.
///
/// A day is always 24 hours and a year 365 days, so a span is the same length
/// wherever it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(u64);

impl Span {
    /// Takes seconds.
    ///
    /// # Errors
    /// [`Error::TooFar`] above 2^53 - 1.
    pub fn from_seconds(seconds: u64) -> Result<Self, Error> {
        match seconds {
            0..=MAX_SECONDS => Ok(Span(seconds)),
            _ => Err(Error::TooFar),
        }
    }

    /// The length in seconds.
    pub fn seconds(self) -> u64 {
        self.0
    }

    /// Reads `30s 15m 24h 7d 12w 1y` or, of ISO 8601, `PnD PnW PTnH PTnM`.
    ///
    /// One number and one unit; `m` is minutes. ISO 8601 months and years are
    /// refused, because their length depends on where they begin.
    ///
    /// # Errors
    /// [`Error::NotADuration`], [`Error::TooFar`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let (body, units): (&str, &[(char, u64)]) = if let Some(body) = text.strip_prefix("PT") {
            (body, &[('H', HOUR), ('M', MINUTE)])
        } else if let Some(body) = text.strip_prefix('P') {
            (body, &[('D', DAY), ('W', WEEK)])
        } else {
            let units = &[
                ('s', 1),
                ('m', MINUTE),
                ('h', HOUR),
                ('d', DAY),
                ('w', WEEK),
                ('y', YEAR),
            ];
            (text, units)
        };
        let (number, length) = units
            .iter()
            .find_map(|(unit, length)| Some((body.strip_suffix(*unit)?, *length)))
            .ok_or(Error::NotADuration)?;
        if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Error::NotADuration);
        }
        // All digits: only its size can keep it from being a number.
        let number: u64 = number.parse().map_err(|_| Error::TooFar)?;
        Self::from_seconds(number.checked_mul(length).ok_or(Error::TooFar)?)
    }

    /// The length as people say it, rounded down: `5 days`, `3 weeks`.
    ///
    /// Days up to two weeks, weeks up to two months, months of 30 days up to a
    /// year, then years of 365 days.
    pub fn rough(self) -> String {
        let (length, unit) = match self.0 {
            0..MINUTE => (1, "second"),
            MINUTE..HOUR => (MINUTE, "minute"),
            HOUR..DAY => (HOUR, "hour"),
            _ if self.0 < 2 * WEEK => (DAY, "day"),
            _ if self.0 < 60 * DAY => (WEEK, "week"),
            _ if self.0 < YEAR => (30 * DAY, "month"),
            _ => (YEAR, "year"),
        };
        match self.0 / length {
            1 => format!("1 {unit}"),
            count => format!("{count} {unit}s"),
        }
    }

    /// The distance of two instants, which is in range as they are.
    pub(super) fn between(seconds: u64) -> Self {
        Span(seconds.min(MAX_SECONDS))
    }
}

impl std::fmt::Display for Span {
    /// The shortest exact form that [`Span::parse`] reads: `90d`, `2w`, `0s`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let units = [
            (YEAR, 'y'),
            (WEEK, 'w'),
            (DAY, 'd'),
            (HOUR, 'h'),
            (MINUTE, 'm'),
        ];
        let exact = |(length, _): &(u64, char)| self.0 > 0 && self.0.is_multiple_of(*length);
        let (length, unit) = units.into_iter().find(exact).unwrap_or((1, 's'));
        write!(f, "{}{unit}", self.0 / length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_duration_is_read() {
        for (text, seconds) in [
            ("0s", 0),
            ("30s", 30),
            ("15m", 900),
            ("24h", 86_400),
            ("7d", 604_800),
            ("12w", 7_257_600),
            ("1y", 31_536_000),
            ("P90D", 7_776_000),
            ("P2W", 1_209_600),
            ("PT12H", 43_200),
            ("PT30M", 1_800),
            ("9007199254740991s", MAX_SECONDS),
        ] {
            assert_eq!(Span::parse(text), Span::from_seconds(seconds), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in [
            "", "s", "30", "30 s", " 30s", "-1d", "+1d", "1.5h", "1h30m", "1M", "7D", "1mo", "P",
            "PT", "P1M", "P1Y", "PT30S", "PD", "P1DT2H", "P-1D", "p1d", "PT1D", "P1H", "never",
        ] {
            assert_eq!(Span::parse(text), Err(Error::NotADuration), "{text}");
        }
        for text in [
            "9007199254740992s",
            "285616415y",
            // 2^64 is 584942417355.07 years: this wraps to a small number.
            "584942417356y",
            "18446744073709551616s",
            "P999999999999999999999D",
        ] {
            assert_eq!(Span::parse(text), Err(Error::TooFar), "{text}");
        }
    }

    #[test]
    fn a_duration_is_written_in_its_shortest_exact_form() {
        for (seconds, text) in [
            (0, "0s"),
            (59, "59s"),
            (90, "90s"),
            (3_600, "1h"),
            (86_400, "1d"),
            (7_776_000, "90d"),
            (1_209_600, "2w"),
            (31_536_000, "1y"),
            (31_536_001, "31536001s"),
        ] {
            let span = Span::from_seconds(seconds).unwrap();
            assert_eq!(span.to_string(), text);
            assert_eq!(Span::parse(text), Ok(span));
        }
    }
}
