"""Pages of the organization's own settings."""
