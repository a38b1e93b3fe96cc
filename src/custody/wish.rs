//! How a vault is to be opened.

use crate::context::Context;
use crate::vault::Depth;

/// How a vault is to be opened.
pub(super) struct Wish<'a> {
    pub(super) depth: Depth,
    /// Whether a person may be asked.
    pub(super) ask: bool,
    pub(super) accept_older: bool,
    /// The label of the slot on which a passphrase is tried first.
    pub(super) first: Option<&'a str>,
    /// Whether the passphrase is to be changed, so that one that was handed
    /// out does.
    pub(super) renew: bool,
    /// Whether it takes the key of a slot, so that a session is passed over.
    pub(super) keyed: bool,
    /// Whether it only says what there is, which is no use of a session.
    pub(super) tells: bool,
}

impl Wish<'_> {
    pub(super) fn of(ctx: &Context, depth: Depth) -> Self {
        Wish {
            depth,
            ask: true,
            accept_older: ctx.globals.accept_older,
            first: None,
            renew: false,
            keyed: false,
            tells: false,
        }
    }

    /// To look at a vault whatever its age, without asking anybody.
    pub(super) fn to_look(ctx: &Context, depth: Depth) -> Self {
        Wish {
            ask: false,
            accept_older: true,
            ..Wish::of(ctx, depth)
        }
    }
}
