"""The Locust file can be read, and starts as many people as the scenario says; its journey is tried in tests/service.

Locust patches the standard library for a whole process, so each test has one of its own.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
TICKS = """
import argparse
from app.load import locustfile

class Runner:
    environment = argparse.Namespace(
        parsed_options=argparse.Namespace(scenario="kdca-august-2021", scale=0.0001, speed=600, seed=1, tail=5)
    )

shape = locustfile.Evening()
shape.runner = Runner()
now_s = [0.0]
shape.get_run_time = lambda: now_s[0]
people = []
while (tick := shape.tick()) is not None:
    people.append(tick[0])
    now_s[0] += 1.0
assert people == sorted(people), "nobody un-comes"
print(people[0], people[-1], len(people))
"""


def in_own_process(code):
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.split()


def test_the_shape_starts_everybody_along_the_curve_and_ends_after_the_tail():
    first, last, ticks = map(int, in_own_process(TICKS))

    assert first < 20
    assert last == 190
    # 270 minutes at 600 are 27 s, and 5 s of tail
    assert 30 <= ticks <= 35


def test_the_load_itself_needs_no_locust():
    assert in_own_process("import sys; from app.load import command, running; print('gevent' in sys.modules)") == [
        "False"
    ]
