"""People: when they come, how they wait, how they are let in, what they do inside."""
