//! The symmetric primitives: Wycheproof and the RFCs.

use super::hex;
use crate::aead::{Nonce, open, seal};
use crate::keys::expand;
use crate::{Iterations, Message, NameIndex, Random, RandomError, SlotInput, sha256};
use data_encoding::HEXLOWER;
use sha2::Sha256;
use wycheproof::TestResult;

/// A source that hands out bytes that were chosen before.
struct Chosen<'a>(&'a [u8]);

impl Random for Chosen<'_> {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomError> {
        let (now, later) = self.0.split_at_checked(bytes.len()).ok_or(RandomError)?;
        bytes.copy_from_slice(now);
        self.0 = later;
        Ok(())
    }
}

/// The record id of a message under a MAC key of any length: by RFC 2104 a key
/// over 64 bytes is its hash, and a shorter one is followed by zeros.
fn record_id(key: &[u8], message: &[u8]) -> [u8; 16] {
    let hashed = sha256(key);
    let key = if key.len() > 64 { &hashed } else { key };
    assert!(key.len() <= 32, "a key that NameIndex cannot hold");
    NameIndex::of(key).record_id(message)
}

#[test]
fn aes_gcm_opens_and_seals_as_wycheproof_says() {
    use wycheproof::aead::{TestName, TestSet};
    let (mut valid, mut invalid) = (0, 0);
    for group in TestSet::load(TestName::AesGcm).unwrap().test_groups {
        if (group.key_size, group.nonce_size, group.tag_size) != (256, 96, 128) {
            continue;
        }
        for test in group.tests {
            let key: [u8; 32] = test.key.as_slice().try_into().unwrap();
            let sealed = [&test.nonce[..], &test.ct[..], &test.tag[..]].concat();
            let opened = open(&key, &test.aad, &sealed);
            match test.result {
                TestResult::Valid => {
                    let plain = opened.unwrap_or_else(|_| panic!("{}", test.tc_id));
                    assert_eq!(plain.as_slice(), test.pt.as_slice(), "{}", test.tc_id);
                    let nonce = Nonce::draw(&mut Chosen(&test.nonce)).unwrap();
                    let again = seal(&key, nonce, &test.aad, &test.pt).unwrap();
                    assert!(again == sealed, "{}", test.tc_id);
                    valid += 1;
                }
                _ => {
                    assert!(opened.is_err(), "{}: {}", test.tc_id, test.comment);
                    invalid += 1;
                }
            }
        }
    }
    println!("AES-256-GCM, Wycheproof: {valid} valid, {invalid} invalid");
    assert_eq!((valid, invalid), (39, 27));
}

#[test]
fn what_is_shorter_than_nonce_and_tag_does_not_open() {
    for len in 0..28 {
        assert!(open(&[0; 32], &[], &vec![0; len]).is_err(), "{len}");
    }
}

#[test]
fn record_ids_are_hmac_sha256_as_wycheproof_says() {
    use wycheproof::mac::{TestName, TestSet};
    let (mut valid, mut invalid, mut beyond) = (0, 0, 0);
    for group in TestSet::load(TestName::HmacSha256).unwrap().test_groups {
        for test in group.tests {
            let id = record_id(&test.key, &test.msg);
            let same = id.as_slice() == test.tag.get(..16).unwrap();
            match test.result {
                TestResult::Valid => {
                    assert!(same, "{}", test.tc_id);
                    valid += 1;
                }
                // The id is the first half of the tag; what is wrong may lie behind it.
                _ if same => {
                    assert_eq!(group.tag_size, 256, "{}", test.tc_id);
                    beyond += 1;
                }
                _ => invalid += 1,
            }
        }
    }
    println!("HMAC-SHA256, Wycheproof: {valid} valid, {invalid} invalid, {beyond} beyond 16 bytes");
    assert_eq!((valid, invalid + beyond), (66, 108));
    assert!(beyond < 36, "{beyond}");
}

