//! `import` of everything that is no .env file.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::harness::{SYSTEM_PATH, Sandbox};

/// Imports a file of this name and content.
fn import<'a>(
    sandbox: &'a Sandbox,
    name: &str,
    content: &[u8],
    args: &[&str],
) -> crate::output::Output<'a> {
    sandbox.write(&format!("project/{name}"), content);
    let run = sandbox
        .secrets(["import", name, "--overwrite"])
        .args(args)
        .run();
    fs::remove_file(sandbox.project().join(name)).unwrap();
    run
}

fn stored(name: &str, content: &[u8], args: &[&str], wanted: &[(&str, &[u8])]) {
    let sandbox = Sandbox::with_vault();
    let run = import(&sandbox, name, content, args).ok();
    run.stderr_any("what was read and stored");
    let list = sandbox
        .secrets(["list", "--names", "--all-envs"])
        .run()
        .ok();
    let mut found: Vec<String> = list.stdout_text().lines().map(str::to_owned).collect();
    found.sort();
    let mut names: Vec<&str> = wanted.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    assert_eq!(found, names, "{name}");
    for (address, value) in wanted {
        let run = sandbox.secrets(["get", address]).run().ok();
        assert_eq!(run.stdout(), *value, "{address} of {name}");
    }
}

fn refused(name: &str, content: &[u8], args: &[&str], said: &[&str]) {
    let sandbox = Sandbox::with_vault();
    import(&sandbox, name, content, args).fails(2, said);
    let list = sandbox
        .secrets(["list", "--names", "--all-envs"])
        .run()
        .ok();
    list.stdout_is("");
}

#[test]
fn a_map_is_names_and_folders_and_an_environment_is_one() {
    let wanted: &[(&str, &[u8])] = &[
        ("development:/PLAIN", b"pa$$word ${HOME} $(touch x)"),
        ("production:/database/claims_db", b"postgres://db"),
        ("production:/database/deep/KEY", b"line\nline\n"),
        ("development:/other/ID", b"12345678901234567890123"),
    ];
    let yaml = "PLAIN: pa$$word ${HOME} $(touch x)\nproduction:\n  database:\n    claims_db: 'postgres://db'\n    \
                deep: {KEY: \"line\\nline\\n\"}\nother:\n  ID: 12345678901234567890123\n";
    stored("a.yaml", yaml.as_bytes(), &[], wanted);
    let json = r#"{"PLAIN":"pa$$word ${HOME} $(touch x)","production":{"database":{"claims_db":"postgres:\/\/db",
        "deep":{"KEY":"line\nline\n"}}},"other":{"ID":12345678901234567890123}}"#;
    stored("a.json", json.as_bytes(), &[], wanted);
    stored("noname", json.as_bytes(), &[], wanted);
    stored("data.txt", yaml.as_bytes(), &["--format", "yaml"], wanted);
    stored(
        "a.json",
        br#"{"production":{"A":"x"}}"#,
        &["-e", "staging", "-p", "app"],
        &[("staging:/app/production/A", b"x")],
    );
    stored(
        "a.json",
        br#"{"A":"x"}"#,
        &["--prefix", "P_"],
        &[("development:/P_A", b"x")],
    );
}

#[test]
fn what_stands_without_quotes_keeps_its_text() {
    let yaml = "A: no\nB: 1.10\nC: 0x1F\nD: 2001-12-14\nE: true\nF: 1e999\nG: 007\nH: !!str 12\nI: !!binary |\n  AP8=\nJ: >\n  a\n  b\nK: !x\n";
    refused(
        "a.yaml",
        yaml.as_bytes(),
        &[],
        &["line 14", "\"K\" has a tag"],
    );
    let yaml = yaml.replace("K: !x\n", "");
    stored(
        "a.yml",
        yaml.as_bytes(),
        &[],
        &[
            ("development:/A", b"no"),
            ("development:/B", b"1.10"),
            ("development:/C", b"0x1F"),
            ("development:/D", b"2001-12-14"),
            ("development:/E", b"true"),
            ("development:/F", b"1e999"),
            ("development:/G", b"007"),
            ("development:/H", b"12"),
            ("development:/I", b"\0\xff"),
            ("development:/J", b"a b\n"),
        ],
    );
    let json = "\u{feff}{\"A\": 1.0, \"B\": false, \"C\": \"\\ud83d\\ude00\\u0000\", \"D\": \"\"}";
    stored(
        "a.json",
        json.as_bytes(),
        &[],
        &[
            ("development:/A", b"1.0"),
            ("development:/B", b"false"),
            ("development:/C", "\u{1f600}\0".as_bytes()),
            ("development:/D", b""),
        ],
    );
}

