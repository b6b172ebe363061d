"""What edges and ingest nodes have in common: they serve a site, and have neither its database nor its settings."""
