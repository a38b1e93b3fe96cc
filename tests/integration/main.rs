//! The integration tests: the real program, in sandboxes.
#![allow(dead_code, reason = "the harness offers what the next test needs")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

// How the tests work.
#[macro_use]
mod skip;
mod canary;
mod clipboard;
mod command;
mod floors;
mod harness;
#[cfg(target_os = "linux")]
mod keyctl;
mod lexer;
mod output;
mod pattern;
mod pty;
mod source;
mod transcript;
mod twin;

// What they claim.
mod acquaintance;
mod agents;
mod allow;
mod attacks;
mod audit_events;
mod audit_screen;
mod bounds;
mod checkouts;
mod completions;
mod concurrency;
mod containers;
mod contract;
mod doctor;
mod doors;
mod edit;
mod exchange;
mod exit_status;
mod export_formats;
mod hardening;
mod hooks;
mod hygiene;
mod import_formats;
mod inject;
mod journal;
mod known_answers;
mod later_vaults;
mod leaks;
mod manual;
mod model;
mod moves;
mod people;
mod permissions;
mod pins;
mod plan;
mod prompts;
mod readme;
mod recipes;
mod recognise;
mod record;
mod redact;
mod refs;
mod rekeys;
mod removal;
mod run;
mod scale;
#[cfg(target_os = "linux")]
mod sessions;
mod status;
mod supervised;
mod undo;
mod values;
mod versions;
mod watch;
mod words;
