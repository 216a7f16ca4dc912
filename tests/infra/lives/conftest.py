"""An account in which resources live."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from floodgate.offline.lifecycle import Provider
from floodgate.offline.world import World
from tests.infra.lives.lives import Life

NOW = datetime(2027, 7, 1, 3, tzinfo=UTC)


@pytest.fixture
def life() -> Life:
    """A new account in Seoul, with one default tag."""
    region = "ap-northeast-2"
    return Life(World(now=NOW, region=region), Provider(region, {"owner": "tests"}))
