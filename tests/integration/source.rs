//! Reads Rust source closely enough to say which paths, macros and methods it names.
//!
//! Comments, literals and whatever stands under `#[cfg(test)]` do not count.

use std::collections::HashMap;

use crate::lexer::{Token, is_word, strip, tokens, without_tests};

/// One file of the program, cut into what the rules look at.
#[derive(Default, Debug)]
pub struct Source {
    /// Every path of two or more names, aliases and `use` trees resolved, with its line: `crate::vault::seal`.
    pub paths: Vec<(usize, String)>,
    /// Every macro call, without `!`.
    pub macros: Vec<(usize, String)>,
    /// Every method call, with `()` if it has no argument.
    pub methods: Vec<(usize, String)>,
    /// Every word.
    pub words: Vec<(usize, String)>,
    /// Names of traits derived or implemented, with the type: `("Debug", "Passphrase")`.
    pub traits: Vec<(usize, String, String)>,
}

/// Reads a file that is the module `module` (`crate::name::address`).
pub fn read(module: &str, text: &str) -> Source {
    let tokens = without_tests(tokens(&strip(text)));
    let mut source = Source::default();
    let mut aliases: HashMap<String, String> = HashMap::new();
    let mut raw: Vec<(usize, Vec<String>, String)> = Vec::new();
    // Modules inside the file, each with the depth of braces at which it ends.
    let mut inner: Vec<(usize, String)> = Vec::new();
    let (mut depth, mut i) = (0, 0);
    let text_at = |i: usize| tokens.get(i).map_or("", |t| t.1.as_str());
    while i < tokens.len() {
        let (line, word) = (tokens[i].0, text_at(i));
        match word {
            "{" => depth += 1,
            "}" => {
                depth -= 1;
                inner.retain(|(end, _)| *end <= depth);
            }
            "mod" if text_at(i + 2) == "{" => inner.push((depth + 1, text_at(i + 1).to_owned())),
            "derive" if text_at(i + 1) == "(" => derived(&tokens, i + 2, &mut source),
            "impl" => implemented(&tokens, i, &mut source),
            _ => {}
        }
        if is_word(word) {
            source.words.push((line, word.to_owned()));
            if text_at(i + 1) == "!" && text_at(i + 2) != "=" {
                source.macros.push((line, word.to_owned()));
            }
            if i > 0 && text_at(i - 1) == "." && ["(", "::"].contains(&text_at(i + 1)) {
                let bare = text_at(i + 1) == "(" && text_at(i + 2) == ")";
                source
                    .methods
                    .push((line, format!("{word}{}", if bare { "()" } else { "" })));
            }
        }
        if word == "use" {
            let start = i;
            i = tree(
                &tokens,
                i + 1,
                Vec::new(),
                &within(module, &inner),
                &mut raw,
                &mut aliases,
            );
            let words = tokens[start + 1..i.min(tokens.len())]
                .iter()
                .filter(|t| is_word(&t.1));
            source.words.extend(words.cloned());
            continue;
        }
        let starts = is_word(word) && (i == 0 || !["::", "."].contains(&text_at(i - 1)));
        if starts && text_at(i + 1) == "::" {
            let mut names = vec![word.to_owned()];
            while text_at(i + 1) == "::" && is_word(text_at(i + 2)) {
                names.push(text_at(i + 2).to_owned());
                source
                    .words
                    .push((tokens[i + 2].0, names[names.len() - 1].clone()));
                i += 2;
            }
            raw.push((line, names, within(module, &inner)));
            if text_at(i + 1) == "!" {
                source.macros.push((line, text_at(i).to_owned()));
            }
        }
        i += 1;
    }
    for (line, names, here) in raw {
        source.paths.push((line, resolve(&names, &here, &aliases)));
    }
    source
}

/// The module at a place inside a file.
fn within(module: &str, inner: &[(usize, String)]) -> String {
    inner
        .iter()
        .fold(module.to_owned(), |m, (_, name)| format!("{m}::{name}"))
}

/// `self` and `super` against the module, the first name against what `use` brought in.
fn resolve(names: &[String], here: &str, aliases: &HashMap<String, String>) -> String {
    let mut base: Vec<&str> = Vec::new();
    let mut rest = names;
    if matches!(names[0].as_str(), "self" | "super") {
        base = here.split("::").collect();
        while let Some(first @ ("self" | "super")) = rest.first().map(String::as_str) {
            if first == "super" {
                base.pop();
            }
            rest = &rest[1..];
        }
    } else if let Some(full) = aliases.get(&names[0]) {
        base = full.split("::").collect();
        rest = &rest[1..];
    }
    base.into_iter()
        .chain(rest.iter().map(String::as_str))
        .collect::<Vec<_>>()
        .join("::")
}

