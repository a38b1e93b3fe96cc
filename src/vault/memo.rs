//! Signatures that need not be checked again.

use crate::crypto::{Hash, Message, PublicKey, Signature, hash};
use std::cell::{Cell, RefCell};

/// How many messages a session remembers at most.
pub(super) const MAX_MEMOS: usize = 96;

/// Messages whose signatures were found good, each by a hash of it, of the key
/// that signed it and of the signature.
///
/// It stands for the check of a signature and for nothing else: whatever a
/// message says is judged each time it is read. Another signature of a message
/// that is known is checked like any other, so a file that a session calls
/// whole is whole for everybody.
#[derive(Default)]
pub(super) struct Memo {
    /// Newest last, and whether it served in this run.
    known: RefCell<Vec<(Hash, bool)>>,
    grew: Cell<bool>,
}

impl Memo {
    /// Recalls what another run has verified.
    pub(super) fn recall(&self, known: &[Hash]) {
        let mut own = self.known.borrow_mut();
        let room = MAX_MEMOS.saturating_sub(own.len());
        let newest = known.iter().skip(known.len().saturating_sub(room));
        own.splice(0..0, newest.map(|name| (*name, false)));
    }

    /// Whether a signature is good, or was: then it is not looked at.
    pub(super) fn verifies(&self, key: &PublicKey, message: &Message, sign: &Signature) -> bool {
        let name = hash("memo", &[&key.0, message.as_bytes(), &sign.0]);
        let mut known = self.known.borrow_mut();
        if let Some((_, served)) = known.iter_mut().find(|(known, _)| *known == name) {
            *served = true;
            return true;
        }
        if !key.verifies(message, sign) {
            return false;
        }
        // What served in this run stays: the head, most of all.
        if known.len() >= MAX_MEMOS {
            match known.iter().position(|(_, served)| !served) {
                Some(at) => drop(known.remove(at)),
                None => return true,
            }
        }
        known.push((name, true));
        self.grew.set(true);
        true
    }

    /// Whether this run verified what no run before it had.
    pub(super) fn grew(&self) -> bool {
        self.grew.get()
    }

    /// All of them, newest last.
    pub(super) fn names(&self) -> Vec<Hash> {
        self.known.borrow().iter().map(|(name, _)| *name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::SlotKey;

    #[test]
    fn a_message_is_verified_once_and_only_under_its_own_key() {
        let signer = SlotKey::read(&[1; 32]).unwrap().signer(&[0; 16], &[0; 8]);
        let message = Message::new("head", &[b"one"]);
        let (good, bad) = (signer.sign(&message), Signature([0; 64]));
        let memo = Memo::default();
        assert!(!memo.verifies(&signer.public(), &message, &bad));
        assert!(!memo.grew());
        assert!(memo.verifies(&signer.public(), &message, &good));
        assert!(memo.grew());
        assert!(!memo.verifies(&signer.public(), &message, &bad));
        let other = Message::new("head", &[b"two"]);
        assert!(!memo.verifies(&signer.public(), &other, &good));
        let stranger = SlotKey::read(&[2; 32]).unwrap().signer(&[0; 16], &[0; 8]);
        assert!(!memo.verifies(&stranger.public(), &message, &good));
        let later = Memo::default();
        later.recall(&memo.names());
        assert!(!later.verifies(&signer.public(), &message, &bad));
        assert!(later.verifies(&signer.public(), &message, &good));
        assert!(!later.grew());
    }

    #[test]
    fn what_serves_stays_when_there_is_no_room() {
        let signer = SlotKey::read(&[1; 32]).unwrap().signer(&[0; 16], &[0; 8]);
        let head = Message::new("head", &[b"head"]);
        let good = signer.sign(&head);
        let memo = Memo::default();
        assert!(memo.verifies(&signer.public(), &head, &good));
        let names: Vec<Hash> = (0..MAX_MEMOS as u8).map(|at| [at; 32]).collect();
        let mut known = memo.names();
        known.extend(&names);
        let full = Memo::default();
        full.recall(&known[..MAX_MEMOS]);
        assert!(full.verifies(&signer.public(), &head, &good));
        let other = Message::new("seal", &[b"one"]);
        assert!(full.verifies(&signer.public(), &other, &signer.sign(&other)));
        let after = full.names();
        assert_eq!(after.len(), MAX_MEMOS);
        assert_eq!(after[0], memo.names()[0], "the head stays");
        assert_eq!(after[1], [1; 32], "the oldest that did not serve goes");
    }
}
