"""The catalogues of the pages: both languages complete, every word that is used there, and one for every problem."""

import re

import pytest

from tests.unit.app.pages.reading import PAGES, ROOT, WAIT, Markup, catalogues

HANGUL = re.compile(r"[가-힣]")
CATALOGUES = catalogues()
# a language is called by its own name, and a range or a number has no language
WITHOUT_LANGUAGE = re.compile(r"[^\w가-힣]*(\{\w+\}[^\w가-힣]*)*(p95|CPU|SHA-256)?[^\w가-힣]*")
PROBLEMS = ROOT / "docs" / "reference" / "problems.md"


@pytest.mark.parametrize("name", CATALOGUES)
def test_every_text_is_there_in_korean_and_in_english(name):
    words = CATALOGUES[name]
    assert len(words) > 20, "the catalogue was found"
    for key, (ko, en) in words.items():
        if key == "lang":
            continue
        assert ko.strip(), key
        assert en.strip(), key
        assert HANGUL.search(ko) or WITHOUT_LANGUAGE.fullmatch(ko), f"{key} is not Korean"
        assert not HANGUL.search(en), f"{key} is not English"


@pytest.mark.parametrize("name", CATALOGUES)
def test_both_languages_tell_the_same_values(name):
    for key, (ko, en) in CATALOGUES[name].items():
        assert set(re.findall(r"\{\w+\}", ko)) == set(re.findall(r"\{\w+\}", en)), key


@pytest.mark.parametrize("folder", ["wait", "book", "draw", "operator"])
def test_every_word_that_a_page_uses_is_in_its_catalogue(folder):
    used = set(Markup(PAGES / folder / "index.html").all_of("data-w"))
    for path in (PAGES / folder).glob("*.js"):
        used |= set(re.findall(r'\bt\("([\w-]*\w)"', path.read_text(encoding="utf-8")))
    used |= set(re.findall(r'\bt\("([\w-]*\w)"', (PAGES / folder / "index.html").read_text(encoding="utf-8")))
    assert len(used) > 10
    assert used - set(CATALOGUES[folder]) == set()


def codes_in_the_source():
    """Every code that the service can answer with, as it stands in the code."""
    found = set()
    for path in (ROOT / "app").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r'\bcode="([a-z-]+)"', text))
        found |= set(re.findall(r'^\s+(?:status, )?code, title = (?:\d+, )?"([a-z-]+)"', text, re.MULTILINE))
        found |= set(re.findall(r'\bcode = "([a-z-]+)"', text))
    return found


def test_every_problem_has_a_sentence_that_says_what_happens_next():
    documented = set(re.findall(r"^## ([a-z-]+)$", PROBLEMS.read_text(encoding="utf-8"), re.MULTILINE))
    told = codes_in_the_source() | documented
    assert {"slot-gone", "turn-missed", "identity-paused", "no-pass"} <= told, "the codes were found"
    assert told - set(CATALOGUES["problems"]) == set()
    for code, (ko, en) in CATALOGUES["problems"].items():
        assert len(re.findall(r"[.]", ko)) >= 1, code
        assert len(en.split()) >= 5, f"{code}: what happens next?"


def test_the_waiting_page_has_words_for_what_a_person_at_the_door_is_told():
    own = {key.removeprefix("p-") for key in CATALOGUES["wait"] if key.startswith("p-")}
    assert {"not-open", "birth-digit", "too-many-requests", "inside-full", "not-your-turn", "unavailable"} <= own
    # all others are told by one sentence, and the turn that is over by a view of its own
    assert {"p", "retry", "nMiss", "nUsed"} <= set(CATALOGUES["wait"])
    text = WAIT.read_text(encoding="utf-8")
    assert "place-used-up" in text
    assert "bad-ticket" in text
