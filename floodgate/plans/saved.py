"""A saved plan as a session: answers out of a folder of JSON as boto3 would out of an account."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from floodgate.plans.catalogue import BY_NAME, CALLS, Call, file_about
from floodgate.plans.files import read_pages
from floodgate.rehearsal.errors import PlanError
from floodgate.rehearsal.reading.calls import NotTold

LATEST = "$Latest"
Answer = dict[str, Any]
Fallback = Callable[[Call, Mapping[str, Any]], Answer | None]
"""Tells what a file that is not there would; None where it cannot either."""


class SavedPlan:
    """A folder of files named after the calls whose answers they hold; see docs/guides/save-a-plan.md.

    It is a session for `read_plan` and `read_group_plan`. A file that is not there raises NotTold when it is asked
    for; `notes` tell of files that go on where they end.

    Args:
        folder: the folder; it must hold ``describe-auto-scaling-groups.json``.
        otherwise: what tells the answer of a file that is not there, e.g. published instance types.

    Raises:
        PlanError: there is no such folder, or no such file in it.
    """

    saved = True

    def __init__(self, folder: Path, otherwise: Fallback = lambda _call, _asked: None) -> None:
        self.folder = folder
        self._otherwise = otherwise
        self._read: dict[Call, Answer] = {}
        self._about: dict[str, Answer] = {}
        self.notes: list[str] = []
        try:
            self._files = sorted(f.name for f in folder.iterdir() if f.is_file() and f.name.endswith(".json"))
        except OSError as error:
            raise PlanError(
                f"plan {folder} cannot be read ({error.strerror}); name a folder of saved answers"
            ) from None
        first = CALLS[0]
        if not self._named(first):
            rule = f"a plan needs at least {first.file}"
            raise PlanError(f"plan {folder}: {rule}; save what `{first.command}` prints under this name")

    @property
    def region_name(self) -> str | None:
        """The region of the groups, out of their ARNs; None where those are not told."""
        for group in self._whole(CALLS[0])["AutoScalingGroups"]:
            parts = group.get("AutoScalingGroupARN", "").split(":")
            if len(parts) > 3 and parts[3]:
                return parts[3]
        return None

    def client(self, service_name: str) -> SavedClient:
        """What answers for one service."""
        return SavedClient(self, service_name)

    def answer(self, call: Call, asked: Mapping[str, Any]) -> Answer:
        """The answer of a call, of the items that were asked for.

        Raises:
            NotTold: it was not saved.
            PlanError: what was saved is not what AWS answers.
        """
        if call.about:
            return self._of_resource(call, asked)
        if not self._named(call):
            told = self._otherwise(call, asked)
            if told is None:
                raise NotTold(call.file, call.command)
            return told
        answer = self._whole(call)
        meant = [i for i in _items(answer, call.items) if _meant(call, i, asked)]
        return _placed(answer, call.items, _latest(meant, asked.get("Versions")))

    def _of_resource(self, call: Call, asked: Mapping[str, Any]) -> Answer:
        """The answer about one resource: its own file, else the only one unless that is another's."""
        own = file_about(call, str(asked[call.about]))
        file = own if own in self._files else call.file
        if file not in self._files or (file != own and not self._may_be_about(call, asked)):
            raise NotTold(own if file in self._files else call.file, call.command)
        if file not in self._about:
            self._about[file] = self._joined(call, [file])
        answer = self._about[file]
        if not _names(call, answer, asked):
            raise NotTold(own, call.command)
        return answer

    def _may_be_about(self, call: Call, asked: Mapping[str, Any]) -> bool:
        """A warm pool's answer does not name its group, but groups tell that they have one."""
        if call.operation != "describe_warm_pool":
            return True
        groups = self._whole(CALLS[0])["AutoScalingGroups"]
        with_pool = {g.get("AutoScalingGroupName") for g in groups if g.get("WarmPoolConfiguration")}
        return not with_pool or asked[call.about] in with_pool

    def _named(self, call: Call) -> list[str]:
        return [f for f in self._files if f == call.file or f.startswith(f"{call.api}.")]

    def _whole(self, call: Call) -> Answer:
        if call not in self._read:
            self._read[call] = self._joined(call, self._named(call))
        return self._read[call]

    def _joined(self, call: Call, files: list[str]) -> Answer:
        """Every page of these files as one answer; the first page tells what is no item."""
        pages = []
        for file in files:
            own = read_pages(self.folder / file, call)
            pages += own
            if any(own[-1].get(key) for key in ("NextToken", "Marker", "NextMarker", "NextRecordName")):
                self.notes.append(f"{file} ends with a NextToken: pages that follow are not in the plan")
        items = [item for page in pages for item in _items(page, call.items)]
        return _placed(pages[0], call.items, items) if call.items else pages[0]