/// One `use` tree from `i` on; returns the place after it.
fn tree(
    tokens: &[Token],
    mut i: usize,
    mut path: Vec<String>,
    here: &str,
    raw: &mut Vec<(usize, Vec<String>, String)>,
    aliases: &mut HashMap<String, String>,
) -> usize {
    let text = |i: usize| tokens.get(i).map_or(";", |t| t.1.as_str());
    let line = tokens.get(i).map_or(0, |t| t.0);
    while text(i) == "::" || (is_word(text(i)) && text(i) != "as") || text(i) == "*" {
        if text(i) != "::" {
            path.push(text(i).to_owned());
        }
        i += 1;
    }
    if text(i) == "{" {
        i += 1;
        while text(i) != "}" && text(i) != ";" {
            i = tree(tokens, i, path.clone(), here, raw, aliases);
            if text(i) == "," {
                i += 1;
            }
        }
        return i + usize::from(text(i) == "}");
    }
    if path.len() > 1 && path.last().is_some_and(|l| l == "self") {
        path.pop();
    }
    if path.is_empty() {
        return i + 1;
    }
    let mut name = path[path.len() - 1].clone();
    if text(i) == "as" {
        name = text(i + 1).to_owned();
        i += 2;
    }
    let full = resolve(&path, here, &HashMap::new());
    if path.len() > 1 || name != path[0] {
        aliases.insert(name, full);
    }
    raw.push((line, path, here.to_owned()));
    i
}

/// `derive(A, b::C)` before a type.
fn derived(tokens: &[Token], from: usize, source: &mut Source) {
    let end = (from..tokens.len())
        .find(|&j| tokens[j].1 == ")")
        .unwrap_or(tokens.len());
    let is_type = |j: &usize| tokens[*j].1 == "struct" || tokens[*j].1 == "enum";
    let Some(name) = (end..tokens.len())
        .find(is_type)
        .and_then(|j| tokens.get(j + 1))
    else {
        return;
    };
    for token in tokens[from..end].iter().filter(|t| is_word(&t.1)) {
        source
            .traits
            .push((token.0, token.1.clone(), name.1.clone()));
    }
}

/// `impl … Trait for Type`.
fn implemented(tokens: &[Token], from: usize, source: &mut Source) {
    let body = (from..tokens.len())
        .find(|&j| tokens[j].1 == "{")
        .unwrap_or(tokens.len());
    let Some(place) = (from..body).find(|&j| tokens[j].1 == "for") else {
        return;
    };
    let Some(name) = tokens[place..body].iter().skip(1).find(|t| is_word(&t.1)) else {
        return;
    };
    for token in tokens[from + 1..place].iter().filter(|t| is_word(&t.1)) {
        source
            .traits
            .push((token.0, token.1.clone(), name.1.clone()));
    }
}

#[test]
fn literals_comments_and_tests_do_not_count() {
    let text = r##"
        // crate::a::one
        /* crate::a::two /* nested */ crate::a::three */
        fn f<'a>() { let _ = ("crate::a::four \" crate::a::five", r#"crate::a::six " "#, '"', b'\'', "x"); }
        fn g() { crate::b::seven() }
        #[cfg(test)]
        mod tests { fn h() { crate::a::eight() } }
        #[cfg(test)]
        use crate::a::nine;
        fn k() { crate::b::ten() }
    "##;
    let paths: Vec<String> = read("crate::m", text)
        .paths
        .into_iter()
        .map(|p| p.1)
        .collect();
    assert_eq!(paths, ["crate::b::seven", "crate::b::ten"]);
}

#[test]
fn every_way_to_name_a_path_is_resolved() {
    let text = "use std::{env, fs::{self as files, File}};\nuse super::super::vault as v;\n\
        fn a() { env::var(1); files::read(2); v::open(); super::x(); }\n\
        mod inner { fn b() { super::super::c(); self::d() } }";
    let paths: Vec<String> = read("crate::a::b", text)
        .paths
        .into_iter()
        .map(|p| p.1)
        .collect();
    assert_eq!(
        paths,
        [
            "std::env",
            "std::fs",
            "std::fs::File",
            "crate::vault",
            "std::env::var",
            "std::fs::read",
            "crate::vault::open",
            "crate::a::x",
            "crate::a::c",
            "crate::a::b::inner::d"
        ]
    );
}

#[test]
fn macros_methods_and_traits_are_seen() {
    let source = read(
        "crate::m",
        "#[derive(Debug, Clone)] pub struct A; impl std::fmt::Display for B {} fn f() { std::println!(1); a.expose(); if a != b {} }",
    );
    assert_eq!(source.macros, [(1, "println".to_owned())]);
    assert_eq!(source.methods, [(1, "expose()".to_owned())]);
    let has = |t: &str, n: &str| source.traits.iter().any(|x| x.1 == t && x.2 == n);
    assert!(has("Debug", "A") && has("Clone", "A") && has("Display", "B"));
}
