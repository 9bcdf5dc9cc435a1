"""The steps of `check` and `build`: raw files in, validated tables and findings out."""
