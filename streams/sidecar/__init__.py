"""The nginx-rtmp process beside us: its configuration, its life, its answers."""
