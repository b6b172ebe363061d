"""Forms about accounts, by page."""
