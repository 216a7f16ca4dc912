"""A Pulumi project and its stacks, found and read the way Pulumi does, for every part of the tool.

https://www.pulumi.com/docs/iac/concepts/projects/project-file/

Exception
└── ProjectError    no project, no such stack, broken YAML, wrong settings; exit code 2 of the commands
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from floodgate import openings
from floodgate.openings import Opening
from floodgate.strict_yaml import YamlError, read


class ProjectError(Exception):
    """The project's files are wrong; `problems` holds every fault, each as one line of value, rule and remedy."""

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Promises:
    """What a stack promises to its crowd; None where it says nothing. Shares are 0 to 1."""

    longest_wait_minutes: float | None = None
    refused_share: float | None = None
    shown_wait_truth: float | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """What the AWS account allows; None where the stack does not say."""

    vcpu_quota: int | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with a Pulumi.yaml.

    Args:
        root: the folder.
        name: the project's name, and the name space of configuration keys without one.
        main: the program: a folder with a __main__.py, or a file.
        stacks: the names of its Pulumi.<stack>.yaml files.
        declared: the `config:` block, by full key.
    """

    root: Path
    name: str
    main: Path
    stacks: tuple[str, ...]
    declared: Mapping[str, Any] = field(repr=False, default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stack:
    """One stack of a project, its configuration as the program will see it.

    Args:
        config: full key to value; objects are JSON, as Pulumi hands them to programs.
    """

    project: Project
    name: str
    config: Mapping[str, str]
    openings: tuple[Opening, ...]
    promises: Promises
    account: Account


def find_project(start: Path) -> Project:
    """The project of a folder: its own Pulumi.yaml, or that of the nearest folder above.

    Raises:
        ProjectError: there is none, or it is wrong.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        for file in ("Pulumi.yaml", "Pulumi.yml"):
            if (folder / file).is_file():
                return _project(folder, folder / file)
    raise ProjectError(f"{start} has no Pulumi.yaml, nor has a folder above it; run this in a Pulumi project's folder")


def load_stack(project: Project, name: str, overrides: Mapping[str, Any] = {}) -> Stack:
    """A stack with its configuration; `overrides` win over both files and may stand in for secrets.

    Raises:
        ProjectError: there is no such stack, or its configuration is wrong.
    """
    if name not in project.stacks:
        there = f"there are: {', '.join(project.stacks)}" if project.stacks else "there is none yet: pulumi stack init"
        raise ProjectError(f"stack {name!r} has no Pulumi.{name}.yaml in {project.root}; {there}")
    content = _mapping(project.root / f"Pulumi.{name}.yaml")
    own = {_full(project.name, key): value for key, value in (content.get("config") or {}).items()}
    given = own | {_full(project.name, key): value for key, value in overrides.items()}
    values = _with_defaults(project, name, given)
    if secrets := sorted(key for key, value in values.items() if _holds_secret(value)):
        raise ProjectError(
            *(f"{key} of stack {name!r} is encrypted, which is not read here; give a plain value" for key in secrets)
        )
    return _stack(project, name, values)


def _stack(project: Project, name: str, values: Mapping[str, Any]) -> Stack:
    def setting(key: str) -> Any:
        return values.get(f"floodgate:{key}")

    announced, problems = openings.read(setting("openings") or [], setting("openingDefaults") or {})
    promises = _numbers("promises", setting("promises"), ("longestWaitMinutes", "refusedShare", "shownWaitTruth"))
    account = _numbers("account", setting("account"), ("vcpuQuota",))
    problems += [*promises.pop("problems"), *account.pop("problems")]
    if problems:
        raise ProjectError(*(f"stack {name!r}: {problem}" for problem in problems))
    config = {key: _as_text(value) for key, value in sorted(values.items())}
    return Stack(project, name, config, announced, Promises(*promises.values()), Account(*account.values()))


