"""What every service of moto shares: the clock, the source of ids, and a list that keeps every object alive.

moto takes the present from the machine and some ids from Python's own generators; a world brings both.
"""

from __future__ import annotations

import datetime as dt
import sys
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import moto.autoscaling.models
import moto.cloudwatch.models
import moto.core.common_models
import moto.core.utils
import moto.rds.models
import moto.s3.models
import moto.ssm.models
from moto.core.base_backend import AccountSpecificBackend
from moto.moto_api._internal import mock_random

from floodgate.offline.moto_state import active_now, seeded
from floodgate.offline.repairs.patching import patch, replace


def apply() -> None:
    """Apply this module's repairs; idempotent."""
    _present()
    _dates()
    _ids()
    _first_use()
    _no_list_of_everything()


def _present() -> None:
    """`utcnow` is the world's `now`; also in modules that took the function before."""
    plain: Callable[[], datetime] = getattr(moto.core.utils.utcnow, "original", None) or moto.core.utils.utcnow

    def utcnow() -> datetime:
        now = active_now()
        return plain() if now is None else now.astimezone(UTC).replace(tzinfo=None)

    for name, module in list(sys.modules.items()):
        if name.startswith("moto.") and vars(module).get("utcnow") is plain:
            patch(module, "utcnow")(utcnow)


class _Dates(type):
    """Lets every date pass for one of a class that only knows another present."""

    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, datetime)


class _Present(datetime, metaclass=_Dates):
    """A date whose present is the world's."""

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        """The present, in a zone or as moto's other dates are, without one in UTC."""
        now = active_now()
        if now is None:
            return datetime.now(tz)
        return now.astimezone(tz) if tz else now.astimezone(UTC).replace(tzinfo=None)


def _dates() -> None:
    """Buckets, dashboards and groups are as old as their world says; moto asks the machine."""
    module = SimpleNamespace(**{**vars(dt), "datetime": _Present})
    replace(moto.s3.models, "datetime", module)
    replace(moto.cloudwatch.models, "datetime", _Present)
    replace(moto.autoscaling.models, "datetime", _Present)


def _ids() -> None:
    """Managed secrets, dashboards and parameters get their ids from moto's seeded generator too."""
    seeded = SimpleNamespace(**{**vars(uuid), "uuid4": mock_random.uuid4, "uuid1": mock_random.uuid1})
    replace(moto.rds.models, "uuid", seeded)
    replace(moto.cloudwatch.models, "uuid4", mock_random.uuid4)
    replace(moto.ssm.models, "uuid4", mock_random.uuid4)


def _first_use() -> None:
    """A service's part of a region is made when it is first used, with its default networks; alike for all."""

    @patch(AccountSpecificBackend, "__getitem__")
    def backend(self: Any, region_name: str) -> Any:
        if region_name in self.keys():
            return dict.__getitem__(self, region_name)
        with seeded(self.service_name, region_name):
            return backend.original(self, region_name)


def _no_list_of_everything() -> None:
    """Moto keeps each object ever made in a list for its server's dashboard; worlds would never be forgotten."""

    @patch(moto.core.common_models.BaseModel, "__new__")
    def make(cls: type, *_: Any, **__: Any) -> Any:
        return object.__new__(cls)