#[test]
fn what_is_no_value_is_refused_by_name_and_all_at_once() {
    let json = r#"{"A": null, "B": [1], "C": "x", "C": "y", "d e": "v", "F": {"-g": "v"}}"#;
    refused(
        "a.json",
        json.as_bytes(),
        &[],
        &[
            "\"A\" is null",
            "\"B\" is a list",
            "\"C\" stands twice",
            "\"d e\" is no secret's name",
            "\"d_e\" would be one",
            "\"-g\" is no secret's name",
        ],
    );
    let yaml = "A: &a 1\nB: *a\nC:\n  <<: *a\nD: ~\nE: [x]\n? [k]\n: v\n";
    refused("a.yaml", yaml.as_bytes(), &[], &["it is no YAML: line 7"]);
    let yaml = "A: &a 1\nB: *a\nC:\n  <<: *a\nD: ~\nE: [x]\n";
    refused(
        "a.yaml",
        yaml.as_bytes(),
        &[],
        &[
            "line 2: \"B\" is an alias",
            "line 4: \"C/<<\" is a merge key",
            "line 5: \"D\" is null",
            "line 6: \"E\" is a list",
        ],
    );
}

#[test]
fn hostile_files_end_with_a_message() {
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    refused("a.json", deep.as_bytes(), &[], &["too deep"]);
    refused("a.yaml", deep.as_bytes(), &[], &["a.yaml"]);
    let deep = format!("{}1{}", "{\"a\":".repeat(40), "}".repeat(40));
    refused("a.json", deep.as_bytes(), &[], &["too deep"]);
    refused("a.yaml", deep.as_bytes(), &[], &["too deep"]);
    refused(
        "a.json",
        b"{\"A\": \"\xff\"}",
        &[],
        &["line 1 is no UTF-8 text"],
    );
    refused(
        "a.yaml",
        b"A: x\nB: \0\n",
        &[],
        &["line 2 holds a NUL byte"],
    );
    refused("a.json", b"{\"A\": \"x\"", &[], &["it is no JSON: line 1"]);
    refused("a.json", b"[1]", &[], &["no map of names and values"]);
    refused(
        "a.yaml",
        b"just a text\n",
        &[],
        &["no map of names and values"],
    );
    refused("a.yaml", b"A: 1\n---\nB: 2\n", &[], &["several documents"]);
    refused("a.yaml", b"", &[], &["it holds nothing"]);
    refused("a.yaml", b"A: 'x\nB: y\n", &[], &["it is no YAML"]);
    refused("a.csv", b"a,b\n1,2\n", &[], &["names no columns"]);
    refused(
        "a.csv",
        b"name,value\nA,\"x\nB,y\n",
        &[],
        &["a quote is not closed"],
    );
    refused(
        "a.csv",
        b"name,value\nA,x,y\n",
        &[],
        &["it is no CSV: line 2"],
    );
    refused(
        "a.json",
        br#"{"A":"1","a":{"A":"2"},"B":"3"}"#,
        &["--format", "vault"],
        &["not what --format says"],
    );
    let laughs: String = (1..40)
        .map(|n| format!("a{n}: &a{n} [{}]\n", format!("*a{},", n - 1).repeat(9)))
        .collect();
    refused(
        "a.yaml",
        format!("a0: &a0 lol\n{laughs}").as_bytes(),
        &[],
        &["is a list"],
    );
}

