//! Whether an older state is usual where a vault lies.

use std::rc::Rc;

/// Whether a file lies in a git work tree.
#[derive(Clone, Default)]
pub enum InWorkTree {
    /// Whoever wants to know has to look: it is seldom of account, and the way
    /// up to the root of a disk is long.
    Asked(Rc<dyn Fn() -> bool>),
    /// It does not.
    #[default]
    No,
    /// It does.
    Yes,
}

impl InWorkTree {
    /// The answer.
    pub fn is(&self) -> bool {
        match self {
            InWorkTree::Asked(look) => look(),
            InWorkTree::No => false,
            InWorkTree::Yes => true,
        }
    }
}

impl std::fmt::Debug for InWorkTree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            InWorkTree::Asked(_) => "Asked",
            InWorkTree::No => "No",
            InWorkTree::Yes => "Yes",
        })
    }
}
