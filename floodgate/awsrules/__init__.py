"""AWS's own rules as pure functions over frozen values: what it refuses and what it does. No clock, no network."""
