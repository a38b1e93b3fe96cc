//! Settings and environment variables.
