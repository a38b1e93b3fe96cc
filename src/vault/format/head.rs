//! The head: policy, admin key and the table of scopes (`secrets-vault(5)`, THE FILE).

use super::cursor::Cursor;
use super::extras::Extras;
use super::rollback::RollbackPolicy;
use crate::crypto::{Hash, PublicKey};
use crate::name::{EnvName, SecretPath};
use crate::vault::id::{ScopeId, SlotId};
use crate::vault::{Error, MAX_SCOPES, MAX_SLOTS};
use data_encoding::BASE64_NOPAD;

/// What an audit log that cannot be written means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditPolicy {
    /// A warning.
    BestEffort,
    /// Nothing is revealed or changed.
    Required,
}

/// The signed policy of a vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Whether the audit log is required.
    pub audit: AuditPolicy,
    /// How an older file is met.
    pub rollback: RollbackPolicy,
    /// How many versions of a secret are kept; at least 1.
    pub keep: u64,
}

/// One scope in the head: an environment, or a folder of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeEntry {
    /// Its id.
    pub id: ScopeId,
    /// The environment.
    pub env: EnvName,
    /// Empty, or the folder with a `/` behind it: `infra/`.
    pub prefix: String,
    /// The epoch of its data key; from 1.
    pub epoch: u64,
    /// The commitment to its data key.
    pub commitment: Hash,
    /// The data key, sealed for admins: 60 bytes.
    pub wrapped_key: [u8; 60],
    /// The slots that may seal it, ascending by their text.
    pub writers: Vec<SlotId>,
    /// The number of its seal when this head was signed; from 1.
    pub min_seal: u64,
    /// Extensions.
    pub x: Extras,
}

impl ScopeEntry {
    /// How it is called in messages: `production` or `production/infra/`.
    pub fn title(&self) -> String {
        match self.prefix.as_str() {
            "" => self.env.to_string(),
            prefix => format!("{}/{prefix}", self.env),
        }
    }

    /// Whether a path may lie in it (the longest such prefix decides).
    pub fn covers(&self, path: &SecretPath) -> bool {
        path.as_str().starts_with(&self.prefix)
    }
}

/// The head of a vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// +1 at every change by an admin; from 1.
    pub seq: u64,
    /// When it was signed, Unix seconds.
    pub time: u64,
    /// The policy.
    pub policy: Policy,
    /// The admin key.
    pub admin: PublicKey,
    /// The scopes in file order.
    pub scopes: Vec<ScopeEntry>,
    /// The hash of the slot table.
    pub slots_hash: Hash,
    /// Extensions.
    pub x: Extras,
}

impl Head {
    /// Reads the raw object.
    pub fn parse(raw: &[u8], line: usize) -> Result<Self, Error> {
        let mut c = Cursor::new(raw, line);
        c.literal("{\"seq\":")?;
        let seq = c.positive()?;
        c.literal(",\"t\":")?;
        let time = c.number()?;
        c.literal(",\"pol\":{\"audit\":\"")?;
        let audit = if c.take("required") {
            AuditPolicy::Required
        } else if c.take("best-effort") {
            AuditPolicy::BestEffort
        } else {
            return c.expected("required or best-effort");
        };
        c.literal("\",\"rollback\":\"")?;
        let rollback = RollbackPolicy::parse(&mut c)?;
        c.literal("\",\"keep\":")?;
        let keep = c.positive()?;
        c.literal("},\"apk\":")?;
        let admin = PublicKey(c.bytes("a public key")?);
        c.literal(",\"scopes\":[")?;
        let mut scopes = Vec::new();
        while !c.take("]") {
            if !scopes.is_empty() {
                c.literal(",")?;
            }
            if scopes.len() == MAX_SCOPES {
                return c.over("1000 scopes");
            }
            scopes.push(parse_scope(&mut c)?);
        }
        c.literal(",\"sr\":")?;
        let slots_hash = c.bytes("a hash")?;
        c.literal(",\"x\":")?;
        let x = Extras::parse(&mut c)?;
        c.literal("}")?;
        c.end()?;
        let policy = Policy {
            audit,
            rollback,
            keep,
        };
        Ok(Head {
            seq,
            time,
            policy,
            admin,
            scopes,
            slots_hash,
            x,
        })
    }

