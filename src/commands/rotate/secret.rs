//! `rotate NAME`: a new value for a secret.

use super::Args;
use crate::context::Context;
use crate::failure::{Exit, Failure};

/// Does it.
///
/// # Errors
/// Always.
pub(super) fn run(_ctx: &Context, _args: &Args) -> Result<Exit, Failure> {
    Err(Failure::io("unfinished"))
}
