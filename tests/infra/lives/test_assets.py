"""Assets on their way from the engine, through a state, and back: told apart by the sum of their content."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from floodgate.offline import values
from floodgate.offline.changes import same
from floodgate.offline.handlers.s3_objects import content_of
from floodgate.offline.problems import Refused

ASSET = "c44067f5952c0a294b673a41bacd8c17"


def taken(**asset: Any) -> Any:
    """What a handler gets for an asset that the engine sends."""
    wire = values.struct({"source": {values.SIGNATURE: ASSET, **asset}})
    return values.plain(wire).props["source"]


def test_assets_of_one_content_are_the_same_wherever_they_are() -> None:
    assert same(taken(text="hello", hash="1"), taken(path="hello.txt", hash="1"))
    assert not same(taken(text="hello", hash="1"), taken(text="hello", hash="2"))


def test_assets_without_a_sum_are_told_apart_by_where_they_are() -> None:
    assert same(pulumi.StringAsset("a"), pulumi.StringAsset("a"))
    assert not same(pulumi.StringAsset("a"), pulumi.StringAsset("b"))
    assert not same(pulumi.StringAsset("a"), pulumi.FileAsset("a"))


def test_an_asset_of_the_state_has_a_sum_and_no_content() -> None:
    wire = values.struct({"source": {values.SIGNATURE: ASSET, "hash": "1"}})
    wire["source"].fields["uri"].ClearField("string_value")
    stored = values.plain(wire).props["source"]

    assert same(stored, taken(text="hello", hash="1"))
    assert values.sendable(stored) == {values.SIGNATURE: ASSET, "hash": "1"}


@pytest.mark.parametrize("asset", [{"text": "hello"}, {"path": "a.txt"}, {"uri": "https://example.org/a"}])
def test_an_asset_that_a_refresh_tells_is_the_one_that_was_given(asset: dict[str, str]) -> None:
    assert values.sendable(taken(**asset, hash="1")) == {values.SIGNATURE: ASSET, "hash": "1", **asset}


def test_a_file_that_is_not_there_is_said_in_one_line() -> None:
    with pytest.raises(Refused, match=r"^source: nowhere\.html cannot be read .No such file"):
        content_of({"source": pulumi.FileAsset("nowhere.html")})
