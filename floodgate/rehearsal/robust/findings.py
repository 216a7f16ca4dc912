"""On what a verdict depends: the plays' order, what they are compared by, and what is told of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from floodgate.rehearsal.parameters import Parameter
from floodgate.rehearsal.robust.design import Setting, open_to_doubt, singly, together
from floodgate.rehearsal.robust.playing import FIGURES, Play, Played

# a figure has moved where it differs by more than this share of what it was
MOVED_SHARE = 0.01
# and shares by more than this
MOVED_POINTS = 0.002
POINTS = 24
# which way a figure is worse
WORSE = {"wait_max_s": 1.0, "refused_share": 1.0, "shown_wait_true_share": -1.0, "booked_share": -1.0}


@dataclass(frozen=True, slots=True)
class Doubt:
    """One parameter on which the verdict depends by itself: at `value` it is another, on these of the seeds."""

    parameter: Parameter
    value: float
    broken: tuple[str, ...]
    headline: str
    seeds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Robustness:
    """What the plays found.

    Attributes:
        held: the verdict as rehearsed.
        plays: how many were made.
        seeds: those that were tried.
        other_seeds: seeds on which the verdict is another though all numbers are as rehearsed.
        doubts: parameters on which it depends by themselves.
        combinations: plays with another verdict in which none of the doubts stands at such an end.
        moved: parameters that moved a figure, the strongest first.
        still: how many moved none.
    """

    held: bool
    plays: int
    seeds: tuple[int, ...]
    other_seeds: tuple[int, ...]
    doubts: tuple[Doubt, ...]
    combinations: tuple[Played, ...]
    moved: tuple[str, ...]
    still: int

    @property
    def firm(self) -> bool:
        """Whether no play had another verdict."""
        return not (self.other_seeds or self.doubts or self.combinations)


def explore(
    parameters: Sequence[Parameter], seeds: Sequence[int], play: Play, progress: Callable[[float], None]
) -> Robustness:
    """Play the corners, and tell on what the verdict depends.

    Args:
        parameters: those that the rehearsal used; what is not open to doubt is held.
        seeds: of the draw; the first is the rehearsed one.
        play: plays settings in order.
        progress: called with the share that is done.
    """
    doubtful = open_to_doubt(parameters)
    first = [Setting({}, seed) for seed in seeds] + singly(doubtful, seeds[0])
    expected = len(first) + POINTS + 22 + 4 * len(seeds)
    played: list[Played] = []

    def made(settings: Sequence[Setting]) -> list[Played]:
        new = []
        for one in play(settings):
            new.append(one)
            progress(min(1.0, (len(played) + len(new)) / expected))
        played.extend(new)
        return new

    found = made(first)
    base, alone = found[0], found[len(seeds) :]
    worse = worse_ends(base, alone)
    others = made(together(worse, doubtful, POINTS, seeds[0]))
    flipped = [one for one in alone if one.held != base.held]
    again = made([Setting(one.setting.values, seed) for one in flipped for seed in seeds[1:]])
    by_name = {parameter.name: parameter for parameter in doubtful}
    doubts = tuple(_doubt(one, again, by_name, base) for one in flipped)
    return Robustness(
        held=base.held,
        plays=len(played),
        seeds=tuple(seeds),
        other_seeds=tuple(one.setting.seed for one in found[: len(seeds)] if one.held != base.held),
        doubts=tuple(sorted(doubts, key=lambda doubt: (-len(doubt.seeds), doubt.parameter.name))),
        combinations=tuple(one for one in others if one.held != base.held and not _explained(one, doubts)),
        moved=tuple(worse),
        still=len(doubtful) - len(worse),
    )


def worse_ends(base: Played, alone: Sequence[Played]) -> dict[str, float]:
    """By name the worse end of every parameter that moved a figure, the strongest first."""
    strongest: dict[str, tuple[bool, bool, float, float]] = {}
    for one in alone:
        ((name, value),) = one.setting.values.items()
        moved = movement(base, one)
        # what turns the verdict is worse than what only moves figures, and what harms people than what spares them
        key = (one.held != base.held, harms(base, one), moved, value)
        if moved > 0.0 and key > strongest.get(name, (False, False, 0.0, 0.0)):
            strongest[name] = key
    order = sorted(strongest, key=lambda name: (strongest[name][0], strongest[name][2]), reverse=True)
    return {name: strongest[name][3] for name in order}


def harms(base: Played, other: Played) -> bool:
    """Whether people wait longer, are refused more often, told less of the truth, or book less."""
    return any(WORSE[name] * (other.figures[name] - base.figures[name]) > 0.0 for name in WORSE)


def movement(base: Played, other: Played) -> float:
    """By which share the figure that moved most has moved; 0 where none did."""
    shares = []
    for name in FIGURES:
        before, after = base.figures[name], other.figures[name]
        least = MOVED_POINTS if name.endswith("_share") else MOVED_SHARE * max(1.0, abs(before))
        if abs(after - before) > least:
            shares.append(abs(after - before) / max(abs(before), least))
    return max(shares, default=0.0)


def _doubt(one: Played, again: Sequence[Played], by_name: dict[str, Parameter], base: Played) -> Doubt:
    ((name, value),) = one.setting.values.items()
    same = [other for other in (one, *again) if other.setting.values == one.setting.values]
    seeds = tuple(other.setting.seed for other in same if other.held != base.held)
    return Doubt(by_name[name], value, one.broken, one.headline, seeds)


def _explained(one: Played, doubts: Sequence[Doubt]) -> bool:
    """Whether the play has a doubted parameter at least as far off as where it turns the verdict alone."""
    for doubt in doubts:
        value = one.setting.values.get(doubt.parameter.name)
        if value is not None and (value - doubt.value) * (doubt.parameter.value - doubt.value) <= 0.0:
            return True
    return False
