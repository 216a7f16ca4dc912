"""What a Pulumi project and its stacks say of themselves, of any language, as far as running it offline needs it.

Read leniently: what is wrong with the files is Pulumi's to say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from floodgate.offline.server.place import PROJECT_FILES, Place

FALLBACK_REGION = "us-east-1"
_STACK = re.compile(r"[A-Za-z0-9_.-]{1,100}")


@dataclass(frozen=True, slots=True)
class StackSettings:
    """One stack's file.

    Args:
        file: its Pulumi.<stack>.yaml.
        region: its aws:region, if it has one.
        salt: how its secrets are kept, if it says so: a passphrase's salt, or the name of another keeper.
    """

    file: Path
    region: str = ""
    salt: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """A project; empty where a folder is none.

    Args:
        file: its Pulumi.yaml.
        name: its name.
        stacks: those that have a settings file.
        folder: where these files are.
        virtualenv: the folder of the program's own Python, absolute, if it says so.
        region: aws:region of all its stacks, if it has one.
    """

    file: Path | None = None
    name: str = ""
    stacks: Mapping[str, StackSettings] = field(default_factory=dict)
    folder: Path = Path()
    virtualenv: Path | None = None
    region: str = ""

    def region_for(self, command: Sequence[str], chosen: str | None) -> str:
        """The region in which a command works: that of the stack it names, or of the only one, or the project's.

        Args:
            command: its words.
            chosen: the stack that the environment names.
        """
        name = stack_named(command) or (chosen or "").rpartition("/")[2]
        if not name:
            regions = {stack.region for stack in self.stacks.values()}
            alike = regions.pop() if len(regions) == 1 else ""
            return alike or self.region or FALLBACK_REGION
        stack = self.stacks.get(name)
        return (stack.region if stack else "") or self.region or FALLBACK_REGION


def read_settings(place: Place) -> Settings:
    """What stands in a project's files."""
    file = next((found for name in PROJECT_FILES if (found := place.project / name).is_file()), None)
    if file is None:
        return Settings()
    content = mapping(file)
    name = str(content.get("name") or "")
    folder = place.project / str(content.get("stackConfigDir") or ".")
    stacks = {
        stack: _stack(path)
        for path in sorted(folder.glob(f"Pulumi.*{file.suffix}"))
        if _STACK.fullmatch(stack := path.name.removeprefix("Pulumi.").removesuffix(file.suffix))
    }
    runtime = content.get("runtime")
    options = runtime.get("options") if isinstance(runtime, Mapping) else None
    virtualenv = options.get("virtualenv") if isinstance(options, Mapping) else None
    return Settings(
        file if name else None,
        name,
        stacks,
        folder,
        (place.project / str(virtualenv)) if virtualenv else None,
        _region(content.get("config")),
    )


def stack_named(command: Sequence[str]) -> str:
    """The stack that a command names with -s or --stack, without its organization; empty where it names none."""
    for word, following in zip(command, [*command[1:], ""], strict=True):
        if word in ("-s", "--stack"):
            return following.rpartition("/")[2]
        if word.startswith("--stack="):
            return word.partition("=")[2].rpartition("/")[2]
    return ""


def mapping(file: Path) -> Mapping[str, Any]:
    """The keys and values of a YAML file; none where it has none."""
    try:
        return content_of(file.read_bytes())
    except OSError:
        return {}


def content_of(text: bytes, loader: Any = yaml.SafeLoader) -> Mapping[str, Any]:
    """The keys and values of YAML; none where it has none."""
    try:
        content = yaml.load(text, Loader=loader)  # noqa: S506 - a safe one, or one that knows text only
    except (ValueError, yaml.YAMLError):
        return {}
    return content if isinstance(content, Mapping) else {}


def _stack(file: Path) -> StackSettings:
    content = mapping(file)
    salt = content.get("encryptionsalt") or content.get("secretsprovider") or content.get("encryptedkey") or ""
    return StackSettings(file, _region(content.get("config")), str(salt))


def _region(config: Any) -> str:
    value = config.get("aws:region") if isinstance(config, Mapping) else None
    value = value.get("value", value.get("default")) if isinstance(value, Mapping) else value
    return value if isinstance(value, str) else ""