#[test]
fn rows_are_read_by_their_header() {
    stored(
        "a.csv",
        "Key,Value,Folder,Notes\r\nA,\"x,\"\"y\"\"\nz\",/app/db,hello\r\n\r\nB,,,\n".as_bytes(),
        &[],
        &[
            ("development:/app/db/A", b"x,\"y\"\nz"),
            ("development:/B", b""),
        ],
    );
    stored(
        "a.csv",
        b"environment,name,value\nproduction,A,1\nstaging,A,2\n",
        &[],
        &[("production:/A", b"1"), ("staging:/A", b"2")],
    );
    refused(
        "a.csv",
        b"name,value\nA,1\nA,2\n",
        &[],
        &["line 3: \"development:/A\" comes twice"],
    );
}

#[test]
fn each_program_is_known_by_what_it_writes() {
    // Shapes as the programs' own documentation shows them.
    let kubernetes = "apiVersion: v1\nkind: Secret\nmetadata: {name: app}\ntype: Opaque\ndata:\n  tls.crt: LS0t\n  RAW: AP8=\n  OVER: eA==\nstringData:\n  OVER: written over\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: b}\ndata: {B: Yg==}\n";
    stored(
        "s.yaml",
        kubernetes.as_bytes(),
        &[],
        &[
            ("development:/tls.crt", b"---"),
            ("development:/RAW", b"\0\xff"),
            ("development:/OVER", b"written over"),
            ("development:/B", b"b"),
        ],
    );
    let list = r#"{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Secret","data":{"A":"YQ=="}}]}"#;
    stored(
        "l.json",
        list.as_bytes(),
        &["--format", "k8s"],
        &[("development:/A", b"a")],
    );
    let vault = r#"{"request_id":"1","lease_id":"","data":{"data":{"A":"a","n":1},"metadata":{"version":2}}}"#;
    stored(
        "v.json",
        vault.as_bytes(),
        &[],
        &[("development:/A", b"a"), ("development:/n", b"1")],
    );
    let vault = r#"{"request_id":"1","data":{"A":"a"}}"#;
    stored(
        "v.json",
        vault.as_bytes(),
        &["--format", "vault"],
        &[("development:/A", b"a")],
    );
    let doppler =
        r#"{"A":"a","DOPPLER_CONFIG":"dev","DOPPLER_ENVIRONMENT":"dev","DOPPLER_PROJECT":"p"}"#;
    stored(
        "d.json",
        doppler.as_bytes(),
        &[],
        &[("development:/A", b"a")],
    );
    let doppler = r#"{"A":{"computed":"a","computedVisibility":"masked","note":"n","raw":"${B}"}}"#;
    stored(
        "d.json",
        doppler.as_bytes(),
        &[],
        &[("development:/A", b"a")],
    );
    let doppler =
        "A=\"a\"\nDOPPLER_CONFIG=\"dev\"\nDOPPLER_ENVIRONMENT=\"dev\"\nDOPPLER_PROJECT=\"p\"\n";
    stored(
        "d.env",
        doppler.as_bytes(),
        &[],
        &[("development:/A", b"a")],
    );
    let infisical = r#"[{"key":"A","value":"a","type":"shared","tags":[]},{"secretKey":"B","secretValue":"b","secretPath":"/x"}]"#;
    stored(
        "i.json",
        infisical.as_bytes(),
        &[],
        &[("development:/A", b"a"), ("development:/x/B", b"b")],
    );
    let one = r#"{"id":"x","title":"DB","category":"DATABASE","fields":[{"id":"password","type":"CONCEALED","label":"password","value":"p"},
        {"id":"notesPlain","label":"notesPlain"},{"id":"h","label":"HOST","section":{"id":"s","label":"prod"},"value":"h"}]}"#;
    stored(
        "o.json",
        one.as_bytes(),
        &["--format", "1password"],
        &[
            ("development:/password", b"p"),
            ("development:/prod/HOST", b"h"),
        ],
    );
    stored(
        "o.json",
        format!("[{one}]").as_bytes(),
        &[],
        &[
            ("development:/DB/password", b"p"),
            ("development:/DB/prod/HOST", b"h"),
        ],
    );
    let bitwarden = r#"{"encrypted":false,"folders":[{"id":"f","name":"team/web"}],"items":[
        {"folderId":"f","type":1,"name":"GitHub","notes":null,"fields":[{"name":"PIN","value":"1","type":1}],
         "login":{"uris":[{"uri":"https://x"}],"username":"u","password":"p","totp":null}},
        {"folderId":null,"type":2,"name":"NOTE","notes":"text","secureNote":{"type":0}}]}"#;
    stored(
        "b.json",
        bitwarden.as_bytes(),
        &[],
        &[
            ("development:/team/web/GitHub/username", b"u"),
            ("development:/team/web/GitHub/password", b"p"),
            ("development:/team/web/GitHub/PIN", b"1"),
            ("development:/NOTE/notes", b"text"),
        ],
    );
    refused(
        "b.json",
        br#"{"encrypted":true,"data":"2.x"}"#,
        &[],
        &["it is encrypted"],
    );
    let bws = r#"[{"object":"secret","id":"1","key":"A","value":"a","note":"n"}]"#;
    stored("bws.json", bws.as_bytes(), &[], &[("development:/A", b"a")]);
    let dotenvx = "#/---\nDOTENV_PUBLIC_KEY=\"0312\"\nA=\"a\"\n";
    stored(".env", dotenvx.as_bytes(), &[], &[("development:/A", b"a")]);
    refused(
        ".env",
        format!("{dotenvx}B=\"encrypted:BDqD\"\n").as_bytes(),
        &[],
        &["\"B\" is encrypted by dotenvx"],
    );
}

