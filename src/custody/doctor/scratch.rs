//! Secret files that a command left when it was killed.

use super::{Diagnosis, Mend};
use crate::context::Context;
use crate::custody::scratch::places;
use crate::store::shell_word;

/// They are removed by the next command that makes such files, or here.
pub(super) fn check(ctx: &Context, found: &mut Diagnosis) {
    for path in places(ctx).left() {
        let message = format!(
            "\"{}\" holds secrets in files; the command that made it was killed",
            path.display()
        );
        let remedy = format!("rm -r {}", shell_word(&path));
        found.add_mendable("scratch", message, remedy, Mend::Sweep(path));
    }
}
