"""The events of a group, short enough to read: what drips out over a minute is one event."""

from __future__ import annotations

from dataclasses import replace

from floodgate.fleet.events import Cause, GroupEvent, Kind

TOGETHER_S = 60


def _counted(number: int, words: str) -> str:
    """A number with what follows it, e.g. "1 server launched"."""
    return f"{number:,} {words.replace('servers', 'server', 1) if number == 1 else words}"


class Log:
    """Events in order; counts of one kind and cause within `together_s` are told as one."""

    def __init__(self) -> None:
        self.together_s = TOGETHER_S
        self.events: list[GroupEvent] = []
        self._open: dict[tuple[Kind, Cause], int] = {}
        self._refused: dict[str, Cause] = {}

    def tell(self, event: GroupEvent) -> None:
        """Add an event as it is."""
        self.events.append(event)

    def count(self, second: int, kind: Kind, sizes: tuple[int, int], cause: Cause, words: str) -> None:
        """Add a change of a count from one size to another; `words` follow the number, e.g. "servers launched"."""
        before, after = sizes
        if before == after:
            return
        at = self._open.get((kind, cause))
        last = self.events[at] if at is not None else None
        if at is not None and last is not None and second - last.second < self.together_s:
            start = int(last.before or 0)
            # what was told in between has read the number as it was then, and what turned back is another change
            if last.after == before and (before > start) == (after > before):
                self.events[at] = replace(last, after=after, reason=_counted(abs(after - start), words))
                return
        self._open[kind, cause] = len(self.events)
        self.tell(GroupEvent(second, kind, before, after, cause, _counted(abs(after - before), words)))

    def refuse(
        self,
        second: int,
        what: str,
        cause: Cause | None,
        reason: str = "",
        sizes: tuple[int | None, int | None] = (None, None),
    ) -> None:
        """Say once that something cannot be had, and again only when the cause has changed; None says that it can.

        `what` names the wish, so that two of them do not silence each other; `sizes` are what there is or may be, and
        what was asked for.
        """
        if cause is None:
            self._refused.pop(what, None)
        elif self._refused.get(what) != cause:
            self._refused[what] = cause
            self.tell(GroupEvent(second, "refused", *sizes, cause, reason))
