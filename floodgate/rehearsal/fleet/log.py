"""The events of a group, short enough to read: what drips out over a minute is one event."""

from __future__ import annotations

from floodgate.rehearsal.outcome import Event

TOGETHER_S = 60


class Log:
    """Events in order; counts of one kind within a minute are told as one."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._open: dict[tuple[str, str], int] = {}

    def tell(self, event: Event) -> None:
        """Add an event as it is."""
        self.events.append(event)

    def count(self, second: int, kind: str, name: str, before: int, after: int, words: str) -> None:
        """Add a change of a count; `words` follow the number, e.g. "servers launched"."""
        at = self._open.get((kind, name))
        if at is not None and second - self.events[at].second < TOGETHER_S and self.events[at].after == before:
            first = self.events[at]
            start = int(first.before or 0)
            self.events[at] = Event(first.second, kind, name, start, after, f"{abs(after - start):,} {words}")
            return
        self._open[kind, name] = len(self.events)
        self.tell(Event(second, kind, name, before, after, f"{abs(after - before):,} {words}"))
