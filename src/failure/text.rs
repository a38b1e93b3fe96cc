//! Foreign text in messages, and near misses.

/// The longest foreign text that a message repeats, in characters.
const MAX_QUOTED_CHARS: usize = 200;

/// Foreign text in double quotes: control and invisible characters escaped,
/// cut at 200 characters.
pub fn quoted(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTED_CHARS) {
        Some((end, _)) => format!("{:?}…", text.get(..end).unwrap_or_default()),
        None => format!("{text:?}"),
    }
}

/// The longest name that is compared with others, in bytes.
const MAX_SIMILAR_BYTES: usize = 160;

/// The candidate that `name` is most likely a slip of, if there is a likely one.
///
/// Another case, or a few letters wrong, missing, doubled or swapped: none in
/// 1 or 2 letters, 1 in up to 5, 2 in up to 10, else 3.
pub fn similar<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > MAX_SIMILAR_BYTES {
        return None;
    }
    let lower = name.to_lowercase();
    let distance = |candidate: &'a str| {
        let slips = strsim::osa_distance(&lower, &candidate.to_lowercase());
        let allowed = match candidate.len().max(name.len()) {
            0..=2 => 0,
            3..=5 => 1,
            6..=10 => 2,
            _ => 3,
        };
        (slips <= allowed).then_some((slips, candidate))
    };
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= MAX_SIMILAR_BYTES)
        .filter_map(distance)
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_miss_is_found_and_a_far_one_is_not() {
        let names = ["DATABASE_URL", "DATABASE_URI2", "A", "get", "list"];
        for (name, expected) in [
            ("DATABSE_URL", Some("DATABASE_URL")),
            ("database_url", Some("DATABASE_URL")),
            ("gte", Some("get")),
            ("lst", Some("list")),
            ("B", None),
            ("a", Some("A")),
            ("put", None),
            ("DB_URL", None),
            ("", None),
        ] {
            assert_eq!(similar(name, names), expected, "{name}");
        }
        assert_eq!(similar(&"a".repeat(100_000), names), None);
    }

    #[test]
    fn foreign_text_cannot_forge_a_line_or_move_the_cursor() {
        assert_eq!(
            quoted("a\nb\u{1b}[2J\u{202e}"),
            r#""a\nb\u{1b}[2J\u{202e}""#
        );
        assert_eq!(quoted(&"é".repeat(300)).chars().count(), 203);
    }
}
