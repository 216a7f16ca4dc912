"""Mutation testing of AWS's rules: which change of one thing does no test notice?

``make mutants`` changes one thing at a time in `floodgate/awsrules`, runs the tests of the rules that touch it, and
prints every survivor by its function, then one table by folder. ``python -m benchmarks.mutants scaling cache`` tries
these folders only, ``--told`` prints what the last run found. Exit code 1 where fewer than 85 % were noticed, 2 where
there is nothing to tell.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "mutants" / "floodgate" / "awsrules"
LEAST = 0.85
# exit codes that mutmut keeps: None not tried, 0 survived, 5 and 33 no test runs it, the signals of a timeout
UNTRIED, SURVIVED, TIMEOUT = (None,), (0, 5, 33), (24, -24, 36, 152, 255)
NUMBER = re.compile(r"__mutmut_\d+$")


@dataclass(frozen=True, slots=True)
class Tally:
    """Mutants of one module: how many ended in a timeout, were not tried, and survived by function."""

    module: str
    mutants: int
    timeouts: int
    untried: int
    survivors: Counter[str]

    @property
    def folder(self) -> str:
        """The folder of rules, or the module itself where it lies in none."""
        return self.module.split("/", 1)[0]

    @property
    def survived(self) -> int:
        """How many no test noticed."""
        return self.survivors.total()


def tally(file: Path) -> Tally:
    """What one file of results says."""
    codes: dict[str, int | None] = json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"]
    survivors = Counter(function_of(key) for key, code in codes.items() if code in SURVIVED)
    name = file.relative_to(RESULTS).as_posix().removesuffix(".py.meta")
    timeouts, untried = (sum(code in kind for code in codes.values()) for kind in (TIMEOUT, UNTRIED))
    return Tally(name, len(codes), timeouts, untried, survivors)


def function_of(key: str) -> str:
    """The function that a mutant's key names: ``….x_rounded__mutmut_3`` is ``rounded``."""
    name = NUMBER.sub("", key.rsplit(".", 1)[-1])
    return name.removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")


def run(folders: Iterable[str]) -> int:
    """Try the mutants of some folders, or of all that have not been tried since they changed; mutmut's exit code."""
    patterns = [f"floodgate.awsrules.{folder}.*" for folder in folders]
    # in CI's profile Hypothesis draws the same examples in every run, and the share is the same figure
    return subprocess.run(
        [Path(sys.executable).with_name("mutmut"), "run", *patterns],
        cwd=ROOT,
        env={**os.environ, "CI": "1"},
        check=False,
    ).returncode


def table(tallies: Iterable[Tally]) -> Iterator[str]:
    """One line a folder, and the sum; what timed out was noticed."""
    yield f"{'folder':12} {'mutants':>8} {'killed':>8} {'survived':>9} {'timeout':>8} {'share':>7}"
    tallies = list(tallies)
    for folder in sorted({one.folder for one in tallies}):
        yield row(folder, [one for one in tallies if one.folder == folder])
    yield row("all", tallies)


def row(name: str, tallies: list[Tally]) -> str:
    """One line of the table."""
    mutants, survived, timeouts = (
        sum(one.mutants for one in tallies),
        sum(one.survived for one in tallies),
        sum(one.timeouts for one in tallies),
    )
    killed = mutants - survived - timeouts
    return f"{name:12} {mutants:8,} {killed:8,} {survived:9,} {timeouts:8,} {share(tallies):7.1%}"


def share(tallies: list[Tally]) -> float:
    """How many of the mutants were noticed, from 0 to 1."""
    return 1 - sum(one.survived for one in tallies) / sum(one.mutants for one in tallies)


def main(arguments: list[str]) -> int:
    """Try mutants and tell; the exit code."""
    folders = [argument for argument in arguments if argument != "--told"]
    if "--told" not in arguments and run(folders):
        return 2
    found = [tally(file) for file in sorted(RESULTS.rglob("*.meta"))]
    found = [one for one in found if one.mutants and (not folders or one.folder in folders)]
    untried = sum(one.untried for one in found)
    if not found or untried:
        print(f"{untried} mutants are not tried yet: run `make mutants` to its end", file=sys.stderr)
        return 2
    for one in found:
        if one.survivors:
            words = ", ".join(f"{name} {count}" for name, count in one.survivors.most_common())
            print(f"{one.survived:4} survived in {one.module:40} {words}")
    print(*table(found), sep="\n")
    return 0 if share(found) >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
