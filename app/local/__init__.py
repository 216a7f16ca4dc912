"""Real servers for one machine, out of their packages; never on a fleet."""
