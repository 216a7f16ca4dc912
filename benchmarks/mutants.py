"""What mutation testing of AWS's rules came to: killed by subject and module, and every survivor by its function.

``make mutants`` changes one thing at a time in `floodgate/awsrules` and runs the tests of the rules; a change that no
test notices has survived. Exit code 1 where fewer than 85 % were killed.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "mutants" / "floodgate" / "awsrules"
LEAST = 0.85
# mutmut's exit codes: 0 survived, 33 no test runs it; what timed out or crashed was noticed
SURVIVED, UNTRIED = 0, 33
NUMBER = re.compile(r"__mutmut_\d+$")


@dataclass(frozen=True, slots=True)
class Tally:
    """Mutants of one module, and how many of each of its functions survived."""

    module: str
    mutants: int
    survivors: Counter[str]

    @property
    def killed(self) -> int:
        """How many were noticed."""
        return self.mutants - self.survivors.total()


def tally(file: Path) -> Tally:
    """What one file of results says."""
    codes = json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"]
    survived = Counter(function_of(key) for key, code in codes.items() if code in (SURVIVED, UNTRIED, None))
    name = file.relative_to(RESULTS).as_posix().removesuffix(".py.meta")
    return Tally(name, len(codes), survived)


def function_of(key: str) -> str:
    """The function that a mutant's key names: ``….x_rounded__mutmut_3`` is ``rounded``."""
    name = NUMBER.sub("", key.rsplit(".", 1)[-1])
    return name.removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")


def main() -> int:
    """Print the tallies; the exit code."""
    found = [tally(file) for file in sorted(RESULTS.rglob("*.meta"))]
    found = [module for module in found if module.mutants]
    if not found:
        print("no results: run `make mutants`", file=sys.stderr)
        return 2
    for module in found:
        words = ", ".join(f"{name} {count}" for name, count in module.survivors.most_common())
        print(f"{module.killed:5} of {module.mutants:5}  {module.module:40}  {words}")
    mutants, killed = sum(module.mutants for module in found), sum(module.killed for module in found)
    print(f"{killed:,} of {mutants:,} mutants were killed: {killed / mutants:.1%}")
    return 0 if killed / mutants >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
