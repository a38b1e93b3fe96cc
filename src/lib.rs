//! The inside of `secrets`.
//!
//! This library exists for the program, its benchmarks and its tests. It
//! promises no stable interface.
//!
//! The rooms, from the ground up. A room uses the floors below it and nothing
//! else; a test holds it to that.
//!
//! - floor 0: [`secret`], [`name`], [`time`], [`mod@file`]
//! - floor 1: [`crypto`]
//! - floor 2: [`vault`]
//! - floor 3: [`store`], [`terminal`], [`process`], [`config`], [`generator`]
//! - floor 4: [`failure`], [`context`]
//! - floor 5: [`commands`]
//! - floor 6: [`cli`]

pub mod name;
pub mod secret;

pub mod file;
pub mod time;

pub mod crypto;

pub mod vault;

pub mod config;
pub mod generator;
pub mod process;
pub mod store;
pub mod terminal;

pub mod context;
pub mod failure;

pub mod commands;

pub mod cli;
