"""Machine code and plain Python are the same functions and give the same numbers.

What compiling costs in time is measured by the benchmarks; the compiler keeps its code between runs of these tests
wherever the package can be written.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from floodgate.rehearsal import compiling
from floodgate.rehearsal.compiling import as_arrays, can_compile
from floodgate.rehearsal.engine import is_fast
from tests.unit.rehearsal.engine_cases import crowd_of, plan_of, played

SHORT = {"arrivals": ((-5.0, 0.0), (0.0, 0.3), (10.0, 1.0)), "lead_minutes": 6, "horizon_minutes": 20}

needs_numba = pytest.mark.skipif(not can_compile(), reason="Numba is not installed, or switched off")


@needs_numba
@pytest.mark.parametrize(
    ("servers", "service", "crowd"),
    [
        pytest.param(10, {}, {}, id="calm"),
        pytest.param(2, {"max_inside": 900}, {}, id="a cap"),
        pytest.param(2, {"waiting_room": False, "edge": False, "shed_after_s": None}, {}, id="a collapse"),
        pytest.param(3, {"waiting_room": False, "connections_per_server": 3000, "reserved_lcu": 0}, {}, id="refusals"),
        pytest.param(0, {}, {}, id="nobody serves"),
    ],
)
def test_machine_code_gives_the_numbers_of_plain_python(servers, service, crowd):
    plan, crowd = plan_of(servers, **service), crowd_of(60_000, **crowd, **SHORT)
    plain, fast = (played(plan, crowd, fast=fast) for fast in (False, True))

    for name, values in plain.series.items():
        assert fast.series[name] == pytest.approx(values, rel=1e-9, abs=1e-7), name
    assert fast.totals == pytest.approx(plain.totals, rel=1e-9, abs=1e-7)
    assert fast.waits.wait_s == pytest.approx(plain.waits.wait_s)
    assert [(event.second, event.name) for event in fast.events] == [
        (event.second, event.name) for event in plain.events
    ]


@pytest.mark.parametrize(
    "without",
    [
        pytest.param("import os; os.environ['NUMBA_DISABLE_JIT'] = '1'", id="switched off"),
        pytest.param("import sys; sys.modules['numba'] = None", id="not installed"),
    ],
)
def test_without_a_compiler_a_fast_night_is_played_in_plain_python(without):
    program = f"""{without}
from engine_cases import crowd_of, plan_of, played
crowd = crowd_of(60_000, arrivals=((-5.0, 0.0), (0.0, 0.3), (10.0, 1.0)), lead_minutes=6, horizon_minutes=20)
print(repr(played(plan_of(10), crowd, fast=True).totals["booked"]))
"""
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_DISABLE_JIT"}
    environment["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[3])])
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)

    plain = played(plan_of(10), crowd_of(60_000, **SHORT)).totals["booked"]
    assert float(done.stdout) == plain


def test_arrays_hold_the_numbers_of_the_lists_in_the_same_places():
    nested = compiling.as_arrays(plain := _Pair([1.0, 2.0], _Pair([], 3.0)))

    assert nested.first.tolist() == plain.first
    assert nested.second.second == 3.0
    assert isinstance(nested.second.first, np.ndarray)
    assert as_arrays(5) == 5


class _Pair(tuple):
    __slots__ = ()

    def __new__(cls, first, second):
        return tuple.__new__(cls, (first, second))

    first = property(lambda self: self[0])
    second = property(lambda self: self[1])


@needs_numba
def test_machine_code_that_has_run_once_is_at_hand_and_of_other_sources_is_not(monkeypatch):
    played(plan_of(1), crowd_of(100, **SHORT), fast=True)
    assert is_fast()

    monkeypatch.setattr(compiling, "stamp", lambda: "other sources")
    assert not is_fast()


def test_without_a_compiler_no_machine_code_is_at_hand(monkeypatch):
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")

    assert not is_fast()


@needs_numba
def test_the_stamp_of_the_cache_covers_every_source_that_is_compiled(monkeypatch):
    """Numba looks at the file of the outermost function alone."""
    before = compiling.stamp()
    monkeypatch.setattr(compiling, "_KERNELS", [*compiling._KERNELS, os.path.join])

    assert compiling.stamp() != before
