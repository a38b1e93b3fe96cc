//! Grants: the keys that one slot holds (`secrets-vault(5)`, SLOTS).
//!
//! The JSON holds keys, so it is read and written by hand into wiped buffers.

use super::format::{JsonCursor, write_number, write_string};
use super::id::{RecordId, ScopeId};
use crate::crypto::{KEY_BYTES, RecordKey, ScopeKey};
use crate::name::SecretPath;
use crate::order;
use data_encoding::BASE64_NOPAD;
use zeroize::Zeroizing;

/// What a slot may do in one scope.
pub(super) struct Capability {
    /// The scope.
    pub scope: ScopeId,
    /// The epoch of its keys.
    pub epoch: u64,
    /// The keys themselves.
    pub access: Access,
}

/// The keys of a capability.
pub(super) enum Access {
    /// The whole scope; `true` if the grant says that its holder writes. Who
    /// may write is decided by the head alone.
    Scope(ScopeKey, bool),
    /// Some records by their exact names.
    Names(Vec<NamedKey>),
}

/// The key of one record.
pub(super) struct NamedKey {
    /// Its path.
    pub path: SecretPath,
    /// Its id.
    pub rid: RecordId,
    /// Its key.
    pub key: RecordKey,
}

/// Writes a grant; capabilities ascend by the text of their scope.
pub(super) fn write(capabilities: &[Capability]) -> Zeroizing<String> {
    let mut sorted: Vec<&Capability> = capabilities.iter().collect();
    order::sort_by_key(&mut sorted, |capability| capability.scope.order());
    let names = |c: &&Capability| match &c.access {
        Access::Names(names) => names.len(),
        Access::Scope(..) => 0,
    };
    let size = sorted.iter().map(names).sum::<usize>() * 640 + sorted.len() * 128 + 32;
    let mut out = Zeroizing::new(String::with_capacity(size));
    out.push_str("{\"caps\":[");
    for (index, capability) in sorted.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str("{\"s\":");
        capability.scope.write(&mut out);
        out.push_str(",\"e\":");
        write_number(capability.epoch, &mut out);
        out.push_str(",\"m\":");
        match &capability.access {
            Access::Scope(key, writes) => {
                out.push_str(if *writes {
                    "\"w\",\"k\":\""
                } else {
                    "\"r\",\"k\":\""
                });
                BASE64_NOPAD.encode_append(key.bytes(), &mut out);
                out.push('"');
            }
            Access::Names(names) => write_names(names, &mut out),
        }
        out.push('}');
    }
    out.push_str("]}");
    out
}

fn write_names(names: &[NamedKey], out: &mut String) {
    let mut sorted: Vec<&NamedKey> = names.iter().collect();
    order::sort_by(&mut sorted, |one, other| {
        one.path.as_str().cmp(other.path.as_str())
    });
    out.push_str("\"x\",\"r\":[");
    for (index, name) in sorted.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push('[');
        write_string(name.path.as_str(), out);
        out.push(',');
        name.rid.write(out);
        out.push_str(",\"");
        BASE64_NOPAD.encode_append(name.key.bytes(), out);
        out.push_str("\"]");
    }
    out.push(']');
}

/// Reads a grant; `None` unless it is in its one writing.
pub(super) fn parse(raw: &[u8]) -> Option<Vec<Capability>> {
    let text = std::str::from_utf8(raw).ok()?;
    let mut c = JsonCursor::new(text);
    c.literal("{\"caps\":[")?;
    let mut capabilities: Vec<Capability> = Vec::new();
    while !c.take("]") {
        if !capabilities.is_empty() {
            c.literal(",")?;
        }
        let capability = parse_capability(&mut c)?;
        if capabilities
            .last()
            .is_some_and(|last| last.scope.order() >= capability.scope.order())
        {
            return None;
        }
        capabilities.push(capability);
    }
    c.literal("}")?;
    c.end()?;
    (*write(&capabilities) == text).then_some(capabilities)
}

fn parse_capability(c: &mut JsonCursor<'_>) -> Option<Capability> {
    c.literal("{\"s\":")?;
    let scope = ScopeId(c.id()?);
    c.literal(",\"e\":")?;
    let epoch = c.number().filter(|epoch| *epoch > 0)?;
    c.literal(",\"m\":")?;
    let access = if c.take("\"x\",\"r\":[") {
        Access::Names(parse_names(c)?)
    } else {
        let writes = c.take("\"w\"");
        if !writes {
            c.literal("\"r\"")?;
        }
        c.literal(",\"k\":")?;
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        c.bytes(key.as_mut_slice())?;
        Access::Scope(ScopeKey::read(key.as_slice())?, writes)
    };
    c.literal("}")?;
    Some(Capability {
        scope,
        epoch,
        access,
    })
}

fn parse_names(c: &mut JsonCursor<'_>) -> Option<Vec<NamedKey>> {
    let mut names: Vec<NamedKey> = Vec::new();
    while !c.take("]") {
        if !names.is_empty() {
            c.literal(",")?;
        }
        c.literal("[")?;
        let path = SecretPath::parse(c.plain()?).ok()?;
        c.literal(",")?;
        let rid = RecordId(c.id()?);
        c.literal(",")?;
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        c.bytes(key.as_mut_slice())?;
        let key = RecordKey::read(key.as_slice())?;
        c.literal("]")?;
        if names.last().is_some_and(|last| last.path >= path) {
            return None;
        }
        names.push(NamedKey { path, rid, key });
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_survives_and_has_one_writing() {
        let scope_key = ScopeKey::read(&[5; 32]).unwrap();
        let name = |path: &str, byte| NamedKey {
            path: SecretPath::parse(path).unwrap(),
            rid: RecordId([byte; 16]),
            key: RecordKey::read(&[byte; 32]).unwrap(),
        };
        let capabilities = [
            Capability {
                scope: ScopeId([9; 8]),
                epoch: 2,
                access: Access::Names(vec![name("b", 2), name("a", 1)]),
            },
            Capability {
                scope: ScopeId([1; 8]),
                epoch: 1,
                access: Access::Scope(scope_key, true),
            },
        ];
        let text = write(&capabilities);
        let read = parse(text.as_bytes()).unwrap();
        assert_eq!(read.len(), 2);
        assert!(matches!(&read[0].access, Access::Scope(_, true)));
        assert_eq!(read[0].scope, ScopeId([1; 8]));
        assert_eq!(*write(&read), *text);
        for (from, to) in [
            ("\"m\":\"w\"", "\"m\":\"q\""),
            ("\"e\":1", "\"e\":0"),
            ("]}", "] }"),
        ] {
            assert!(
                parse(text.replacen(from, to, 1).as_bytes()).is_none(),
                "{from}"
            );
        }
    }
}
