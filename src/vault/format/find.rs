//! The first of a byte.

/// Where `needle` is first in `bytes`.
///
/// `memchr::memchr` asks the processor what it can do before it begins, and in
/// a virtual machine each question is a trap: 10 µs, where a whole `get` takes
/// some hundred. x86-64 always has the instructions of SSE2; no other processor
/// is asked.
pub(super) fn find(needle: u8, bytes: &[u8]) -> Option<usize> {
    #[cfg(target_arch = "x86_64")]
    if let Some(finder) = memchr::arch::x86_64::sse2::memchr::One::new(needle) {
        return finder.find(bytes);
    }
    memchr::memchr(needle, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_is_found_where_it_is_first() {
        let mut bytes = [b'a'; 200];
        assert_eq!(find(b'\n', &bytes), None);
        for at in (0..200).rev() {
            bytes[at] = b'\n';
            for from in 0..=at {
                assert_eq!(find(b'\n', &bytes[from..]), Some(at - from));
                assert_eq!(find(b'\n', &bytes[from..at]), None);
            }
        }
    }
}
