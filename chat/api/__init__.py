"""Chat in the API."""
