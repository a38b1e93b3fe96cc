//! Which program wrote a document.

use super::tree::{Content, Node};
use super::{Maker, SOPS_VALUE};

/// What Doppler puts beside the secrets of a config.
pub(super) const DOPPLER_OWN: [&str; 3] =
    ["DOPPLER_CONFIG", "DOPPLER_ENVIRONMENT", "DOPPLER_PROJECT"];

/// Whether these names are those of a download of Doppler.
pub(super) fn is_doppler<'a>(names: impl Iterator<Item = &'a str>) -> bool {
    names.filter(|name| DOPPLER_OWN.contains(name)).count() == DOPPLER_OWN.len()
}

/// In the order in which they are asked: the surest first.
pub(super) const MAKERS: [Maker; 7] = [
    Maker::Kubernetes,
    Maker::Secrets,
    Maker::Vault,
    Maker::Bitwarden,
    Maker::OnePassword,
    Maker::Infisical,
    Maker::Doppler,
];

/// Whether a document is surely one of this program.
pub(super) fn is(maker: Maker, node: &Node) -> bool {
    let all = |is: &dyn Fn(&Node) -> bool| !node.items().is_empty() && node.items().iter().all(is);
    let has = |key: &str| node.get(key).is_some();
    match maker {
        Maker::Bitwarden => has("encrypted") && (has("items") || has("data")),
        Maker::Doppler => match &node.content {
            Content::Map(entries) if entries.is_empty() => false,
            Content::Map(entries) => {
                is_doppler(entries.iter().map(|(name, _)| name.as_str()))
                    || entries.iter().all(|(_, one)| is_computed(one))
            }
            _ => false,
        },
        Maker::Dotenvx => false,
        Maker::Infisical => all(&|one| {
            one.get("key").is_some() && one.get("value").is_some()
                || one.get("secretKey").is_some() && one.get("secretValue").is_some()
        }),
        Maker::Kubernetes => {
            let kind = node.get("kind").and_then(Node::text);
            match (has("apiVersion"), kind) {
                (true, Some("Secret")) => true,
                (true, Some("List" | "SecretList")) => has("items"),
                _ => false,
            }
        }
        Maker::OnePassword => is_item(node) || all(&is_item),
        Maker::Secrets => {
            has("schema_version") && node.get("secrets").is_some_and(|list| !list.is_map())
        }
        Maker::Sops => node.get("sops").is_some_and(|sops| {
            let is_encrypted = |mac: &Node| {
                mac.text()
                    .is_some_and(|mac| mac.as_bytes().starts_with(SOPS_VALUE))
            };
            sops.get("mac").is_some_and(is_encrypted)
        }),
        Maker::Vault => has("request_id") && has("data"),
    }
}

/// An item of `op item get --format json`.
fn is_item(node: &Node) -> bool {
    node.get("category").is_some() && node.get("fields").is_some()
}

/// A secret of `doppler secrets --json`.
fn is_computed(node: &Node) -> bool {
    node.get("computed").is_some() && node.get("raw").is_some()
}
