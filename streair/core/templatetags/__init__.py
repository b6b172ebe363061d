"""Template tags that every app uses."""
