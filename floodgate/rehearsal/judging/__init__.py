"""What became of each promise, and why."""
