"""Tags for pages that show a chat."""
