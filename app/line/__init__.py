"""The waiting room's line: draw, tickets, passes, the public document, and the store that numbers people."""
