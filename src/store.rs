//! Where the bytes of a vault live.
