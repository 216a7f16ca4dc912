"""What several handlers share beyond one call to make and one to describe."""

from __future__ import annotations

from typing import Any, ClassVar

from floodgate.offline import environment

environment.prepare()

from moto.moto_api._internal import mock_random  # noqa: E402 - moto reads its switches when it is imported

from floodgate.offline.handlers.base import Props  # noqa: E402 - the same
from floodgate.offline.handlers.described import Described  # noqa: E402 - the same
from floodgate.offline.problems import Problem, Refused  # noqa: E402 - the same

MANAGED = "Managed by Pulumi"
"""What the provider writes where AWS insists on a description."""


NOT_YET = "is not in the offline AWS yet"


class Declared(Described):
    """A resource whose every property is either sent by `create_call` or named in `apart`; a test holds it to that."""

    apart: ClassVar[tuple[str, ...]] = ()
    """Properties that the handler deals with itself, or that only the provider keeps."""
    missing: ClassVar[tuple[str, ...]] = ()
    """Properties that the offline AWS cannot honour yet; asking for one is an error."""

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """What `create_call` is given: everything that is not apart."""
        asked = [name for name in self.missing if name in props]
        if asked:
            raise refused(self.token, NOT_YET, "leave it out offline", path=asked[0])
        return super().parameters(client, without(props, self.apart))


def refused(where: str, rule: str, remedy: str, *, path: str = "", value: str = "") -> Refused:
    """What the provider itself would not do, or what the offline AWS cannot do yet."""
    return Refused([Problem(where, path, value, rule, remedy)])


def without(props: Props, names: tuple[str, ...]) -> dict[str, Any]:
    """The properties but these."""
    return {name: value for name, value in props.items() if name not in names}


def unique(length: int = 26) -> str:
    """Digits as the provider appends to a prefix: as many as its time and counter take, and others for each creation.

    They come from where a creation's ids come from, so they are the same in every run.
    """
    return f"{mock_random.getrandbits(96):0{length}d}"[:length]
