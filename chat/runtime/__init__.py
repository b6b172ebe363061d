"""Chat as it runs in a process: who reads a room here, and who writes into it."""
