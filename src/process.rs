//! The child's environment, and exec.
