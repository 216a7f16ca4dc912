"""A scenario's people, sent on schedule to a running service, and what became of them."""
