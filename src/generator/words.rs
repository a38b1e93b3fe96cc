//! Passphrases of words.
//!
//! The words are the EFF long list (Electronic Frontier Foundation, 2016, CC-BY
//! 3.0 US; see `eff_large_wordlist.license`), one for each throw of five dice.

use zeroize::Zeroizing;

use super::draw;
use crate::crypto::{Random, RandomError};

/// The words of the list as it was published, one on each line. The five dice
/// and the tab in front of each are left out: they count the lines.
const LIST: &str = include_str!("eff_large_wordlist.txt");
/// Number of words: 6^5, 12.9 bits each.
const WORDS: u32 = 7_776;
/// Length of the longest word, in bytes.
const WIDEST: usize = 9;

/// Draws `count` words and joins them by `-`.
pub(super) fn passphrase(
    random: &mut dyn Random,
    count: usize,
) -> Result<Zeroizing<Vec<u8>>, RandomError> {
    let mut text = Zeroizing::new(Vec::with_capacity(count.saturating_mul(WIDEST + 1)));
    for i in 0..count {
        if i > 0 {
            text.push(b'-');
        }
        let drawn = draw::below(random, WORDS)?;
        text.extend_from_slice(list().nth(drawn).unwrap_or_default().as_bytes());
    }
    Ok(text)
}

fn list() -> impl Iterator<Item = &'static str> {
    LIST.lines()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::crypto::sha256;

    use super::super::draw::tests::Sequence;
    use super::*;

    #[test]
    fn the_list_is_the_one_that_was_published() {
        let die = |at: usize, place: u32| at / 6usize.pow(place) % 6 + 1;
        let line = |(at, word)| {
            let dice: String = (0..5).rev().map(|n| die(at, n).to_string()).collect();
            format!("{dice}\t{word}\n")
        };
        let published: String = list().enumerate().map(line).collect();
        assert_eq!(
            data_encoding::HEXLOWER.encode(&sha256(published.as_bytes())),
            "addd35536511597a02fa0a9ff1e5284677b8883b83e986e43f15a3db996b903e"
        );
        let words: Vec<&str> = list().collect();
        assert_eq!(words.len(), WORDS as usize);
        assert_eq!(words.iter().collect::<BTreeSet<_>>().len(), words.len());
        assert_eq!(words.iter().map(|w| w.len()).max(), Some(WIDEST));
        let plain = |w: &&str| w.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        assert!(words.iter().all(plain));
    }

    #[test]
    fn words_are_drawn_from_the_whole_list() {
        let mut random = Sequence::of(&[
            0, 0, 0, 0, // the first
            0, 0, 0x1e, 0x5f, // 7775, the last
            0, 0, 0x1e, 0x60, // 7776, the first again
            0xff, 0xff, 0xff, 0xff, // thrown away
            0, 0, 0, 5,
        ]);
        let value = passphrase(&mut random, 4).ok().unwrap();
        assert_eq!(value.as_slice(), b"abacus-zoom-abacus-ability");
    }
}
