"""PostgreSQL with patience that ends: a server that hangs holds no request for longer than a few seconds."""
