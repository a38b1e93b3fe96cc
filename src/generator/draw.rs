//! Uniform choices.

use zeroize::Zeroizing;

use crate::crypto::{Random, RandomError};

/// Draws one of `items`, each as likely as any other.
pub(super) fn one_of<T: Copy + Default>(
    random: &mut dyn Random,
    items: &[T],
) -> Result<T, RandomError> {
    let index = below(random, items.len() as u32)?;
    Ok(items.get(index).copied().unwrap_or_default())
}

/// Draws a number of `0..count`; 0 for a count of 0.
///
/// A draw of 32 bits from the last, incomplete run of `count` numbers is thrown
/// away, which happens with a chance of `count` / 2^32 at most (a discard
/// method, NIST SP 800-90A Rev. 1, appendix A.5.1).
pub(super) fn below(random: &mut dyn Random, count: u32) -> Result<usize, RandomError> {
    let count = count.max(1);
    let limit = u32::MAX - u32::MAX % count;
    loop {
        let mut bytes = Zeroizing::new([0; 4]);
        random.fill(bytes.as_mut())?;
        let drawn = u32::from_be_bytes(*bytes);
        if drawn < limit {
            return Ok((drawn % count) as usize);
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Hands out given bytes, and fails the test when they run out.
    pub(in super::super) struct Sequence(Vec<u8>);

    impl Sequence {
        pub(in super::super) fn of(bytes: &[u8]) -> Self {
            Sequence(bytes.to_vec())
        }
    }

    impl Random for Sequence {
        fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomError> {
            bytes.copy_from_slice(&self.0[..bytes.len()]);
            self.0.drain(..bytes.len());
            Ok(())
        }
    }

    /// A stream that spreads well enough to meet every character: a Weyl
    /// sequence through a multiplicative hash.
    #[derive(Default)]
    pub(in super::super) struct Counter(u64);

    impl Random for Counter {
        fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomError> {
            for byte in bytes {
                self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
                *byte = ((self.0 ^ self.0 >> 31).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 56) as u8;
            }
            Ok(())
        }
    }

    #[test]
    fn a_draw_beyond_the_last_whole_run_is_thrown_away() {
        // 2^32 - 1 = 10 * 429496729 + 5: from 4294967290 on, 0 to 5 would come once more.
        let mut random = Sequence::of(&[
            0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfa, 0xff, 0xff, 0xff, 0xf9,
        ]);
        assert_eq!(below(&mut random, 10).ok(), Some(9));
        assert!(random.0.is_empty());
    }

    #[test]
    fn every_number_is_drawn_as_often() {
        let mut random = Counter::default();
        let mut counts = [0_u32; 62];
        for _ in 0..62_000 {
            counts[below(&mut random, 62).ok().unwrap()] += 1;
        }
        // Six standard deviations of a binomial around 1,000.
        assert!(counts.iter().all(|n| (811..1190).contains(n)), "{counts:?}");
    }
}
