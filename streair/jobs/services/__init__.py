"""Writing to the queue and to the jobs' rows."""
