"""Forms that are drawn from the declarations of the settings."""
