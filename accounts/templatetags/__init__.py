"""Components about people."""
