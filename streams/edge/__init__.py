"""A relay by itself, on a machine without a database: shows viewers what it reads from another StreAir."""
