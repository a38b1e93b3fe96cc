//! Values made at random.
