"""Which actions are understood, before anything is done. What they change is tried with the database."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import BadInput
from app.operators.controls import checked
from app.web.messages import Action

PROVIDERS = ("mobile", "certificate")


@pytest.mark.parametrize(
    "action",
    [
        Action("pause"),
        Action("resume"),
        Action("slow", share=0.5),
        Action("announce"),
        Action("announce", texts={}),
        Action("announce", texts={"ko": "안내", "en": "Notice"}),
        Action("provider", provider="mobile", open=False),
    ],
)
def test_an_action_that_says_what_it_must_is_taken_as_it_is(action):
    assert checked(action, PROVIDERS) == action


@pytest.mark.parametrize(
    "action",
    [
        Action("pause", share=0.5),
        Action("resume", open=True),
        Action("slow"),
        Action("slow", share=0.5, provider="mobile"),
        Action("announce", share=1),
        Action("provider", provider="mobile"),
        Action("provider", open=True),
        Action("provider", provider="elsewhere", open=True),
        Action("announce", texts={"kor": "안내"}),
        Action("announce", texts={"": "안내"}),
        Action("announce", texts={"KO": "안내"}),
        Action("announce", texts={f"a{letter}": "x" for letter in "abcdef"}),
    ],
)
def test_an_action_that_says_too_little_or_too_much_is_refused(action):
    with pytest.raises(BadInput) as refused:
        checked(action, PROVIDERS)
    assert "elsewhere" not in refused.value.detail


def test_an_announcement_is_one_paragraph_without_control_characters():
    asked = Action("announce", texts={"ko": " 잠시\n후  \x07다시 ", "en": "\ud800 \u2028", "fr": "Bientôt"})

    assert checked(asked, PROVIDERS).texts == {"ko": "잠시 후 다시", "fr": "Bientôt"}


@given(st.builds(dict, texts=st.dictionaries(st.text(max_size=5), st.text(max_size=280), max_size=8)))
def test_whatever_is_announced_can_be_stored_or_is_refused(told):
    try:
        texts = checked(Action("announce", **told), PROVIDERS).texts
    except BadInput:
        return
    encoded = msgspec.json.encode(texts).decode()
    assert "\\u0000" not in encoded
    assert msgspec.json.decode(encoded) == texts
