"""What nginx-rtmp asks and tells us: publish, done, update."""
