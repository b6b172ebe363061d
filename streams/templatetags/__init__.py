"""What pages show of streams."""
