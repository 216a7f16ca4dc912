"""Replays recorded metrics against the policies of any group."""
