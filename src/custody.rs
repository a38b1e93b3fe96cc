//! The only places where plaintext is opened and a vault is changed.
//!
//! [`open`] finds, verifies and unlocks; [`reveal`] records and then hands out
//! values; [`change`] locks, reads again, edits, seals, records and replaces;
//! [`create`] does the same for a new vault. A prompt is never shown while a
//! lock is held, and nothing is revealed or changed that was not recorded.

mod absence;
mod actor;
mod agents;
mod allowance;
mod as_of;
mod attempt;
mod candidates;
mod change;
mod clipboard;
mod compare;
mod contract;
mod create;
mod credential;
mod delivered;
mod doctor;
mod edit;
mod env_file;
mod exported;
mod folder;
mod guard;
mod handed_out;
mod hook;
mod import;
mod imported;
mod injected;
mod journal;
mod key_command;
mod logs;
mod loss;
mod mapped;
mod masked;
mod open;
mod opened;
mod opener;
mod place;
mod plan;
mod prompt;
mod recognise;
mod record;
mod recovery;
mod refs;
mod reveal;
mod routes;
mod scratch;
mod selected;
mod selection;
mod session;
mod silent;
mod slips;
mod target;
mod targets;
mod tracked;
mod trust;
mod undo;
mod unwrapped;

pub use absence::missing;
pub use actor::act;
pub use agents::{agent_is_bound, may_show_values};
pub use allowance::{Allowance, allowance, allowed};
pub use candidates::{Kind, Question, Which, candidates};
pub use change::{Change, Closed, change, change_and_keep};
pub use clipboard::{COPIED_FOR, clear_later, copy};
pub use compare::compare;
pub use contract::{Judgement, judge};
pub use create::{Made, create};
pub use credential::given;
pub use delivered::{Delivered, deliver};
pub use doctor::{Diagnosis, Finding, diagnose};
pub use edit::{Draft, EditedSecret, Stored, store_edited};
pub use env_file::EnvFile;
pub use folder::Folder;
pub use guard::{Acquaintance, Pinned, settle, verify_keyless};
pub use hook::{Hook, hook};
pub use import::{Import, ImportRules, import, import_word};
pub use imported::{Kept, placed};
pub use injected::{Referred, refer, referred_values};
pub use journal::{Journal, journal, note};
pub use logs::{Tail, collected, export};
pub use loss::{Loss, loss};
pub use masked::{everything, patterns};
use open::{Wish, open_made, open_wished};
pub use open::{open, open_keyed, open_keyed_unasked, open_to_renew, open_to_tell, open_unasked};
pub use opened::{Open, Origin};
pub use opener::{Opener, handout, iterations, key_at, label, new_opener, new_passphrase};
pub use place::{
    check_input, check_output, credential_takes_stdin, is_committable, location, program,
    project_settings, request, warn_of_surroundings, write_output,
};
pub use plan::{Plan, Planned};
pub use recognise::{Sighting, same, which};
pub use recovery::{RECOVERY, add_recovery, offer_recovery, printed_in_vain};
pub use refs::{Reference, References, refs};
pub use reveal::{Wanted, reveal};
pub use routes::{Route, Routes};
pub use scratch::scratch;
pub use selected::{Delivery, Selected, Selection};
pub use selection::Selector;
pub use session::{
    Begun, OpenSession, UNSEEN, begin, end, end_all, end_of, keyring_is_refused, open_session,
};
use silent::{open_silently, read_silently};
pub use slips::{Source, slips};
pub use target::Target;
pub use targets::{Named, Targets, named};
pub use trust::{Trust, trust};
pub use undo::{LastWrite, Step, last_write};
