"""Which plays are made: each assumed parameter at both ends of its range, then those that matter together.

One at a time finds what moves the figures at all; of these, the worse ends in pairs find what only bites together, and
a Latin hypercube between them finds what lies between the ends (McKay, Beckman, Conover, "A Comparison of Three Methods
for Selecting Values of Input Variables", Technometrics 21(2), 1979, https://doi.org/10.2307/1268522).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from floodgate.rehearsal.parameters import Parameter

MOST_TOGETHER = 7


@dataclass(frozen=True, slots=True)
class Setting:
    """One play: the parameters that differ from the rehearsed ones, by name, and the seed."""

    values: Mapping[str, float] = field(default_factory=dict)
    seed: int = 1

    @property
    def words(self) -> str:
        """The settings as a user would give them."""
        given = ", ".join(f"{name}={value:g}" for name, value in self.values.items())
        return f"{given or 'as rehearsed'}, seed {self.seed}"


def open_to_doubt(parameters: Iterable[Parameter]) -> tuple[Parameter, ...]:
    """The parameters that nobody knows; what is declared, documented or measured is held, and what has no range."""
    return tuple(each for each in parameters if each.origin == "assumed" and each.low < each.high)


def singly(parameters: Sequence[Parameter], seed: int) -> list[Setting]:
    """Each parameter at both ends of its range; an end that is its value is played already."""
    return [
        Setting({each.name: end}, seed) for each in parameters for end in (each.low, each.high) if end != each.value
    ]


def together(worse: Mapping[str, float], parameters: Sequence[Parameter], points: int, seed: int) -> list[Setting]:
    """Plays of those that moved the figures.

    Args:
        worse: by name the worse end of those that moved a figure, the strongest first.
        parameters: all that are open to doubt.
        points: of the Latin hypercube.
        seed: of the plays and of the hypercube.

    Returns:
        Pairs of worse ends, all worse ends at once, and the hypercube.
    """
    strongest = dict(list(worse.items())[:MOST_TOGETHER])
    pairs = [dict(pair) for pair in combinations(strongest.items(), 2)]
    ranges = [each for each in parameters if each.name in strongest]
    settings = [*pairs, *([strongest] if len(strongest) > 2 else []), *hypercube(ranges, points, seed)]
    return [Setting(values, seed) for values in settings]


def hypercube(ranges: Sequence[Parameter], points: int, seed: int) -> list[dict[str, float]]:
    """So many points that have one value in each of as many equal slices of every range."""
    if len(ranges) < 2:
        return []
    generator = np.random.default_rng(seed)
    columns = []
    for each in ranges:
        slices = (generator.permutation(points) + generator.random(points)) / points
        columns.append((each.low + slices * (each.high - each.low)).tolist())
    names = [each.name for each in ranges]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