#[test]
fn what_export_writes_comes_back_with_all_that_is_known() {
    let sandbox = Sandbox::with_vault();
    let values: [(&str, &[u8]); 3] = [
        (
            "TEXT",
            b" a \"b\" \\ \r\n\t# $(touch x) \xc3\xa9\xf0\x9f\x98\x80 ",
        ),
        ("RAW", b"\0\xff\xfe"),
        ("app/DEEP", b"- no: [yaml]"),
    ];
    for (name, value) in values {
        sandbox.set(name, value);
        sandbox.set(&format!("production:/{name}"), [value, b"2"].concat());
    }
    let meta = [
        "meta",
        "TEXT",
        "--note",
        "a, \"note\"",
        "--tags",
        "x,y",
        "--owner",
        "ana",
    ];
    sandbox
        .secrets(meta)
        .run()
        .ok()
        .stderr_any("what was changed");
    for format in ["json", "yaml", "csv"] {
        let export = |env| {
            let args = [
                "export",
                "-r",
                "--include-values",
                "--format",
                format,
                "-e",
                env,
            ];
            let run = sandbox.secrets(args).run().ok();
            run.stderr_any("that values are in it").stdout().to_vec()
        };
        let other = Sandbox::with_vault();
        for env in ["development", "production"] {
            let name = format!("{env}.{format}");
            let run = import(&other, &name, &export(env), &[]).ok();
            run.stderr_any("what was read and stored");
        }
        for (name, value) in values {
            assert_eq!(other.get(name), value, "{name} by {format}");
            assert_eq!(
                other.get(&format!("production:/{name}")),
                [value, b"2"].concat()
            );
        }
        let get = other.secrets(["get", "--json", "TEXT"]).run().ok();
        let text = get.stdout_text();
        for known in ["\"a, \\\"note\\\"\"", "[\"x\",\"y\"]", "\"ana\""] {
            assert!(text.contains(known), "{known} by {format}: {text}");
        }
        let list = sandbox
            .secrets(["export", "-r", "--format", format])
            .run()
            .ok();
        let list = list
            .stderr_any("that no values are in it")
            .stdout()
            .to_vec();
        import(&other, &format!("bare.{format}"), &list, &[]).fails(2, &["value"]);
    }
}