#[test]
fn record_ids_are_hmac_sha256_as_rfc_4231_says() {
    let (aa, aa_long) = ([0xaa; 20], [0xaa; 131]);
    let counting: Vec<u8> = (1..=25).collect();
    let long = b"This is a test using a larger than block-size key and a larger than block-size \
                 data. The key needs to be hashed before being used by the HMAC algorithm.";
    // Keys, data and the first 16 bytes of the output of §4.2 to §4.8.
    let cases: [(&[u8], &[u8], &str); 7] = [
        (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b"),
        (
            b"Jefe",
            b"what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c7",
        ),
        (&aa, &[0xdd; 50], "773ea91e36800e46854db8ebd09181a7"),
        (&counting, &[0xcd; 50], "82558a389a443c0ea4cc819899f2083a"),
        (
            &[0x0c; 20],
            b"Test With Truncation",
            "a3b6167473100ee06e0c796c2955552b",
        ),
        (
            &aa_long,
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f",
        ),
        (&aa_long, long, "9b09ffa71b942fcb27635fbcd5b0e944"),
    ];
    for (number, (key, data, tag)) in cases.iter().enumerate() {
        assert_eq!(
            HEXLOWER.encode(&record_id(key, data)),
            *tag,
            "case {}",
            number + 1
        );
    }
}

#[test]
fn hkdf_expands_as_wycheproof_says() {
    use wycheproof::hkdf::{TestName, TestSet};
    let (mut valid, mut too_large) = (0, 0);
    for group in TestSet::load(TestName::HkdfSha256).unwrap().test_groups {
        for test in group.tests {
            let mut out = vec![0; test.size];
            if test.result == TestResult::Valid {
                expand(&test.salt, &test.ikm, &Message::raw(&test.info), &mut out);
                assert!(out == test.okm.as_slice(), "{}", test.tc_id);
                valid += 1;
            } else {
                // More than RFC 5869 gives. No caller asks for it; the crate below us refuses.
                let hkdf = hkdf::Hkdf::<Sha256>::new(Some(&test.salt), &test.ikm);
                assert!(hkdf.expand(&test.info, &mut out).is_err(), "{}", test.tc_id);
                too_large += 1;
            }
        }
    }
    println!("HKDF-SHA256, Wycheproof: {valid} valid, {too_large} invalid");
    assert_eq!((valid, too_large), (83, 3));
}

#[test]
fn hkdf_expands_as_rfc_5869_says() {
    let range = |from: u8, to: u8| (from..=to).collect::<Vec<u8>>();
    // Appendix A.1 to A.3: keying material, salt, info and output.
    let cases = [
        (
            vec![0x0b; 22],
            range(0, 0x0c),
            range(0xf0, 0xf9),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        ),
        (
            range(0, 0x4f),
            range(0x60, 0xaf),
            range(0xb0, 0xff),
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c
             59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71
             cc30c58179ec3e87c14c01d5c1f3434f1d87",
        ),
        (
            vec![0x0b; 22],
            vec![],
            vec![],
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
        ),
    ];
    for (ikm, salt, info, okm) in cases {
        let okm = hex(okm);
        let mut out = vec![0; okm.len()];
        expand(&salt, &ikm, &Message::raw(&info), &mut out);
        assert_eq!(out, okm);
    }
}

#[test]
fn pbkdf2_derives_as_wycheproof_and_rfc_7914_say() {
    use wycheproof::pbkdf2::{TestFlag, TestName, TestSet};
    let (mut valid, mut rfc_7914) = (0, 0);
    for group in TestSet::load(TestName::Pbkdf2HmacSha256)
        .unwrap()
        .test_groups
    {
        for test in group.tests {
            let mut out = vec![0; test.dk_len];
            let rounds = u32::try_from(test.iteration_count).unwrap();
            // The function below SlotInput::from_passphrase, whose own bounds on
            // iterations and salt leave no published vector over.
            pbkdf2::pbkdf2_hmac::<Sha256>(&test.password, &test.salt, rounds, &mut out);
            assert!(out == test.dk.as_slice(), "{}", test.tc_id);
            valid += 1;
            rfc_7914 += usize::from(test.flags.contains(&TestFlag::Rfc7914));
        }
    }
    println!("PBKDF2-HMAC-SHA256, Wycheproof: {valid} valid, {rfc_7914} of them of RFC 7914 §11");
    assert_eq!((valid, rfc_7914), (60, 2));
}

#[test]
fn a_passphrase_is_stretched_by_that_pbkdf2() {
    let (passphrase, salt) = (b"correct horse battery staple".as_slice(), [7; 32]);
    let mut key = [0; 32];
    pbkdf2::pbkdf2_hmac::<Sha256>(passphrase, &salt, Iterations::MIN, &mut key);
    let kek = |input: SlotInput| input.kek(&salt, &[1; 16], &[2; 8], "pass", 600_000).1;
    let stretched = SlotInput::from_passphrase(passphrase, &salt, Iterations::default());
    assert_eq!(kek(stretched), kek(SlotInput::from_key(&key)));
}
