"""The ground floor: atomic writes of files, their hashes, and the store of tables."""