#[test]
fn what_sops_encrypted_is_never_taken_as_values() {
    let sealed = [
        (
            "a.yaml",
            "A: ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]\nsops:\n  mac: ENC[AES256_GCM,data:m]\n  version: 3.9.0\n",
        ),
        (
            "a.json",
            "{\"A\":\"ENC[AES256_GCM,data:x]\",\"sops\":{\"mac\":\"ENC[AES256_GCM,data:m]\"}}",
        ),
        (
            "a.env",
            "A=ENC[AES256_GCM,data:x]\nsops_mac=ENC[AES256_GCM,data:m]\nsops_version=3.9.0\n",
        ),
    ];
    for (name, text) in sealed {
        // There is no sops in the directories of the system.
        refused(
            name,
            text.as_bytes(),
            &[],
            &["is encrypted by sops, and there is no sops here"],
        );
        let sandbox = Sandbox::with_vault();
        let run = sandbox.secrets(["import", "-"]).stdin(text).run();
        match name {
            "a.yaml" => run
                .stderr_any("a .env file as far as anybody can see")
                .ended(),
            _ => run
                .fails(2, &["encrypted by sops", "sops --decrypt FILE"])
                .ended(),
        };
        sandbox
            .secrets(["list", "--names"])
            .run()
            .ok()
            .stdout_is("");
    }
    for (name, text) in [
        ("a.yaml", "A: ENC[AES256_GCM,data:x]\nB: plain\n"),
        ("a.csv", "name,value\nA,\"ENC[AES256_GCM,data:x]\"\n"),
        ("a.env", "A=ENC[AES256_GCM,data:x]\n"),
    ] {
        refused(name, text.as_bytes(), &[], &["\"A\" is encrypted by sops"]);
    }
    refused(
        "a.yaml",
        b"A: x\n",
        &["--format", "sops"],
        &["it is not encrypted by sops"],
    );
    refused(
        "a.env",
        b"A=x\n",
        &["--format", "sops"],
        &["it is not encrypted by sops"],
    );
}

#[test]
fn sops_is_called_without_a_shell_and_its_failure_is_told() {
    let sandbox = Sandbox::with_vault();
    let tool = sandbox.write("tools/sops", "#!/bin/sh\n[ -z \"$SECRETS_KEY_FILE\" ] || exit 9\n[ -e fail ] && exit 7\nprintf 'A: value of sops\\nB: ENC-less\\n'\nprintf '%s\\n' \"$@\" > args\n");
    fs::set_permissions(&tool, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{SYSTEM_PATH}", tool.parent().unwrap().display());
    let sealed = "A: ENC[AES256_GCM,data:x]\nsops:\n  mac: ENC[AES256_GCM,data:m]\n";
    sandbox.write("project/-a $(id).yaml", sealed);
    sandbox.write("project/fail", "");
    let run = || {
        sandbox
            .secrets(["import", "--", "-a $(id).yaml"])
            .env("PATH", &path)
    };
    run()
        .run()
        .fails(1, &["the command \"sops\" failed with status 7"]);
    fs::remove_file(sandbox.project().join("fail")).unwrap();
    run().run().ok().stderr_any("what was stored");
    assert_eq!(sandbox.get("A"), b"value of sops");
    let args = fs::read_to_string(sandbox.project().join("args")).unwrap();
    let file = sandbox.project().join("-a $(id).yaml");
    let wanted = format!(
        "--decrypt\n--input-type\nyaml\n--output-type\nyaml\n{}\n",
        file.display()
    );
    assert_eq!(args, wanted);
}

#[test]
fn what_was_read_is_said_and_a_preview_changes_nothing() {
    let sandbox = Sandbox::with_vault();
    sandbox.write("project/k.json", r#"{"production":{"A":"x"},"B":"y"}"#);
    let run = sandbox.secrets(["import", "-n", "k.json"]).run().ok();
    run.stderr_has(&[
        "\"k.json\" is read as JSON",
        "new      production:/A",
        "new      development:/B",
    ])
    .stderr_any("more of it");
    sandbox
        .secrets(["list", "--names", "--all-envs"])
        .run()
        .ok()
        .stdout_is("");
    let run = sandbox.secrets(["import", "k.json"]).run().ok();
    run.stderr_has(&["to remove the file: rm k.json"])
        .stderr_any("more of it");
}
