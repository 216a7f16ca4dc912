"""Proof of who somebody is, by providers outside; and the rules that hang on it."""
