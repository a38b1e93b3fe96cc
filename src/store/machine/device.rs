//! Who this machine is in audit logs.

use std::ffi::OsStr;

use super::Machine;
use crate::crypto::Random;
use crate::file::Directory;
use crate::store::{Error, Record};
use crate::vault::DeviceId;

/// Name of the file: `<16 lower hex>` LF `<alias>` LF.
const DEVICE: &str = "device";
/// Greatest length of an alias, in characters.
const MAX_ALIAS_CHARS: usize = 64;

/// First words of aliases: easy to say, easy to tell apart.
const FIRST: [&str; 32] = [
    "amber", "azure", "brisk", "calm", "clear", "coral", "crisp", "dusty", "early", "fair",
    "fresh", "gentle", "golden", "green", "happy", "ivory", "jolly", "keen", "lucky", "mellow",
    "misty", "noble", "olive", "plain", "quiet", "ruby", "silver", "steady", "sunny", "swift",
    "tidy", "warm",
];
/// Second words of aliases.
const SECOND: [&str; 32] = [
    "badger", "beaver", "bison", "crane", "dolphin", "eagle", "falcon", "finch", "gecko", "heron",
    "ibis", "jay", "koala", "lark", "lemur", "lynx", "marmot", "newt", "otter", "owl", "panda",
    "pigeon", "puffin", "quail", "raven", "robin", "seal", "stork", "swan", "tapir", "turtle",
    "wren",
];

/// This machine, as audit logs call it. Neither part says anything of it: the
/// name of a host is often the name of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// 8 random bytes, made once.
    pub id: DeviceId,
    /// What people call it: `amber-otter-41`, of `[A-Za-z0-9._-]`.
    pub alias: String,
}

impl Machine {
    /// Reads who this machine is, or decides it once and for all.
    ///
    /// # Errors
    /// `Damaged`; the refusals of the directory; the random numbers.
    pub fn device(&self, random: &mut dyn Random) -> Result<Device, Error> {
        if let Some(root) = self.existing_root()?
            && let Some(device) = self.read_device(&root)?
        {
            return Ok(device);
        }
        let root = self.make_root()?;
        let _lock = self.lock(&root)?;
        if let Some(device) = self.read_device(&root)? {
            return Ok(device);
        }
        let device = Device::draw(random)?;
        self.save(&root, DEVICE, device.write().as_bytes())?;
        Ok(device)
    }

    fn read_device(&self, root: &Directory) -> Result<Option<Device>, Error> {
        let Some(raw) = self.read(root, DEVICE)? else {
            return Ok(None);
        };
        match Device::parse(&raw) {
            Some(device) => Ok(Some(device)),
            None => Err(Error::Damaged {
                path: root.path().join(OsStr::new(DEVICE)),
                record: Record::Device,
            }),
        }
    }
}

impl Device {
    fn draw(random: &mut dyn Random) -> Result<Self, Error> {
        let id = DeviceId(random.draw()?);
        let [first, second, number] = random.draw::<3>()?;
        let word = |words: &[&'static str; 32], draw: u8| {
            let word = words.get(usize::from(draw) % words.len());
            word.copied().unwrap_or_default()
        };
        let (first, second) = (word(&FIRST, first), word(&SECOND, second));
        let alias = format!("{first}-{second}-{}", 10 + number % 90);
        Ok(Device { id, alias })
    }

    fn parse(raw: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(raw).ok()?.strip_suffix('\n')?;
        let (id, alias) = text.split_once('\n')?;
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
        let fits = (1..=MAX_ALIAS_CHARS).contains(&alias.len()) && alias.bytes().all(allowed);
        let id = DeviceId::parse_hex(id)?;
        fits.then(|| Device {
            id,
            alias: alias.to_owned(),
        })
    }

    fn write(&self) -> String {
        format!("{}\n{}\n", self.id.hex(), self.alias)
    }
}
