"""How fast the main job is, measured side by side; run with `make bench`."""
