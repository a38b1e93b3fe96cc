//! A session as a key of the kernel's user keyring (keyrings(7)).
//!
//! The user keyring `@u` is shared by everything that runs as this user, and
//! by nobody else; a session keyring would be lost to siblings. The user's
//! rights are written on the key, because a process that joined a session
//! keyring of another login does not possess it.
//!
//! A key is never seen in `@u` without an end: it is made in the keyring of
//! this thread, which vanishes with it, and linked into `@u` when its rights
//! and its time-out are set. The link takes the place of the one before.

use super::error::Error;
use super::is_name;
use crate::file::cause_text;
use crate::secret::SecretValue;
use linux_keyutils::{
    Key, KeyError, KeyPermissions, KeyPermissionsBuilder, KeyRing, KeyRingIdentifier, KeySerialId,
    KeyType, Permission,
};
use rustix::io::Errno;
use std::io;
use zeroize::Zeroizing;

/// What the description of a key begins with, before the session's name.
const PREFIX: &str = "secrets:session:";
/// First buffer for a key, in bytes: a session of a vault with few environments.
const FIRST_BUFFER_BYTES: usize = 512;
/// How often a key that vanished between search and read is searched again.
const TRIES: usize = 8;

/// The key of a session.
pub(super) type Held = Key;

/// Why the kernel did not do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refused(KeyError);

impl From<KeyError> for Refused {
    fn from(error: KeyError) -> Self {
        Refused(error)
    }
}

impl Refused {
    /// Whether the key is not there, or not any more.
    fn is_absence(self) -> bool {
        matches!(
            self.0,
            KeyError::KeyDoesNotExist
                | KeyError::KeyExpired
                | KeyError::KeyRejected
                | KeyError::KeyRevoked
        )
    }

    /// The reason, as part of a sentence.
    pub(super) fn reason(self) -> String {
        format!("the kernel keyring refuses: {}", self.cause())
    }

    /// As an error, about what was to be done.
    pub(super) fn during(self, action: &'static str) -> Error {
        Error::Keyring {
            action,
            cause: self.cause(),
        }
    }

    fn cause(self) -> String {
        let errno = match self.0 {
            KeyError::AccessDenied => Errno::ACCESS,
            KeyError::InvalidArguments => Errno::INVAL,
            KeyError::KeyDoesNotExist => Errno::NOKEY,
            KeyError::KeyExpired => Errno::KEYEXPIRED,
            KeyError::KeyRevoked => Errno::KEYREVOKED,
            KeyError::OperationNotSupported => Errno::NOTSUP,
            KeyError::OutOfMemory => Errno::NOMEM,
            KeyError::PermissionDenied => Errno::PERM,
            KeyError::QuotaExceeded => return "this user's quota of keys is used up".to_owned(),
            KeyError::Unknown(number) => return cause_text(&io::Error::from_raw_os_error(number)),
            _ => return "an answer that makes no sense".to_owned(),
        };
        cause_text(&errno.into())
    }
}

