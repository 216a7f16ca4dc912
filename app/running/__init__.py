"""Processes: what a server starts, what it finds around itself, and how all of it stops."""
