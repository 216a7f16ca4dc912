"""The worked example of docs/guides/add-a-resource-type.md does what the guide says, with the guide's own code.

It proves the two blocks of code that stand there. That the sentences around them are true is for readers to see.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from floodgate.offline.handlers.base import RESOURCES
from tests.infra.lives.lives import Life

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "guides" / "add-a-resource-type.md"
GROUP = "aws:cloudwatch/logGroup:LogGroup"


@pytest.fixture
def guides_test(monkeypatch: pytest.MonkeyPatch) -> Callable[[Life], None]:
    """The guide's test, with the guide's handler in the place of the project's."""
    handler, test = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    monkeypatch.setitem(RESOURCES, GROUP, RESOURCES[GROUP])  # which is put back after the test
    del RESOURCES[GROUP]
    names: dict[str, Any] = {}
    exec(compile(handler + test, str(GUIDE), "exec"), names)
    return names["test_a_log_group_lives"]


def test_the_guides_handler_passes_the_guides_test(life: Life, guides_test: Callable[[Life], None]) -> None:
    guides_test(life)


def test_the_guides_handler_has_the_life_that_the_guide_promises(
    life: Life, guides_test: Callable[[Life], None]
) -> None:
    assert type(RESOURCES[GROUP]).__module__ != "floodgate.offline.handlers.logs", "the project's own was tested"
    longer = life.make(GROUP, "thing2", name="thing-and-more")
    group = life.make(GROUP, name="thing", tags={"team": "doors"})
    logs = life.world.session.client("logs")

    assert life.change(group, tags={"team": "floods"}, retentionInDays=3) == {"tags", "retentionInDays"}
    assert life.refresh(group) == set()
    assert life.change(group, retentionInDays=None) == {"retentionInDays"}
    assert life.refresh(group) == set()
    logs.tag_log_group(logGroupName="thing", tags={"team": "nobody"})
    assert life.refresh(group) == {"tags"}
    life.delete(group)

    assert life.gone(group), "although another group's name begins with the same letters"
    assert not life.gone(longer)
