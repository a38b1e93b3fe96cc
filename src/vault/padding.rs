//! Padding that hides lengths (`secrets-vault(5)`, NOTATION).

use zeroize::Zeroizing;

/// The padded length: the first of `least`, twice that, … 1024, then the next
/// multiple of 1024 that holds `bytes`.
fn bucket(bytes: usize, least: usize) -> usize {
    let mut size = least;
    while size < 1024 && size < bytes {
        size *= 2;
    }
    if size < bytes {
        bytes.div_ceil(1024) * 1024
    } else {
        size
    }
}

/// LE32 length ‖ content ‖ zeros.
pub(super) fn pad(content: &[u8], least: usize) -> Zeroizing<Vec<u8>> {
    let size = bucket(content.len() + 4, least);
    let mut out = Zeroizing::new(Vec::with_capacity(size));
    // Contents are at most 1 MiB; a longer one was refused before.
    out.extend(
        u32::try_from(content.len())
            .unwrap_or(u32::MAX)
            .to_le_bytes(),
    );
    out.extend(content);
    out.resize(size, 0);
    out
}

/// The content, if length, filler and total are as [`pad`] makes them.
pub(super) fn unpad(padded: &[u8], least: usize) -> Option<&[u8]> {
    let (len, rest) = padded.split_first_chunk::<4>()?;
    let len = usize::try_from(u32::from_le_bytes(*len)).ok()?;
    let (content, filler) = rest.split_at_checked(len)?;
    let exact = padded.len() == bucket(len.checked_add(4)?, least);
    let (words, rest) = filler.as_chunks::<8>();
    let zeros = words.iter().all(|word| *word == [0; 8]) && rest.iter().all(|b| *b == 0);
    (exact && zeros).then_some(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_has_one_form() {
        for (len, least, size) in [
            (0, 64, 64),
            (60, 64, 64),
            (61, 64, 128),
            (1020, 64, 1024),
            (1021, 64, 2048),
            (5000, 512, 5120),
        ] {
            let content = vec![7; len];
            let padded = pad(&content, least);
            assert_eq!(padded.len(), size, "{len}");
            assert_eq!(unpad(&padded, least), Some(content.as_slice()));
            let mut longer = padded.to_vec();
            longer.extend([0; 64]);
            assert_eq!(unpad(&longer, least), None);
            for at in len + 4..size {
                let mut dirty = padded.to_vec();
                dirty[at] = 1;
                assert_eq!(unpad(&dirty, least), None, "{len} {at}");
            }
        }
        assert_eq!(unpad(&[0xff; 64], 64), None);
        assert_eq!(unpad(&[0; 3], 64), None);
    }
}
