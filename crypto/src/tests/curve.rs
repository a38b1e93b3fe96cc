//! Ed25519: Wycheproof, RFC 8032, and the points that no honest key or signature is.

use super::hex;
use crate::{Message, PublicKey, Signature, Signer, sha256};
use ed25519_dalek::{Verifier, VerifyingKey};
use sha2::{Digest, Sha512};
use wycheproof::TestResult;

/// Every encoding of the eight points of small order that a decoder might take,
/// canonical or not: Chalkias, Garillot, Nikolaenko, "Taming the many EdDSAs"
/// (2020), table 1 and section 5; the first 8 are the canonical ones.
const SMALL_ORDER: [&str; 14] = [
    // Order 1, 2, 4, 4.
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    // Order 8.
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    // Order 1 again: y = 1 with the sign of x = 0 set, y = p + 1 with and without.
    "0100000000000000000000000000000000000000000000000000000000000080",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    // Order 2: y = -1 with the sign of x = 0 set.
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    // Order 4: y = p, both signs.
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];

/// The base point B of RFC 8032 §5.1.
const BASE: &str = "5866666666666666666666666666666666666666666666666666666666666666";

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().unwrap()
}

fn verifies(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    // The types of the file hold exactly 32 and 64 bytes; nothing else comes so far.
    let (Ok(key), Ok(signature)) = (key.try_into(), signature.try_into()) else {
        return false;
    };
    PublicKey(key).verifies(&Message::raw(message), &Signature(signature))
}

#[test]
fn ed25519_verifies_as_wycheproof_says() {
    use wycheproof::eddsa::{TestName, TestSet};
    let (mut valid, mut invalid, mut other_length) = (0, 0, 0);
    for group in TestSet::load(TestName::Ed25519).unwrap().test_groups {
        for test in group.tests {
            let verified = verifies(&group.key.pk, &test.msg, &test.sig);
            let right = test.result == TestResult::Valid;
            assert_eq!(verified, right, "{}: {}", test.tc_id, test.comment);
            match right {
                true => valid += 1,
                false if test.sig.len() == 64 => invalid += 1,
                false => other_length += 1,
            }
        }
    }
    println!("Ed25519, Wycheproof: {valid} valid, {invalid} + {other_length} invalid");
    assert_eq!((valid, invalid + other_length), (88, 63));
    assert!(invalid >= 40, "{invalid}");
}

#[test]
fn ed25519_signs_and_verifies_as_rfc_8032_says() {
    // §7.1, TEST 1 to 3 and SHA(abc); the message of the last is SHA-512("abc").
    // TEST 1024 has its message of 1,023 bytes in Wycheproof.
    let cases = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
        (
            "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
            "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
        ),
    ];
    for (seed, public, message, signature) in cases {
        let signer = Signer::from_seed(&array(&hex(seed)));
        assert_eq!(signer.public().0.as_slice(), hex(public));
        let message = Message::raw(&hex(message));
        let made = signer.sign(&message);
        assert_eq!(made.0.as_slice(), hex(signature));
        assert!(signer.public().verifies(&message, &made));
        let other = Message::raw(&sha256(message.as_bytes()));
        assert!(!signer.public().verifies(&other, &made));
    }
}

#[test]
fn keys_of_small_order_verify_nothing() {
    // With the key A = identity every message has the signature (B, 1), and with a
    // key of order 2, 4 or 8 a good part of them: S B = R + h A.
    let one = [&hex(BASE)[..], &[1], &[0; 31]].concat();
    let mut taken_elsewhere = 0;
    for text in SMALL_ORDER {
        let key = hex(text);
        for number in 0_u8..64 {
            assert!(!verifies(&key, &[number], &one), "{text}");
            let lax = VerifyingKey::from_bytes(&array(&key)).is_ok_and(|key| {
                let signature = ed25519_dalek::Signature::from_bytes(&array(&one));
                key.verify(&[number], &signature).is_ok()
            });
            taken_elsewhere += usize::from(lax);
        }
    }
    // A verifier that is not strict takes them, so the refusals above say something.
    println!("small order: {taken_elsewhere} signatures that a lax verifier takes");
    assert!(taken_elsewhere >= 100, "{taken_elsewhere}");
}