class SavedClient:
    """Answers like a boto3 client for one service."""

    def __init__(self, plan: SavedPlan, service: str) -> None:
        self._plan = plan
        self._service = service

    def can_paginate(self, operation: str) -> bool:
        """Whether the answer is a list of items."""
        return bool(self._call(operation).items)

    def get_paginator(self, operation: str) -> SavedPages:
        """What pages through the answer; there is one page."""
        return SavedPages(self._plan, self._call(operation))

    def __getattr__(self, operation: str) -> Callable[..., Answer]:
        call = self._call(operation)
        return lambda **asked: self._plan.answer(call, asked)

    def _call(self, operation: str) -> Call:
        call = BY_NAME.get((self._service, operation))
        if call is None:
            raise AttributeError(f"a saved plan holds no {operation} of {self._service}; see floodgate.plans.catalogue")
        return call


class SavedPages:
    """The pages of one answer."""

    def __init__(self, plan: SavedPlan, call: Call) -> None:
        self._plan = plan
        self._call = call

    def paginate(self, **asked: Any) -> Iterator[Answer]:
        """The one page that there is."""
        yield self._plan.answer(self._call, asked)


def _items(answer: Answer, path: str) -> list[Any]:
    found: Any = answer
    for part in filter(None, path.split(".")):
        found = (found or {}).get(part)
    return found if path and found else []


def _placed(answer: Answer, path: str, items: list[Any]) -> Answer:
    """The answer with these items in their place."""
    first, _, rest = path.partition(".")
    return {**answer, first: _placed(answer.get(first, {}), rest, items) if rest else items}


def _meant(call: Call, item: Mapping[str, Any], asked: Mapping[str, Any]) -> bool:
    by_key = all(
        item[key] in (asked[name] if isinstance(asked[name], list) else [asked[name]])
        for name, key in call.keys.items()
        if name in asked and key in item
    )
    return by_key and _is_version(item, asked.get("Versions")) and _leads_to(item, asked.get("ActionPrefix"))


def _is_version(item: Mapping[str, Any], versions: list[str] | None) -> bool:
    """Whether a launch template's version was asked for; a version of which no default is told counts as one."""
    if not versions or "VersionNumber" not in item or LATEST in versions:
        return True
    return str(item["VersionNumber"]) in versions or ("$Default" in versions and item.get("DefaultVersion", True))


def _latest(items: list[Any], versions: list[str] | None) -> list[Any]:
    """The latest of the versions that were saved, where that was asked for."""
    if versions != [LATEST]:
        return items
    return sorted(items, key=lambda i: i.get("VersionNumber", 0))[-1:]


def _leads_to(item: Mapping[str, Any], prefix: str | None) -> bool:
    actions = (item.get(key) or [] for key in ("AlarmActions", "OKActions", "InsufficientDataActions"))
    return prefix is None or any(action.startswith(prefix) for of_state in actions for action in of_state)


def _names(call: Call, answer: Answer, asked: Mapping[str, Any]) -> bool:
    """Whether an answer that does name its resource names the one that was asked for."""
    named = (answer.get("Parameter") or {}).get("Name") or (answer.get("CachePolicy") or {}).get("Id")
    return named in (None, asked[call.about])
