"""The parts of `benches/compare`: whole processes timed side by side."""