    /// Writes the raw object.
    pub fn write(&self) -> String {
        let audit = match self.policy.audit {
            AuditPolicy::BestEffort => "best-effort",
            AuditPolicy::Required => "required",
        };
        let rollback = self.policy.rollback.text();
        let mut out = format!(
            "{{\"seq\":{},\"t\":{},\"pol\":{{\"audit\":\"{audit}\",\"rollback\":\"{rollback}\",\
             \"keep\":{}}},\"apk\":\"{}\",\"scopes\":[",
            self.seq,
            self.time,
            self.policy.keep,
            BASE64_NOPAD.encode(&self.admin.0)
        );
        for (index, scope) in self.scopes.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            write_scope(scope, &mut out);
        }
        out.push_str(&format!(
            "],\"sr\":\"{}\",\"x\":",
            BASE64_NOPAD.encode(&self.slots_hash)
        ));
        self.x.write(&mut out);
        out.push('}');
        out
    }

    /// The scope a path lies in: the longest prefix in its environment.
    pub fn resolve(&self, env: &EnvName, path: &SecretPath) -> Option<usize> {
        self.scopes
            .iter()
            .enumerate()
            .filter(|(_, scope)| scope.env == *env && scope.covers(path))
            .max_by_key(|(_, scope)| scope.prefix.len())
            .map(|(index, _)| index)
    }

    /// The environments, each once, in the order of their first scope.
    pub fn environments(&self) -> Vec<&EnvName> {
        let mut names: Vec<&EnvName> = Vec::new();
        for scope in &self.scopes {
            if !names.contains(&&scope.env) {
                names.push(&scope.env);
            }
        }
        names
    }
}

fn parse_scope(c: &mut Cursor<'_>) -> Result<ScopeEntry, Error> {
    const ENV: &str = "the name of an environment";
    const PREFIX: &str = "a folder with a / behind it";
    c.literal("{\"id\":")?;
    let id = ScopeId(c.bytes("a scope's id")?);
    c.literal(",\"env\":")?;
    let env = c.text(ENV, 1, 32, |b| {
        b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'
    })?;
    let Ok(env) = EnvName::parse(env) else {
        return c.expected(ENV);
    };
    c.literal(",\"pre\":")?;
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_.-/".contains(&b);
    let prefix = c.text(PREFIX, 0, 512, allowed)?.to_owned();
    let folder = prefix.strip_suffix('/').unwrap_or("/");
    if !prefix.is_empty() && SecretPath::parse(folder).is_err() {
        return c.expected(PREFIX);
    }
    c.literal(",\"e\":")?;
    let epoch = c.positive()?;
    c.literal(",\"c\":")?;
    let commitment = c.bytes("a commitment")?;
    c.literal(",\"wk\":")?;
    let wrapped_key = c.bytes("a sealed key")?;
    c.literal(",\"w\":[")?;
    let mut writers: Vec<SlotId> = Vec::new();
    while !c.take("]") {
        if !writers.is_empty() {
            c.literal(",")?;
        }
        if writers.len() == MAX_SLOTS {
            return c.over("1000 slots");
        }
        let writer = SlotId(c.bytes("a slot's id")?);
        if writers
            .last()
            .is_some_and(|last| last.order() >= writer.order())
        {
            return c.expected("writers in ascending order");
        }
        writers.push(writer);
    }
    c.literal(",\"min\":")?;
    let min_seal = c.positive()?;
    c.literal(",\"x\":")?;
    let x = Extras::parse(c)?;
    c.literal("}")?;
    Ok(ScopeEntry {
        id,
        env,
        prefix,
        epoch,
        commitment,
        wrapped_key,
        writers,
        min_seal,
        x,
    })
}

fn write_scope(scope: &ScopeEntry, out: &mut String) {
    let writers: Vec<String> = scope
        .writers
        .iter()
        .map(|w| format!("\"{}\"", w.text()))
        .collect();
    out.push_str(&format!(
        "{{\"id\":\"{}\",\"env\":\"{}\",\"pre\":\"{}\",\"e\":{},\"c\":\"{}\",\"wk\":\"{}\",\
         \"w\":[{}],\"min\":{},\"x\":",
        scope.id.text(),
        scope.env,
        scope.prefix,
        scope.epoch,
        BASE64_NOPAD.encode(&scope.commitment),
        BASE64_NOPAD.encode(&scope.wrapped_key),
        writers.join(","),
        scope.min_seal
    ));
    scope.x.write(out);
    out.push('}');
}
