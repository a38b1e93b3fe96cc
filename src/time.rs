//! Instants, durations and the clock.
