"""Files that are either the old ones or the new ones, their hashes, and the store of tables: the ground floor."""
