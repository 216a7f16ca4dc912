"""Prints every promised number: `make bench`, or `python -m benchmarks NAME` for one group."""

from __future__ import annotations

import platform
import sys

from benchmarks.measure import Figure, in_own_process
from benchmarks.work import PERSON_CROWDS


def rehearse() -> list[Figure]:
    """The main command as a user starts it, after set-up."""
    taken = in_own_process("whole_rehearsal")
    return [Figure("make rehearse, after set-up", taken["whole_s"], 15, "s")]


def deployment() -> list[Figure]:
    """The offline deployment of `opening`: the first in a process with its imports, and the second."""
    taken = in_own_process("two_deployments")
    return [
        Figure("offline deployment of opening, imports included", taken["first_s"], 4, "s"),
        Figure("the same again in one process", taken["second_s"], 1.2, "s"),
    ]


def night() -> list[Figure]:
    """One night in August, and the same night with a hundred times as many people, in one process."""
    taken = in_own_process("nights")
    return [
        Figure("one night of 1.9 million people", taken["night_s"], 1, "s"),
        Figure("19 million people against 190 thousand, time", taken["ratio"], 1.5, "x"),
        Figure("peak memory of a night of 19 million", taken["peak_mb"], 600, "MB"),
    ]


def rehearsal() -> list[Figure]:
    """The rehearsal's machine code on one core: a night, a campaign, and a model with one process a person."""
    first = in_own_process("warm_kernel", runs=1)
    taken = in_own_process("campaign")
    kinds = in_own_process("every_policy")
    persons = in_own_process("persons", runs=1)
    growth = ", ".join(f"{people:,} people {persons[f'simpy_{people}_s']:.1f} s" for people in PERSON_CROWDS)
    print(
        f"SimPy's cost: {growth}; a night of 1,900,000 at least {persons['simpy_night_s']:,.0f} s by the last of them"
    )
    return [
        Figure("machine code where there is none or it is cached", first["compile_s"], 30, "s"),
        Figure("ten nights of 16.2 million people", taken["nights_s"], 2, "s"),
        Figure("the same, start-up of Python included", taken["whole_s"], 5, "s"),
        Figure("one night with 400 servers and every policy kind", kinds["night_s"], 0.3, "s"),
        Figure("the same night, as fast as SimPy's processes", persons["ratio"], 1000, "x", at_least=True),
    ]


def what_if() -> list[Figure]:
    """The whole command on a month of metrics by the minute with three target tracking policies."""
    taken = in_own_process("month_of_what_if")
    return [
        Figure("what-if on a month of minute metrics, three policies", taken["recorded_s"], 3, "s"),
        Figure("the same as a closed loop", taken["closed_s"], 5, "s"),
    ]


def engine() -> list[Figure]:
    """The real engine offline, command by command; needs `pulumi` or `make pulumi`."""
    taken = in_own_process("engine")
    return [
        Figure("pulumi preview of opening, offline", taken["preview_s"], 8, "s"),
        Figure("first pulumi up --skip-preview", taken["up_s"], 12, "s"),
        Figure("the same up again, nothing to change", taken["same_s"], 6, "s"),
        Figure("pulumi destroy --skip-preview", taken["destroy_s"], 8, "s"),
        Figure("first pulumi up, its own preview included", taken["both_s"], 12, "s"),
    ]


def service() -> list[Figure]:
    """The reservation service, its database and the generator on the same machine; once, some three minutes."""
    from benchmarks.service import bookings, hot_clinic, line

    return [*bookings(), *hot_clinic(), *line()]


GROUPS = {
    "rehearse": rehearse,
    "deployment": deployment,
    "night": night,
    "rehearsal": rehearsal,
    "what-if": what_if,
    "engine": engine,
    "service": service,
}


def main(wanted: list[str]) -> int:
    """Measure and print the wanted groups, or all; exit code 1 where a number is missed, 2 for an unknown group."""
    if unknown := set(wanted) - set(GROUPS):
        print(f"no benchmark named {', '.join(sorted(unknown))}; there are {', '.join(GROUPS)}", file=sys.stderr)
        return 2
    print(f"Python {platform.python_version()}, {platform.machine()}, medians of three runs, the service in one")
    figures = [figure for name in wanted or GROUPS for figure in GROUPS[name]()]
    print("\n".join(figure.row() for figure in figures))
    return int(not all(figure.holds for figure in figures))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
