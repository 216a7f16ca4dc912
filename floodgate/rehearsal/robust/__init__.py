"""Whether a verdict depends on numbers that nobody knows: plays of the corners of their ranges."""
