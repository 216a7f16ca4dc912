"""What can be seen of the pages without a browser: size, ids, labels, colours, and that nothing comes from elsewhere.

How they behave is proved in tests/browser.
"""

import gzip
import re

import pytest

from tests.unit.app.pages.reading import FILES, HTML, PAGES, WAIT, Markup, colours, contrast

LARGEST_WAITING_PAGE = 30_000
STYLES = [WAIT, *(path for path in FILES if path.suffix == ".css" and ":root" in path.read_text(encoding="utf-8"))]


def named(path):
    return str(path.relative_to(PAGES))


def test_the_waiting_page_is_one_file_below_30_kb_with_everything():
    page = WAIT.read_bytes()
    assert len(page) < LARGEST_WAITING_PAGE
    assert len(gzip.compress(page, 9)) < 14_000, "the first round trip of a new connection brings the whole page"
    sources = [value for name in ("src", "href") for value in Markup(WAIT).all_of(name)]
    assert [value for value in sources if not value.startswith(("data:", "/draw/"))] == []


@pytest.mark.parametrize("path", FILES, ids=named)
def test_nothing_comes_from_another_host(path):
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"(?:https?:)?//[\w-]+\.[\w.-]+", text.replace("http://www.w3.org/2000/svg", "")) == []
    assert "@import" not in text


@pytest.mark.parametrize("path", HTML, ids=named)
def test_ids_are_unique_and_what_refers_to_them_finds_them(path):
    page = Markup(path)
    ids = page.all_of("id")
    assert sorted(set(ids)) == sorted(ids)
    referred = [name for key in ("for", "aria-labelledby", "aria-describedby") for name in page.all_of(key)]
    assert [name for text in referred for name in text.split() if name not in ids] == []


@pytest.mark.parametrize("path", HTML, ids=named)
def test_every_field_has_a_label_and_every_page_a_language_a_title_and_one_main_heading(path):
    page = Markup(path)
    tags = [tag for tag, _ in page.elements]
    labelled = set(page.all_of("for"))
    fields = [attributes for tag, attributes in page.elements if tag in {"input", "select", "textarea"}]
    loose = [one["id"] for one in fields if one["id"] not in labelled and one.get("type") != "checkbox"]
    assert loose == []
    assert page.elements[0] == ("html", {"lang": "ko"})
    assert tags.count("title") == 1
    assert "noscript" in tags
    assert 'role="status"' in path.read_text(encoding="utf-8"), "what changes is said, politely"


@pytest.mark.parametrize("path", HTML, ids=named)
def test_no_element_carries_script_or_style_that_the_policy_would_stop(path):
    page = Markup(path)
    assert page.all_of("style") == []
    assert [name for _, attributes in page.elements for name in attributes if name.startswith("on")] == []
    assert "javascript:" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix != ".css"], ids=named)
def test_nothing_that_was_told_becomes_markup(path):
    assert (
        re.findall(r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval)\b", path.read_text("utf-8")) == []
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", STYLES, ids=named)
def test_text_can_be_read_in_light_and_in_dark(path, scheme):
    named_colours = colours(path)[scheme]
    pairs = [("ink", "bg"), ("ink", "card"), ("soft", "bg"), ("soft", "card"), ("brand", "bg"), ("brand", "card")]
    pairs += [("on", "brand"), ("ink", "tint"), ("ink", "warnbg"), ("good", "card"), ("bad", "card")]
    poor = [(one, other) for one, other in pairs if contrast(named_colours[one], named_colours[other]) < 4.5]
    assert poor == []


def test_the_measure_of_contrast_is_that_of_the_standard():
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)
