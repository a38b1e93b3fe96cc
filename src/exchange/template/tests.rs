use super::*;

const ENVIRONMENTS: [&str; 2] = ["production", "staging"];

fn read(text: &[u8], markup: Markup) -> Result<Template<'_>, Vec<Fault>> {
    Template::read(text, markup, &|name| ENVIRONMENTS.contains(&name))
}

/// The text with every reference filled by `value`, defaults left to themselves.
fn filled(text: &[u8], markup: Markup, value: &[u8]) -> Result<Vec<u8>, Vec<Fault>> {
    let template = read(text, markup)?;
    let value = SecretValue::copy_from(value);
    let values = template.references.iter();
    let values: Vec<_> = values
        .map(|one| one.default.is_none().then_some(&value))
        .collect();
    Ok(template.fill(&values)?.expose().to_vec())
}

#[test]
fn a_reference_is_an_address_and_perhaps_a_default() {
    for (text, address, default) in [
        ("${secret:NAME}", "NAME", None),
        ("${secret:app/NAME@3}", "app/NAME@3", None),
        (
            "${secret:/app/NAME@previous:x}",
            "/app/NAME@previous",
            Some("x"),
        ),
        (
            "${secret:NAME:postgresql://u:p@h/db}",
            "NAME",
            Some("postgresql://u:p@h/db"),
        ),
        ("${secret:NAME:}", "NAME", Some("")),
        ("${secret:NAME:/usr/bin}", "NAME", Some("/usr/bin")),
        ("${secret:production:/a/B}", "production:/a/B", None),
        (
            "${secret:production:/a/B@2:d:e}",
            "production:/a/B@2",
            Some("d:e"),
        ),
        ("${secret:unknown:/a/B}", "unknown", Some("/a/B")),
        ("${secret://staging/a/B}", "//staging/a/B", None),
        (
            "${secret:secret://staging/a/B@2:d:e}",
            "//staging/a/B@2",
            Some("d:e"),
        ),
    ] {
        let template = read(text.as_bytes(), Markup::Text).ok().unwrap();
        let [one] = template.references.as_slice() else {
            panic!("{text}");
        };
        assert_eq!(
            (one.text.as_str(), one.default.as_deref()),
            (address, default),
            "{text}"
        );
    }
    for text in [
        "${secret:}",
        "${secret:a b}",
        "${secret:X",
        "${secret:X\n}",
        "${secret:production:X}",
    ] {
        let faults = read(format!("a\n{text}").as_bytes(), Markup::Text)
            .err()
            .unwrap();
        assert_eq!(faults.len(), 1, "{text}");
        assert_eq!(faults[0].0, 2, "{text}");
    }
}

#[test]
fn everything_else_passes_byte_for_byte() {
    for (text, wanted) in [
        (&b""[..], &b""[..]),
        (
            b"\0\xff\r\n$ { $x ${HOME} $(id) $",
            b"\0\xff\r\n$ { $x ${HOME} $(id) $",
        ),
        (b"a ${secret:X} b", b"a V$${secret:X} b"),
        (b"$${secret:X} $${Y} $$ $${", b"${secret:X} ${Y} $$ ${"),
        (b"$$${secret:X}", b"$${secret:X}"),
        (
            b"${secret:X}${secret:X:d}${secret:X}",
            b"V$${secret:X}dV$${secret:X}",
        ),
    ] {
        assert_eq!(
            filled(text, Markup::Text, b"V$${secret:X}").ok().unwrap(),
            wanted
        );
    }
}

#[test]
fn strings_of_documents_are_encoded_anew() {
    let value = "a\"b\\c\n\t'{}: #\u{85}\u{7f}\u{1f600} ${secret:X}";
    let json = r#"{ "a\u0024{secret:K}": ["x ${secret:N} y", "plain \u00e9", 1.0], "d": "$${n}${secret:D:dd}" }"#;
    let out = filled(json.as_bytes(), Markup::Json, value.as_bytes())
        .ok()
        .unwrap();
    let out: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(out[format!("a{value}")][0], format!("x {value} y"));
    assert_eq!(out["d"], "${n}dd");

    let toml = "a = \"x ${secret:N}\" # ${secret:C}\nb = '${secret:N}'\nc = '''\n'${secret:N}'\n'''\nd = \"\"\"\n${secret:N}\\\n  z\"\"\"\n[\"t.${secret:D:dd}\"]\ne = 1\n";
    let out = filled(toml.as_bytes(), Markup::Toml, value.as_bytes())
        .ok()
        .unwrap();
    let out = String::from_utf8(out).unwrap();
    assert!(out.contains("# ${secret:C}\n"));
    let out: toml::Table = toml::from_str(&out).unwrap();
    assert_eq!(out["a"].as_str().unwrap(), format!("x {value}"));
    assert_eq!(out["b"].as_str().unwrap(), value);
    assert_eq!(out["c"].as_str().unwrap(), format!("'{value}'\n"));
    assert_eq!(out["d"].as_str().unwrap(), format!("{value}z"));
    assert!(out.contains_key("t.dd"));

    let yaml = "# é ${secret:C}\na: ${secret:N} # c\nb: \"é \\\" ${secret:N}\"   # d\r\nc: 'it''s ${secret:N}'\nd:\n  - x ${secret:N}\n    more\n  - [\"${secret:N}\", '${secret:D:d: d}', z]\n${secret:D:key}: last ${secret:N}";
    let out = filled(yaml.as_bytes(), Markup::Yaml, value.as_bytes())
        .ok()
        .unwrap();
    let out = String::from_utf8(out).unwrap();
    assert!(
        out.starts_with("# é ${secret:C}\n") && out.contains("   # d\r\n"),
        "{out}"
    );
    let found = saphyr_parser::Parser::new_from_str(&out);
    let texts: Vec<String> = found
        .filter_map(|event| match event.unwrap().0 {
            saphyr_parser::Event::Scalar(text, ..) => Some(text.into_owned()),
            _ => None,
        })
        .collect();
    let wanted = [
        "a",
        value,
        "b",
        &format!("é \" {value}"),
        "c",
        &format!("it's {value}"),
        "d",
        &format!("x {value} more"),
        value,
        "d: d",
        "z",
        "key",
        &format!("last {value}"),
    ];
    assert_eq!(texts, wanted);
}

#[test]
fn what_no_string_can_carry_is_refused() {
    for (text, markup, line) in [
        ("{\n\"a\": ${secret:X}}", Markup::Json, 2),
        ("a = 1\nb = ${secret:X}\n", Markup::Toml, 2),
        ("a: [${secret:X}]\n", Markup::Yaml, 1),
        ("a: 1\nb: |\n  ${secret:X}\n", Markup::Yaml, 3),
        ("a: &x ${secret:X}\n", Markup::Yaml, 1),
    ] {
        let faults = filled(text.as_bytes(), markup, b"v").err().unwrap();
        assert_eq!(faults[0].0, line, "{text}");
    }
    let faults = filled(b"{\"a\":\n\"${secret:X}\"}", Markup::Json, b"\xff")
        .err()
        .unwrap();
    assert_eq!(faults, [(2, "the value of X is no text".to_owned())]);
}
