"""How an ingest node on another machine does, for balancers and Prometheus: its own `/health` and `/metrics`."""
