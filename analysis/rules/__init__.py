"""What people write and decide: the settings of a project and its files of rules."""
