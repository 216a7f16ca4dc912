"""Saves a plan: what reading it asks of AWS, written into files as the AWS CLI prints it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from floodgate.plans.catalogue import BY_NAME, CALLS, Call, file_about
from floodgate.plans.saved import SavedPlan
from floodgate.rehearsal.errors import PlanError
from floodgate.rehearsal.reading import Session, read_plan

_SECRET = frozenset({"UserData"})
"""Start-up scripts may hold passwords, and nothing here reads them."""
_OF_THE_TRANSPORT = frozenset({"ResponseMetadata", "NextToken", "Marker"})


@dataclass(frozen=True, slots=True)
class Saved:
    """What was saved: the group, the files that were written, those of an earlier save that went, the notes."""

    group: str
    written: tuple[str, ...]
    removed: tuple[str, ...]
    notes: tuple[str, ...]


def save_plan(session: Session, folder: Path, group: str | None, *, stack: str | None, force: bool = False) -> Saved:
    """Write everything that `read_plan` asks of a session into `folder`; reading that gives the same plan.

    Args:
        session: a boto3 session; nothing but the calls of `ACTIONS` is asked of it.
        folder: made where it is not there; files of an earlier save of the same group are replaced.
        group: the group, where there are several.
        stack: the Pulumi stack whose group is meant.
        force: write also beside other things, and over another group's plan.

    Raises:
        PlanError: the plan cannot be read, or the folder holds other things or cannot be written.
    """
    recorder = Recorder(session)
    plan = read_plan(recorder, group, stack=stack)
    answers = recorder.files(plan.group.name)
    before = _what_is_there(folder)
    if not force:
        _refuse_other_things(folder, before, plan.group.name)
    stale = sorted(name for name in before if _is_ours(name) and name not in answers)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, answer in answers.items():
            (folder / name).write_text(as_the_cli(answer), encoding="utf-8")
        for name in stale:
            (folder / name).unlink()
    except OSError as error:
        raise PlanError(f"{folder} cannot be written ({error.strerror}); choose another folder") from None
    return Saved(plan.group.name, tuple(answers), tuple(stale), plan.notes)


def as_the_cli(answer: Mapping[str, Any]) -> str:
    """An answer as ``aws … --output json`` prints it."""
    return json.dumps(answer, indent=4, ensure_ascii=False, default=_written) + "\n"


class Recorder:
    """A session that keeps what it was answered."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._kept: dict[Call, list[tuple[Mapping[str, Any], dict[str, Any]]]] = {}

    @property
    def region_name(self) -> str | None:
        """The session's region."""
        return self._session.region_name

    def client(self, service_name: str) -> Any:
        """A client whose answers are kept."""
        return _Client(self._session.client(service_name), service_name, self.keep)

    def keep(self, call: Call, asked: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        """Keep an answer, without what belongs to the transport."""
        bare = {key: value for key, value in answer.items() if key not in _OF_THE_TRANSPORT}
        self._kept.setdefault(call, []).append((asked, _without_secrets(bare)))

    def files(self, group: str) -> dict[str, dict[str, Any]]:
        """The answers by file; of the groups only this one."""
        files: dict[str, dict[str, Any]] = {}
        for call in (call for call in CALLS if call in self._kept):
            by_file = _by_file(call, self._kept[call])
            files |= {name: _joined(call.items, answers) for name, answers in by_file.items()}
        groups = files[CALLS[0].file]
        groups[CALLS[0].items] = [g for g in groups[CALLS[0].items] if g["AutoScalingGroupName"] == group]
        return files


@dataclass(frozen=True, slots=True)
class _Client:
    inner: Any = field(repr=False)
    service: str
    keep: Callable[[Call, Mapping[str, Any], Mapping[str, Any]], None]

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.inner, name)
        call = BY_NAME.get((self.service, name))
        if call is None:
            return found

        def asked(**parameters: Any) -> Any:
            answer = found(**parameters)
            self.keep(call, parameters, answer)
            return answer

        return asked

    def get_paginator(self, operation: str) -> _Pages:
        return _Pages(self.inner.get_paginator(operation), BY_NAME[self.service, operation], self.keep)


@dataclass(frozen=True, slots=True)
class _Pages:
    inner: Any
    call: Call
    keep: Callable[[Call, Mapping[str, Any], Mapping[str, Any]], None]

    def paginate(self, **parameters: Any) -> Iterator[Any]:
        for page in self.inner.paginate(**parameters):
            self.keep(self.call, parameters, page)
            yield page


def _by_file(call: Call, kept: list[tuple[Mapping[str, Any], dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """The answers of one call by the file in which they stand."""
    resources = {str(asked[call.about]) for asked, _ in kept} if call.about else set()
    found: dict[str, list[dict[str, Any]]] = {}
    for asked, answer in kept:
        name = file_about(call, str(asked[call.about])) if len(resources) > 1 else call.file
        found.setdefault(name, []).append(answer)
    return found


def _joined(path: str, answers: list[dict[str, Any]]) -> dict[str, Any]:
    """Pages and answers to several questions as one, every item once."""
    if not path:
        return answers[0]
    first, _, rest = path.partition(".")
    if rest:
        return {**answers[0], first: _joined(rest, [answer.get(first) or {} for answer in answers])}
    items: list[Any] = []
    for item in (item for answer in answers for item in answer.get(first) or []):
        if item not in items:
            items.append(item)
    return {**answers[0], first: items}


def _without_secrets(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_secrets(inner) for key, inner in value.items() if key not in _SECRET}
    return [_without_secrets(inner) for inner in value] if isinstance(value, list) else value


def _written(value: Any) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} is nothing that AWS answers here")
    return value.isoformat()


def _what_is_there(folder: Path) -> list[str]:
    if not folder.exists():
        return []
    try:
        return sorted(entry.name for entry in folder.iterdir())
    except OSError as error:
        raise PlanError(f"{folder} cannot be written ({error.strerror}); choose a folder") from None


def _is_ours(name: str) -> bool:
    return any(name == call.file or (name.startswith(f"{call.api}.") and name.endswith(".json")) for call in CALLS)


def _refuse_other_things(folder: Path, there: list[str], group: str) -> None:
    other = [name for name in there if not _is_ours(name)]
    if other:
        raise PlanError(f"{folder} holds other things ({other[0]}); choose an empty folder, or write with --force")
    if CALLS[0].file in there:
        groups = SavedPlan(folder).client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
        names = sorted(g.get("AutoScalingGroupName", "") for g in groups)
        if names != [group]:
            rule = f"{folder} holds the plan of '{', '.join(names)}', not of '{group}'"
            raise PlanError(f"{rule}; choose another folder, or write with --force")
