//! Tags that are replaced, added, taken away.

use crate::failure::{Failure, quoted};
use crate::vault::TagEdit;

/// `--tags` of `meta`: `a,b` replaces all tags, `+a` adds one, `-a` takes one
/// away, and an empty text alone leaves none.
///
/// # Errors
/// A sign without a tag.
pub fn tags(parts: &[String]) -> Result<TagEdit, Failure> {
    let mut edit = TagEdit::default();
    for part in parts {
        let (list, tag) = if let Some(tag) = part.strip_prefix('+') {
            (&mut edit.add, tag)
        } else if let Some(tag) = part.strip_prefix('-') {
            (&mut edit.remove, tag)
        } else {
            (edit.replace.get_or_insert_default(), part.as_str())
        };
        match tag {
            "" if part.is_empty() => {}
            "" => {
                let message = format!("--tags {}: a sign without a tag", quoted(part));
                return Err(Failure::usage(message));
            }
            tag => list.push(tag.to_owned()),
        }
    }
    Ok(edit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_add_and_take_away_and_bare_tags_replace() {
        for (given, replace, add, remove) in [
            ("a,b", Some("a b"), "", ""),
            ("+a,-b,+c", None, "a c", "b"),
            ("a,+b,-c", Some("a"), "b", "c"),
            ("", Some(""), "", ""),
            ("a,", Some("a"), "", ""),
        ] {
            let parts: Vec<String> = given.split(',').map(str::to_owned).collect();
            let edit = tags(&parts).unwrap();
            let found = edit.replace.map(|tags| tags.join(" "));
            assert_eq!(found.as_deref(), replace, "{given}");
            assert_eq!(edit.add.join(" "), add, "{given}");
            assert_eq!(edit.remove.join(" "), remove, "{given}");
        }
        for bare in ["+", "-"] {
            assert!(tags(&[bare.to_owned()]).is_err());
        }
    }
}
