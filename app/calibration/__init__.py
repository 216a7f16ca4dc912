"""What each step of a journey costs, measured on the running service, for the rehearsal to read."""