/// L, the order of B, little-endian.
const ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

/// `number` times `scalar` modulo L, all little-endian, one bit after the other.
fn times(number: &[u8], scalar: &[u8; 32]) -> [u8; 32] {
    let order: [u8; 32] = array(&hex(ORDER));
    let reduced = |sum: [u8; 32]| {
        let mut rest = sum;
        while rest.iter().rev().ge(order.iter().rev()) {
            let mut borrow = 0;
            for (to, from) in rest.iter_mut().zip(order) {
                let step = 256 + i16::from(*to) - i16::from(from) - borrow;
                *to = (step & 0xff) as u8;
                borrow = 1 - (step >> 8);
            }
        }
        rest
    };
    let add = |a: &[u8; 32], b: &[u8; 32]| {
        let (mut sum, mut carry) = (*a, 0);
        for (to, from) in sum.iter_mut().zip(b) {
            let step = u16::from(*to) + u16::from(*from) + carry;
            *to = (step & 0xff) as u8;
            carry = step >> 8;
        }
        reduced(sum)
    };
    let scalar = reduced(*scalar);
    let mut product = [0; 32];
    for byte in number.iter().rev() {
        for bit in (0..8).rev() {
            product = add(&product, &product);
            if byte >> bit & 1 == 1 {
                product = add(&product, &scalar);
            }
        }
    }
    product
}

#[test]
fn an_r_of_small_order_is_refused_though_the_equation_holds() {
    // R = identity and S = h a: S B = R + h A, and whoever has the key can make it.
    let seed = [5; 32];
    let key = Signer::from_seed(&seed).public();
    let mut secret: [u8; 32] = array(&Sha512::digest(seed)[..32]);
    secret[0] &= 248;
    secret[31] = secret[31] & 127 | 64;
    let identity = hex(SMALL_ORDER[0]);
    let h = Sha512::digest([&identity[..], &key.0, b"message"].concat());
    let forged = [&identity[..], &times(&h, &secret)].concat();
    let lax = VerifyingKey::from_bytes(&key.0).unwrap();
    let signature = ed25519_dalek::Signature::from_bytes(&array(&forged));
    assert!(lax.verify(b"message", &signature).is_ok());
    assert!(!verifies(&key.0, b"message", &forged));
    // Of the other small R none satisfies the equation; they are refused all the same.
    for text in SMALL_ORDER {
        let mixed = [&hex(text)[..], &forged[32..]].concat();
        assert!(!verifies(&key.0, b"message", &mixed), "{text}");
    }
}

#[test]
fn every_y_of_p_or_more_is_no_key_and_no_r() {
    // 19 values of y, 2 signs: all encodings that are not canonical by their y
    // (de Valence, "It's 255:19AM. Do you know what your validation criteria are?", 2020).
    let signer = Signer::from_seed(&[5; 32]);
    let good = signer.sign(&Message::raw(b"message")).0;
    let (mut tried, mut on_curve) = (0, 0);
    for low in 0xed..=0xff_u8 {
        for high in [0x7f, 0xff] {
            let mut point = [0xff; 32];
            point[0] = low;
            point[31] = high;
            on_curve += usize::from(VerifyingKey::from_bytes(&point).is_ok());
            assert!(!verifies(&point, b"message", &good));
            let one = [&hex(BASE)[..], &[1], &[0; 31]].concat();
            assert!(!verifies(&point, b"message", &one));
            let mixed = [&point[..], &good[32..]].concat();
            assert!(!verifies(&signer.public().0, b"message", &mixed));
            tried += 1;
        }
    }
    println!("not canonical: {tried} encodings, {on_curve} of them decode to a point elsewhere");
    assert_eq!(tried, 38);
    assert!(on_curve >= 20, "{on_curve}");
}
