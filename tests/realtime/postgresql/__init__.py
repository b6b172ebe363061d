"""PostgreSQL asked from the event loop."""
