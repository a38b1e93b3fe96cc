use super::*;
use crate::secret::SecretValue;

fn patterns(values: &[&[u8]]) -> Patterns {
    let values: Vec<SecretValue> = values
        .iter()
        .map(|value| SecretValue::new(value.to_vec()))
        .collect();
    Patterns::new(values.iter().map(|value| ("NAME".to_owned(), value)))
}

/// The whole of `text` in chunks that end at `cuts`.
fn masked(patterns: &Patterns, text: &[u8], cuts: &[usize]) -> Vec<u8> {
    let (mut masker, mut out, mut from) = (Masker::new(patterns), Vec::new(), 0);
    for cut in cuts.iter().chain([&text.len()]) {
        masker.push(&text[from..*cut], &mut out);
        from = *cut;
    }
    masker.flush(&mut out);
    out
}

/// Byte by byte, and cut once at each place: the same result, which is returned.
fn everywhere(patterns: &Patterns, text: &[u8]) -> String {
    let whole = masked(patterns, text, &[]);
    let ones: Vec<usize> = (1..text.len()).collect();
    assert_eq!(masked(patterns, text, &ones), whole);
    for cut in 0..=text.len() {
        assert_eq!(masked(patterns, text, &[cut]), whole, "cut at {cut}");
    }
    String::from_utf8(whole).unwrap()
}

#[test]
fn a_secret_is_masked_at_every_cut() {
    let patterns = patterns(&[b"hunter2hunter2", b"s3cr3t"]);
    for (text, clean) in [
        ("", ""),
        ("nothing here", "nothing here"),
        ("s3cr3t", "***"),
        ("a s3cr3t b", "a *** b"),
        ("s3cr3ts3cr3t", "******"),
        ("hunter2hunter2hunter2", "***"),
        ("hunter2 hunter2", "hunter2 hunter2"),
        ("s3cr3 s3cr3t s3c", "s3cr3 *** s3c"),
        ("\u{0}s3cr3t\n", "\u{0}***\n"),
    ] {
        assert_eq!(everywhere(&patterns, text.as_bytes()), clean, "{text}");
    }
}

#[test]
fn secrets_that_overlap_leave_no_byte_of_any() {
    let patterns = patterns(&[b"abcdef", b"defghi", b"cdef", b"abcdefghijkl!", b"xyzxyz"]);
    for (text, clean) in [
        ("abcdefghi", "***"),
        ("abcdefghijkl?", "***jkl?"),
        ("abcdefghijkl!", "***"),
        ("cdefghi", "***"),
        ("xyzxyzxyz", "***"),
        ("abcdefcdef", "******"),
    ] {
        assert_eq!(everywhere(&patterns, text.as_bytes()), clean, "{text}");
    }
}

#[test]
fn every_spelling_is_masked() {
    let value = "p\u{e4}ss/w+rd&\"<x>\" 'y' \u{1f600}\\\t\u{1}~end";
    let patterns = patterns(&[value.as_bytes()]);
    // As printed by Python's json, base64 and urllib, JavaScript, Go and PHP.
    for spelled in [
        value,
        r#"päss/w+rd&\"<x>\" 'y' 😀\\\t\u0001~end"#,
        r#"p\u00e4ss/w+rd&\"<x>\" 'y' \ud83d\ude00\\\t\u0001~end"#,
        r#"p\u00E4ss/w+rd&\"<x>\" 'y' \uD83D\uDE00\\\t\u0001~end"#,
        r#"päss/w+rd\u0026\"\u003cx\u003e\" 'y' 😀\\\t\u0001~end"#,
        r#"p\u00e4ss\/w+rd&\"<x>\" 'y' \ud83d\ude00\\\t\u0001~end"#,
        "p%C3%A4ss%2Fw%2Brd%26%22%3Cx%3E%22%20%27y%27%20%F0%9F%98%80%5C%09%01~end",
        "p%c3%a4ss%2fw%2brd%26%22%3cx%3e%22%20%27y%27%20%f0%9f%98%80%5c%09%01~end",
        "p%C3%A4ss/w%2Brd%26%22%3Cx%3E%22%20%27y%27%20%F0%9F%98%80%5C%09%01~end",
        "p%C3%A4ss%2Fw%2Brd%26%22%3Cx%3E%22%20'y'%20%F0%9F%98%80%5C%09%01~end",
        "p%C3%A4ss%2Fw%2Brd%26%22%3Cx%3E%22+%27y%27+%F0%9F%98%80%5C%09%01%7Eend",
    ] {
        let text = format!("[{spelled}]");
        assert_eq!(everywhere(&patterns, text.as_bytes()), "[***]", "{spelled}");
    }
    let quoted = format!("'{}'", value.replace('\'', r"'\''"));
    assert_eq!(everywhere(&patterns, quoted.as_bytes()), "'***'");
}

