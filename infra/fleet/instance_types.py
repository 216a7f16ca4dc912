"""What an instance type's name says: its processor architecture and its vCPUs.

Names are `<family><generation><attributes>.<size>`:
https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
Asking AWS would need an account; the naming rule does not, so mistakes show before anything is deployed.
"""

from __future__ import annotations

import re
from typing import Literal

Architecture = Literal["arm64", "x86_64"]

_TYPE = re.compile(r"^(?P<family>[a-z]+)(?P<generation>\d+)(?P<attributes>[a-z-]*)\.(?P<size>[a-z0-9-]+)$")
_XLARGE = re.compile(r"^(?P<count>\d*)xlarge$")


def architecture_of(instance_type: str) -> Architecture | None:
    """``arm64`` for AWS Graviton (a ``g`` after the generation, or the A1 family), None for a name of no such form."""
    match = _TYPE.match(instance_type)
    if match is None:
        return None
    graviton = "g" in match["attributes"].split("-")[0] or match["family"] + match["generation"] == "a1"
    return "arm64" if graviton else "x86_64"


def vcpus_of(instance_type: str) -> int | None:
    """Virtual CPUs of a virtual instance type, None where the name does not tell (bare metal, unknown sizes).

    An ``xlarge`` has 4, a ``<n>xlarge`` 4n, a ``large`` 2; a ``medium`` 1. Burstable types have 2 up to ``large``.
    """
    match = _TYPE.match(instance_type)
    if match is None:
        return None
    if xlarge := _XLARGE.match(match["size"]):
        return 4 * int(xlarge["count"] or 1)
    if match["family"] == "t":
        return 2 if match["size"] in {"nano", "micro", "small", "medium", "large"} else None
    return {"large": 2, "medium": 1}.get(match["size"])
