"""People for programs: signing in, profiles, tokens."""
