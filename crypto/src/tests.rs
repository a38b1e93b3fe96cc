//! Published vectors through our own wrappers.
//!
//! Every test counts what it tried, so that an empty file cannot pass.

#![expect(
    clippy::print_stdout,
    reason = "a log shows how many vectors were tried"
)]

mod curve;
mod vectors;

/// Bytes from hexadecimal digits; white space is for the eye.
fn hex(text: &str) -> Vec<u8> {
    let digits: String = text.split_whitespace().collect();
    data_encoding::HEXLOWER.decode(digits.as_bytes()).unwrap()
}
