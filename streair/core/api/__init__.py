"""What every endpoint of the API shares: errors, limits, pages of a list."""
