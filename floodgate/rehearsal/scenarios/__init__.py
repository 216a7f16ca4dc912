"""Crowds as TOML files: their shape, their sources, and how they are read."""
