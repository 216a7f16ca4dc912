"""The traffic light of a provider, by which people choose before they type anything."""

from __future__ import annotations

from app.identity.breaker import Breaker, State
from app.line.document import Light

AMBER_SHARE = 0.1
AMBER_FAILURES = 2  # one bad call among a handful is no news


def light(breaker: Breaker, now_s: float, *, full: bool = False, closed: bool = False) -> Light:
    """Green, amber or red.

    Args:
        breaker: of the provider.
        now_s: when.
        full: as many people wait for the provider as may.
        closed: by an operator.

    Returns:
        ``red``: nobody is sent there. ``amber``: it is slow, fails for some, is full, or is being tried again.
    """
    state = breaker.state(now_s)
    if closed or state is State.OPEN:
        return "red"
    calls, failures = breaker.counted(now_s)
    failing = failures >= AMBER_FAILURES and failures >= calls * AMBER_SHARE
    return "amber" if full or failing or state is State.HALF_OPEN else "green"
