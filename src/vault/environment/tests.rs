use super::*;
use crate::crypto::SystemRandom;
use crate::vault::tests::{env, open_by, sample, stage, told, with_slot};
use std::sync::Arc;

fn removed(bytes: &Arc<Vec<u8>>, name: &str) -> Result<Arc<Vec<u8>>, Error> {
    let mut vault = open_by(bytes, 7)?;
    vault.remove_environment(&env(name), &mut SystemRandom)?;
    assert!(
        vault
            .environments()
            .iter()
            .all(|left| left.name != env(name))
    );
    Ok(vault.seal(None)?.bytes())
}

#[test]
fn an_environment_leaves_head_file_and_every_grant() {
    let mut vault = open_by(&sample().bytes(), 7).unwrap();
    stage(&mut vault, "dev", "value of dev");
    stage(&mut vault, "prod", "value of prod");
    let before = with_slot(&vault.seal(None).unwrap().bytes(), "rui", false, 8);
    let kept = told(&open_by(&before, 7).unwrap(), "prod");
    // The first one, so that the others move up.
    let after = removed(&before, "dev").unwrap();
    for key in [7, 8] {
        let vault = open_by(&after, key).unwrap();
        assert_eq!(vault.locked.environments(), [env("prod")]);
        assert_eq!(told(&vault, "prod"), kept);
        assert_eq!(vault.capabilities.len(), 1);
        let slot = &vault.locked.doc.slots[vault.slot];
        assert_eq!(slot.entry.grant_seq, 2);
    }
    let vault = open_by(&after, 7).unwrap();
    assert_eq!(
        vault.head_seq(),
        open_by(&before, 7).unwrap().head_seq() + 1
    );
    vault.check_admin().unwrap();
    // A name may come again; it is another scope.
    let mut vault = open_by(&after, 7).unwrap();
    vault
        .create_environment(&env("dev"), &mut SystemRandom)
        .unwrap();
    let again = vault.seal(None).unwrap().bytes();
    assert!(told(&open_by(&again, 8).unwrap(), "dev").is_empty());
}

#[test]
fn the_last_environment_and_unknown_ones_are_refused() {
    let bytes = removed(&sample().bytes(), "prod").unwrap();
    assert!(matches!(
        removed(&bytes, "dev"),
        Err(Error::LastEnvironment(_))
    ));
    assert!(matches!(
        removed(&bytes, "prod"),
        Err(Error::UnknownEnvironment(_))
    ));
    let mut member = open_by(&with_slot(&sample().bytes(), "rui", false, 8), 8).unwrap();
    let refused = member.remove_environment(&env("dev"), &mut SystemRandom);
    assert!(matches!(refused, Err(Error::NotPermitted(_))) && member.is_unchanged());
}