/// The session `name` and its key. `None`: there is none, or it has ended.
pub(super) fn load(name: &str) -> Result<Option<(SecretValue, Held)>, Refused> {
    let ring = user_keyring()?;
    for _ in 0..TRIES {
        let Some(key) = search(ring, name)? else {
            return Ok(None);
        };
        match read(key) {
            Ok(mut bytes) => {
                let bytes = SecretValue::new(std::mem::take(&mut *bytes));
                return Ok(Some((bytes, key)));
            }
            // It was replaced, has ended or was removed right now.
            Err(error) if error.is_absence() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// Puts `bytes` in the place of the session `name`, for `lasts` seconds.
///
/// The one before is revoked, so that who renews it at the same time notices.
pub(super) fn keep(name: &str, bytes: &SecretValue, lasts: u64) -> Result<(), Refused> {
    let ring = user_keyring()?;
    let before = search(ring, name)?;
    add(ring, name, bytes, lasts)?;
    if let Some(before) = before {
        // It is out of the keyring already.
        let _ = before.revoke();
    }
    Ok(())
}

/// Puts `bytes` in the place of `held`, if that is still the session `name`.
///
/// A removal at the same time wins: it revokes the key, which is held in the
/// process's keyring until the new one is in place, and then looked at again.
pub(super) fn renew(
    held: Held,
    name: &str,
    bytes: &SecretValue,
    lasts: u64,
) -> Result<bool, Refused> {
    let ring = user_keyring()?;
    if search(ring, name)? != Some(held) {
        return Ok(false);
    }
    let hold = KeyRing::from_special_id(KeyRingIdentifier::Process, true)?;
    match hold.link_key(held).map_err(Refused) {
        Err(error) if error.is_absence() => return Ok(false),
        other => other?,
    }
    let renewed = add(ring, name, bytes, lasts).and_then(|new| {
        let was_removed = size(held).is_err();
        if was_removed {
            end(new)?;
        }
        Ok(!was_removed)
    });
    let _ = hold.unlink_key(held);
    renewed
}

/// Lets a key last for `lasts` seconds from now. One that is gone stays so.
pub(super) fn touch(held: Held, lasts: u64) -> Result<(), Refused> {
    match held.set_timeout(seconds(lasts)).map_err(Refused) {
        Err(error) if !error.is_absence() => Err(error),
        _ => Ok(()),
    }
}

/// Removes the session `name`; whether there was one.
///
/// A keyring that may not be searched holds none that a reader here could
/// find; a session that is found and cannot be removed is an error.
pub(super) fn remove(name: &str) -> Result<bool, Refused> {
    let Ok(ring) = user_keyring() else {
        return Ok(false);
    };
    let mut removed = false;
    while let Ok(Some(key)) = search(ring, name) {
        end(key)?;
        removed = true;
    }
    Ok(removed)
}

/// Removes every session, as [`remove`] does; how many there were.
pub(super) fn remove_all() -> Result<usize, Refused> {
    let mut count = 0;
    for name in names().unwrap_or_default() {
        count += usize::from(remove(&name)?);
    }
    Ok(count)
}

/// Whether the kernel lets us use the user keyring at all.
pub(super) fn available() -> Result<(), Refused> {
    user_keyring().map(drop)
}

fn user_keyring() -> Result<KeyRing, Refused> {
    Ok(KeyRing::from_special_id(KeyRingIdentifier::User, false)?)
}

/// The key of the session `name`, if this user made it as [`add`] does.
///
/// Another user can hold this one's keyring, by a login that he inherited, and
/// put a key of his own into it: that is none of ours.
fn search(ring: KeyRing, name: &str) -> Result<Option<Key>, Refused> {
    let key = match ring.search(&format!("{PREFIX}{name}")).map_err(Refused) {
        Err(error) if error.is_absence() => return Ok(None),
        other => other?,
    };
    let user = rustix::process::geteuid().as_raw();
    Ok(match key.metadata().map_err(Refused) {
        Ok(found) => {
            let is_ours = found.get_uid() == user && found.get_perms().bits() == rights().bits();
            is_ours.then_some(key)
        }
        // It was there a moment ago: whoever wants more of it meets that, too.
        Err(error) if error.is_absence() => Some(key),
        Err(_) => None,
    })
}

/// Everything for the user, whatever keyring he comes by, and nothing for
/// anybody else. Who holds the keyring without being the user may not: a
/// program that became another user, by `su`, may go on holding it.
fn rights() -> KeyPermissions {
    KeyPermissionsBuilder::builder()
        .user(Permission::ALL)
        .build()
}

fn add(ring: KeyRing, name: &str, bytes: &SecretValue, lasts: u64) -> Result<Key, Refused> {
    let own = KeyRing::from_special_id(KeyRingIdentifier::Thread, true)?;
    let key = own.add_key(&format!("{PREFIX}{name}"), bytes.expose())?;
    let linked = key
        .set_perms(rights())
        .and_then(|()| key.set_timeout(seconds(lasts)))
        .and_then(|()| ring.link_key(key));
    let _ = own.unlink_key(key);
    Ok(linked.map(|()| key)?)
}

/// Revoking takes the bytes away even where somebody else holds the key, and
/// the kernel takes a revoked key out of the keyring by itself. It is not
/// unlinked here: that goes by the description, and would take out a key that a
/// renewal has put in its place, alive.
fn end(key: Key) -> Result<(), Refused> {
    match key.revoke().map_err(Refused) {
        Err(error) if !error.is_absence() => Err(error),
        _ => Ok(()),
    }
}

/// The kernel takes 0 for "never", and 32 bits.
fn seconds(lasts: u64) -> usize {
    usize::try_from(lasts.clamp(1, u32::MAX.into())).unwrap_or(1)
}

fn size(key: Key) -> Result<usize, Refused> {
    Ok(key.read(&mut [])?)
}

/// The bytes, 32,767 at most (keyrings(7)), in a buffer that holds most sessions,
/// else in one of their length.
fn read(key: Key) -> Result<Zeroizing<Vec<u8>>, Refused> {
    let mut len = FIRST_BUFFER_BYTES;
    loop {
        let mut bytes = Zeroizing::new(vec![0; len]);
        let full = key.read(&mut *bytes)?;
        if full <= len {
            bytes.truncate(full);
            return Ok(bytes);
        }
        // It is longer, or what another program updated grew in between.
        len = full;
    }
}

/// The names of the sessions in the user keyring.
fn names() -> Result<Vec<String>, Refused> {
    // A keyring is read as the serial numbers of its keys, four bytes each.
    let ring = Key::from_id(KeySerialId::new(KeyRingIdentifier::User as i32));
    let serials = read(ring)?;
    let serials = serials
        .chunks_exact(4)
        .filter_map(|four| four.try_into().ok().map(i32::from_ne_bytes));
    Ok(serials.filter_map(name_of).collect())
}

fn name_of(serial: i32) -> Option<String> {
    // The crate panics when a key of another program has a very long description.
    let described = std::panic::catch_unwind(|| Key::from_id(KeySerialId::new(serial)).metadata());
    let described = described.ok()?.ok()?;
    let name = described.get_description().strip_prefix(PREFIX)?;
    (described.get_type() == KeyType::User && is_name(name)).then(|| name.to_owned())
}

#[cfg(test)]
mod tests;
