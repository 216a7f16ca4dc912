"""The draw, SHA-256 and the proof of work as the pages compute them, run by Node.js and compared with ours.

Where there is no Node.js these are skipped; tests/browser compares the place in a browser in any case.
"""

import hashlib
import json
import shutil
import subprocess

import pytest

from app.errors import NotAllowed
from app.line import challenge, draw
from tests.unit.app.pages.reading import PAGES, WAIT

SECRET = bytes(range(32))
CASES = [
    ("night-1", size, number)
    for size in (1, 2, 3, 255, 256, 257, 10_000, 3_000_001)
    for number in {0, size // 2, size - 1}
]


@pytest.fixture(scope="module")
def node():
    program = shutil.which("node")
    if program is None:
        pytest.skip("Node.js is not on PATH, so the pages' own computing is only tried in tests/browser")

    def run(script):
        done = subprocess.run(
            [program, "--input-type=module"], input=script, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def of_the_waiting_page():
    """The part of the waiting page's script that computes."""
    page = WAIT.read_text(encoding="utf-8")
    return page[page.index("const K=[]") : page.index("function device(")]


def test_the_waiting_page_computes_the_same_places(node):
    told = node(f"""{of_the_waiting_page()}
    const cases = {json.dumps(CASES)};
    console.log(JSON.stringify(cases.map(([opening, size, number]) =>
        drawnPlace(opening, size, "{SECRET.hex()}", number))));""")
    assert told == [draw.place(draw.seed(opening, size, SECRET), number, size) for opening, size, number in CASES]


def test_the_draws_page_computes_the_same_places_and_seed(node):
    told = node(f"""
    import {{ hex, placeOf, seedOf }} from "{(PAGES / "draw" / "shuffle.js").as_uri()}";
    const cases = {json.dumps(CASES)}, found = [];
    for (const [opening, size, number] of cases) {{
        const seed = await seedOf(opening, size, "{SECRET.hex()}");
        found.push([hex(seed), await placeOf(seed, number, size)]);
    }}
    console.log(JSON.stringify(found));""")
    seeds = [draw.seed(opening, size, SECRET) for opening, size, _ in CASES]
    places = [draw.place(seed, number, size) for seed, (_, size, number) in zip(seeds, CASES, strict=True)]
    assert told == [[seed.hex(), place] for seed, place in zip(seeds, places, strict=True)]


def test_its_sha_256_is_the_standards(node):
    texts = ["", "abc", "가" * 20, *("a" * length for length in (54, 55, 56, 63, 64, 65, 119, 120, 500))]
    told = node(f"""{of_the_waiting_page()}
    console.log(JSON.stringify({json.dumps(texts)}.map(text => hex(sha256(bytes(text))))));""")
    assert told == [hashlib.sha256(text.encode()).hexdigest() for text in texts]


def test_its_proof_of_work_is_accepted(node):
    now_s, device = 1_800_000_000, "d" * 22
    answer = node(f"""
    const doc = {{opening: "night-1", at_s: {now_s}, challenge_bits: 10}};
    const pause = s => new Promise(done => setTimeout(done, s * 1000));
    {of_the_waiting_page()}
    console.log(JSON.stringify(await work("{device}")));""")
    challenge.check(answer, "night-1", device, 10, now_s)
    with pytest.raises(NotAllowed):
        challenge.check(answer, "night-1", "e" * 22, 10, now_s)
