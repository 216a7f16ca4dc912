"""Floodgate: declare the stack of an opening, rehearse it offline, open it."""
