use crate::audit::state::{MIN_SLOT_BYTES, Read, State, text_len};
use crate::audit::tests::{Sample, VAULT};
use crate::vault::{Anchor, ChainId};

#[test]
fn a_slot_is_text_with_a_checksum_at_its_end() {
    let sample = Sample::of(3);
    assert_eq!(sample.state.slot_size(), Some(MIN_SLOT_BYTES));
    let slot = sample.state.slot(9, MIN_SLOT_BYTES).unwrap();
    assert_eq!(slot.len(), MIN_SLOT_BYTES);
    let text = std::str::from_utf8(&slot).unwrap();
    let begins = "{\"state\":1,\"write\":9,\"vault\":\"AQEBAQEBAQEBAQEBAQEBAQ\",\"device\":\"AgICAgICAgI\",\
                  \"chain\":\"BAQEBAQEBAQEBAQEBAQEBA\",\"slot\":\"AwMDAwMDAwM\",\"prev\":[],\"next\":3,\"key\":\"";
    assert!(text.starts_with(begins), "{text}");
    assert!(text.ends_with('\n'));
    let Read { state, write, .. } = State::read_slot(&slot).unwrap();
    assert_eq!(
        (write, state.next, state.len),
        (9, 3, sample.log.len() as u64)
    );
    assert_eq!(state.start, sample.state.start);
    assert_eq!(state.start.vault, VAULT);
    assert_eq!(state.hash, sample.state.hash);
    assert_eq!(state.key.bytes(), sample.state.key.bytes());
}

#[test]
fn a_slot_with_one_changed_byte_is_none() {
    let slot = Sample::of(2).state.slot(1, MIN_SLOT_BYTES).unwrap();
    for at in 0..slot.len() {
        let mut other = slot.to_vec();
        other[at] ^= 1;
        assert!(State::read_slot(&other).is_none(), "byte {at}");
    }
    for len in [0, 64, 65, MIN_SLOT_BYTES - 1] {
        assert!(State::read_slot(&slot[..len]).is_none(), "{len} bytes");
    }
}

#[test]
fn a_slot_grows_with_the_chains_before_it() {
    let mut sample = Sample::of(2);
    let mut sizes = Vec::new();
    for n in 0..200_u8 {
        sample.state.start.previous.push(Anchor {
            chain: ChainId([n; 16]),
            entries: 1 << 40,
            hash: [n; 32],
        });
        let size = sample.state.slot_size().unwrap();
        let slot = sample.state.slot(1, size).unwrap();
        let state = State::read_slot(&slot).unwrap().state;
        assert_eq!(state.start, sample.state.start);
        sizes.push(size);
    }
    sizes.dedup();
    assert_eq!(sizes, [4096, 8192, 16384, 32768]);
    assert!(sample.state.slot(1, 4096).is_none());
}

#[test]
fn the_text_ends_where_the_last_spaces_begin() {
    for len in 0..70 {
        for spaces in 0..70 {
            let mut bytes = vec![b'x'; len];
            bytes.resize(len + spaces, b' ');
            assert_eq!(text_len(&bytes), len, "{len} and {spaces}");
            if len > 1 {
                bytes[len - 2] = b' ';
                assert_eq!(text_len(&bytes), len, "{len} and {spaces}");
            }
        }
    }
}

#[test]
fn the_size_of_a_slot_does_not_depend_on_its_numbers() {
    let mut state = Sample::of(2).state;
    for n in 0..200_u8 {
        state.start.previous.push(Anchor {
            chain: ChainId([n; 16]),
            entries: 1,
            hash: [n; 32],
        });
        let sizes =
            [1, 9, 10, 99_999, (1 << 53) - 1].map(|write| state.around_key(write).slot_size());
        assert!(
            sizes.iter().all(|size| *size == state.slot_size()),
            "{n}: {sizes:?}"
        );
    }
}
