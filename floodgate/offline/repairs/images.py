"""The public machine images: the region's Amazon Linux, as its public Systems Manager parameters name them.

Plain moto also makes 1,214 images for containers in every region of every account, which costs more than the
rest of a small deployment.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import moto.ec2.models.amis as plain
from moto.utilities.utils import load_resource

from floodgate.offline.repairs.patching import patch

# the build date stands in the name: al2023-ami-2023.12.20260930.0-kernel-6.1-arm64
_BUILD = re.compile(r"\.(20\d{6})\.")


def apply() -> None:
    """Apply this module's repairs; idempotent."""

    @patch(plain.AmiBackend, "_load_amis")
    def load_amis(self: Any) -> None:
        for image in [*plain.AMIS, *_amazon_linux(self.region_name)]:
            self.amis[image["ami_id"]] = plain.Ami(self, **_dated(image))


def _amazon_linux(region: str) -> list[dict[str, Any]]:
    try:
        return load_resource(f"ec2/resources/latest_amis/{region}.json")
    except FileNotFoundError:
        return []


def _dated(image: dict[str, Any]) -> dict[str, Any]:
    """With the owner that filters ask for and, so that the most recent one is always the same, the day it was built."""
    build = _BUILD.search(image["name"] or "")
    built = datetime.strptime(build[1], "%Y%m%d") if build else datetime(2016, 1, 1)  # noqa: DTZ001, DTZ007 - moto's times are naive UTC
    return {**image, "owner_alias": "amazon", "creation_date": built}