def _project(folder: Path, file: Path) -> Project:
    content = _mapping(file)
    name, runtime, main = content.get("name"), content.get("runtime"), content.get("main") or "."
    runtime = runtime.get("name") if isinstance(runtime, Mapping) else runtime
    if not isinstance(name, str) or not name:
        raise ProjectError(f"{file}: the project has no name; add name: …")
    if runtime != "python":
        raise ProjectError(f"{file}: the runtime is {runtime!r}, only python programs are deployed offline")
    path = (folder / str(main)).resolve()
    if not path.exists():
        raise ProjectError(f"{file}: main is {main!r}, which does not exist; name the program's folder or file")
    stacks = sorted(f.name.removeprefix("Pulumi.").removesuffix(".yaml") for f in folder.glob("Pulumi.*.yaml"))
    declared = {_full(name, key): value for key, value in (content.get("config") or {}).items()}
    return Project(folder, name, path, tuple(stacks), declared)


def _with_defaults(project: Project, stack: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The project's own values below the stack's, types checked, nothing missing."""
    values: dict[str, Any] = {}
    problems: list[str] = []
    for key, declared in project.declared.items():
        kind, default = _declared(declared)
        if key in given:
            if kind is not None and not _is(kind, given[key]):
                problems.append(f"{key} is {given[key]!r} in stack {stack!r}, which is no {kind}; change it")
        elif default is not None:
            values[key] = default
        elif kind is not None:
            problems.append(f"{key} is not set in stack {stack!r} and has no default; set it in Pulumi.{stack}.yaml")
    if problems:
        raise ProjectError(*problems)
    return {**values, **{key: value for key, value in given.items() if value is not None}}


def _declared(declared: Any) -> tuple[str | None, Any]:
    """A key's type and its value for stacks that do not set it."""
    if not isinstance(declared, Mapping):
        return None, declared
    return declared.get("type"), declared.get("value", declared.get("default"))


def _is(kind: str, value: Any) -> bool:
    if _holds_secret(value):
        return True
    kinds: dict[str, tuple[type, ...]] = {
        "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,), "array": (list,),
        "object": (dict,),
    }  # fmt: skip
    if isinstance(value, bool) and kind != "boolean":
        return False
    return isinstance(value, kinds.get(kind, (object,)))


def _mapping(file: Path) -> Mapping[str, Any]:
    try:
        content = read(file)
    except YamlError as error:
        raise ProjectError(str(error)) from error
    if not isinstance(content, Mapping | None):
        raise ProjectError(f"{file}: is a {type(content).__name__}, not keys and values; see Pulumi's documentation")
    if content and content.get("environment"):
        raise ProjectError(f"{file}: imports an environment of Pulumi Cloud, which is not read here; set its values")
    if content and not isinstance(content.get("config"), Mapping | None):
        raise ProjectError(f"{file}: config is {content['config']!r}, not keys and values; indent its keys")
    return content or {}


def _full(project: str, key: Any) -> str:
    return str(key) if ":" in str(key) else f"{project}:{key}"


def _holds_secret(value: Any) -> bool:
    if isinstance(value, Mapping):
        return set(value) == {"secure"} or any(_holds_secret(item) for item in value.values())
    return isinstance(value, list) and any(_holds_secret(item) for item in value)


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _numbers(name: str, given: Any, keys: tuple[str, ...]) -> dict[str, Any]:
    """The named numbers of an object setting, in that order, with what is wrong with them."""
    given = {} if given is None else given
    if not isinstance(given, Mapping):
        return dict.fromkeys(keys) | {
            "problems": [f"floodgate:{name} is {given!r}, not keys and values; indent its keys"]
        }
    problems = [
        f"floodgate:{name}.{key} is {given[key]!r}, which is no number above or equal to 0; change it"
        for key in keys
        if given.get(key) is not None and not (_is("number", given[key]) and given[key] >= 0)
    ]
    return {key: given.get(key) for key in keys} | {"problems": problems}
