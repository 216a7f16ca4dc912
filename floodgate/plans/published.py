"""vCPUs and memory of instance types as AWS publishes them, out of the tables of the AWS on this machine."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from floodgate.plans.catalogue import Call
from floodgate.rehearsal.errors import PlanError

TABLE = Path("ec2", "resources", "instance_types.json.gz")


def published_types(call: Call, asked: Mapping[str, Any]) -> dict[str, Any] | None:
    """What describe-instance-types would tell of the types asked for; None for any other call.

    A plan that was saved by hand seldom holds that file, and what it tells is the same in every account.

    Raises:
        PlanError: the tables do not know a type.
    """
    if call.operation != "describe_instance_types":
        return None
    names = asked.get("InstanceTypes", [])
    for name in names:
        if name not in _table():
            rule = f"{call.file} is not there, and instance type '{name}' is not known here"
            raise PlanError(f"{rule}; save what `{call.command} --instance-types {name}` prints")
    return {"InstanceTypes": [_table()[name] for name in names]}


@cache
def _table() -> Mapping[str, Any]:
    found = find_spec("moto")
    assert found is not None
    assert found.origin is not None
    return json.loads(gzip.decompress(Path(found.origin).parent.joinpath(TABLE).read_bytes()))
