"""Whether AWS would accept what a saved plan describes, were it created anew."""
