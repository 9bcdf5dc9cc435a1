"""What arrives becomes text tables; every value keeps the address at which a person finds it."""
