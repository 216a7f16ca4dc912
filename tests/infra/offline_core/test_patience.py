"""Deletions that wait for one another, without an engine. Which ones the real provider repeats, its source tells."""

from __future__ import annotations

from threading import Event, Thread

import pytest
from botocore.exceptions import ClientError

from floodgate.offline.engine.patience import Deletions
from floodgate.offline.problems import Problem, Refused


def _refuse(code: str) -> None:
    refused = Refused([Problem("it", "", "", code, "")])
    raise refused from ClientError({"Error": {"Code": code, "Message": "no"}}, "DetachInternetGateway")


def test_a_deletion_refused_for_what_is_in_use_is_tried_again_when_another_ends() -> None:
    deletions, tried, freed = Deletions(patience_s=60), Event(), Event()

    def gateway() -> None:
        if not freed.is_set():
            tried.set()
            _refuse("DependencyViolation")

    waiting = Thread(target=deletions.carry_out, args=(gateway,))
    waiting.start()
    assert tried.wait(60)
    assert waiting.is_alive()
    deletions.carry_out(freed.set)
    waiting.join(60)
    assert not waiting.is_alive()


def test_one_that_nothing_helps_is_refused_in_the_end() -> None:
    calls: list[str] = []

    def gateway() -> None:
        calls.append("again")
        _refuse("DependencyViolation")

    with pytest.raises(Refused, match="DependencyViolation"):
        Deletions(patience_s=0.01).carry_out(gateway)
    assert len(calls) == 2, "once more after the patience is over, for what ended elsewhere"


def test_any_other_refusal_is_told_at_once() -> None:
    with pytest.raises(Refused, match="OperationNotPermitted"):
        Deletions(patience_s=60).carry_out(lambda: _refuse("OperationNotPermitted"))
