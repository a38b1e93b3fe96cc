//! A session as a file on tmpfs.