#[test]
fn base64_is_masked_wherever_the_value_begins() {
    use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD};
    let value = b"\xfb\xef\xbe-user:secret";
    for length in 4..value.len() {
        let value = &value[..length];
        let patterns = patterns(&[value]);
        for before in ["", "a", "ab", "abc", "user:"] {
            for after in ["", "z", "zz", "zzz"] {
                let all = [before.as_bytes(), value, after.as_bytes()].concat();
                for alphabet in [BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD] {
                    let text = alphabet.encode(&all);
                    let clean = everywhere(&patterns, text.as_bytes());
                    assert!(clean.contains("***"), "{text}: {clean}");
                    // Besides the mask: what encodes other bytes, and at each end one
                    // character that mixes both.
                    let left = clean.len() - 3;
                    let others = before.len() * 8 / 6 + 1 + (after.len() * 8).div_ceil(6) + 4;
                    assert!(left <= others, "{text}: {clean}");
                    if before.is_empty() && after.is_empty() {
                        assert_eq!(clean, "***", "{text}");
                    }
                }
            }
        }
    }
}

#[test]
fn each_line_of_a_value_is_masked_and_what_is_short_is_not() {
    let patterns = patterns(&[b"first line\r\n  second \"line\"\n}\nabc\n        \n  true\nend"]);
    for (text, clean) in [
        ("first line\nand", "***\nand"),
        ("> second \"line\"", "> ***"),
        (r#"{"x": "second \"line\""}"#, r#"{"x": "***"}"#),
        ("abc }", "abc }"),
        ("        }  true", "        }  true"),
        (
            "first line\r\n  second \"line\"\n}\nabc\n        \n  true\nend",
            "***",
        ),
    ] {
        assert_eq!(everywhere(&patterns, text.as_bytes()), clean, "{text}");
    }
}

#[test]
fn short_and_trivial_values_are_skipped_by_name() {
    let values = [
        ("A", "abc"),
        ("B", "TRUE"),
        ("C", ""),
        ("D", "\n12\n"),
        ("E", "null"),
    ];
    let values = values.map(|(name, value)| (name.to_owned(), SecretValue::new(value.into())));
    let none = Patterns::new(values.iter().map(|(name, value)| (name.clone(), value)));
    assert!(none.is_empty());
    assert_eq!(none.skipped(), ["A", "B", "C", "D", "E"]);
    assert_eq!(everywhere(&none, b"abc TRUE null 12"), "abc TRUE null 12");
}

#[test]
fn only_what_may_be_a_secret_is_held_back() {
    let patterns = patterns(&[b"topsecret"]);
    let (mut masker, mut out) = (Masker::new(&patterns), Vec::new());
    for (chunk, shown) in [
        ("Password: ", "Password: "),
        ("to", "Password: "),
        ("ps", "Password: "),
        ("y ", "Password: topsy "),
        ("topsecre", "Password: topsy "),
        ("t", "Password: topsy ***"),
        ("t", "Password: topsy ***"),
    ] {
        masker.push(chunk.as_bytes(), &mut out);
        assert_eq!(String::from_utf8_lossy(&out), shown, "{chunk}");
    }
    masker.flush(&mut out);
    assert_eq!(out, b"Password: topsy ***t");
}

#[test]
fn every_byte_value_passes_unharmed() {
    let patterns = patterns(&[b"topsecret", &[0xff, 0, 0xfe, 1], &[b'x'; 100_000]]);
    let bytes: Vec<u8> = (0..=255_u8)
        .flat_map(|high| (0..=255_u8).flat_map(move |low| [high, low]))
        .collect();
    let cuts: Vec<usize> = (1..bytes.len()).step_by(997).collect();
    assert_eq!(masked(&patterns, &bytes, &cuts), bytes);
}

/// Every byte that lies in any occurrence of a spelling is masked, each run of
/// overlapping occurrences once; nothing else is touched.
fn reference(forms: &[Vec<u8>], text: &[u8]) -> Vec<u8> {
    let (mut out, mut done) = (Vec::new(), 0);
    for at in 0..text.len() {
        let fits = |form: &&Vec<u8>| text[at..].starts_with(form);
        if let Some(longest) = forms.iter().filter(fits).map(Vec::len).max() {
            if at >= done {
                out.extend_from_slice(MASK);
            }
            done = done.max(at + longest);
        }
        if at >= done {
            out.push(text[at]);
        }
    }
    out
}

#[test]
fn random_streams_are_masked_as_a_search_by_hand_does() {
    let mut state = 7_u64;
    let mut draw = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(state >> 33).unwrap() % below
    };
    for _ in 0..3_000 {
        let mut word = |least: usize, most: usize| -> Vec<u8> {
            let length = least + draw(most);
            (0..length).map(|_| b"ab\n"[draw(3).min(draw(3))]).collect()
        };
        let values: Vec<Vec<u8>> = (0..3).map(|_| word(4, 9)).collect();
        let text = word(0, 80);
        let slices: Vec<&[u8]> = values.iter().map(Vec::as_slice).collect();
        let patterns = patterns(&slices);
        let mut forms = super::forms::Forms::new();
        for value in values.iter().filter(|value| value.trim_ascii().len() >= 4) {
            forms.add(value);
        }
        let forms: Vec<Vec<u8>> = forms.into_all().iter().map(|form| form.to_vec()).collect();
        let mut cuts: Vec<usize> = (0..draw(6)).map(|_| draw(text.len() + 1)).collect();
        cuts.sort_by_key(|cut| *cut);
        assert_eq!(
            masked(&patterns, &text, &cuts),
            reference(&forms, &text),
            "{values:?} in {text:?} at {cuts:?}"
        );
    }
}
