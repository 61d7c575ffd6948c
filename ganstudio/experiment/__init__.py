"""What is trained, and how: the settings, their rules and their files."""
