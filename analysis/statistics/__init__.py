"""One hierarchical model for many small shares: arrays in, arrays out; it knows nothing of the rest of the package."""
