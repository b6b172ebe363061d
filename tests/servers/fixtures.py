"""Fixtures around the servers of this package; conftest.py brings them in."""
