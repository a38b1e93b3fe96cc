//! A session as a key of the user keyring.
