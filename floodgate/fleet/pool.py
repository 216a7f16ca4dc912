"""The warm pool as it follows the group: refilled, and brought down to its size."""

from __future__ import annotations

from floodgate.awsrules.instances import termination, warm_pool
from floodgate.awsrules.instances.termination import Candidate
from floodgate.fleet.context import Context
from floodgate.fleet.departures import SURPLUS, Departures
from floodgate.fleet.launches import Launches


class Pool:
    """Keeps a warm pool at the size that follows from the group's maximum and desired capacity."""

    def __init__(self, context: Context, launches: Launches, departures: Departures) -> None:
        self._context, self._launches, self._departures = context, launches, departures
        pool = context.group.warm_pool
        self._pool = pool if pool is not None and warm_pool.possible(context.group) else None

    def settle(self, second: int) -> None:
        """Launch into the pool what is missing, terminate what is too many."""
        if self._pool is None:
            return
        context, roster = self._context, self._context.roster
        wanted = warm_pool.size(self._pool, context.bounds.maximum, context.bounds.desired)
        # what is about to be started, and only waits for its turn, is the pool's no more
        weight = context.group.instance_type.weight
        starting = min(roster.count("pool"), max(0, -(-(context.bounds.desired - roster.units) // weight)))
        change = warm_pool.refill(wanted, roster.count("pool") - starting, roster.count("preparing"))
        if change.launch and context.able.scale_out:
            self._launches.launch(change.launch, second, pooled=True)
        elif change.terminate and context.able.scale_in:
            self._shrink(change.terminate, second)

    def _shrink(self, count: int, second: int) -> None:
        there = self._context.roster.at["pool"]
        candidates = [Candidate(one.id, one.zone, one.launched_s) for one in there.values()]
        chosen = termination.choose(candidates, count, ("Default",), second, self._context.chance.random)
        gone = [there[candidate.id] for candidate in chosen]
        words = "servers terminated in the warm pool, which is larger than it should be"
        self._departures.terminate(gone, second, SURPLUS, words)
