"""moto is imported without what it would read ahead of need: for each region, which zone offers which instance type."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

TABLES = "instance_type_offerings"


class Offerings(dict[str, list[dict[str, Any]]]):
    """One of moto's tables of offerings, in which a region's part is read when it is first asked for."""

    def __init__(self, kind: str, files: dict[str, str]) -> None:
        super().__init__()
        self._kind, self._files = kind, files

    def __missing__(self, region: str) -> list[dict[str, Any]]:
        """Read a region's offerings, as moto does for all regions when it is imported.

        Raises:
            KeyError: moto knows no offerings of this region.
        """
        from moto.utilities.utils import load_resource  # noqa: PLC0415 - read once moto is there

        found = load_resource(self._files[region])
        self[region] = [{**offer, "LocationType": self._kind} for offer in found]
        return self[region]

    def get(self, key: object, default: Any = None, /) -> Any:
        """A region's offerings, or `default` where moto knows none."""
        return self[str(key)] if key in self._files else default


def import_moto() -> None:
    """Import moto's EC2, with its tables of offerings left for later; nothing where it is imported already."""
    if "moto.ec2.models.instance_types" in sys.modules:
        return
    from moto.utilities import utils  # noqa: PLC0415 - moto's switches are set first

    read = utils.load_resource
    setattr(utils, "load_resource", lambda file: [] if TABLES in str(file) else read(file))  # noqa: B010 - a swap
    try:
        from moto.ec2.models import instance_types  # noqa: PLC0415 - it reads the tables when it is imported
    finally:
        utils.load_resource = read
    folder = Path(instance_types.__file__).parent.parent / "resources" / TABLES
    for kind in list(instance_types.INSTANCE_TYPE_OFFERINGS):
        files = {
            file.name.split(".")[0]: f"ec2/resources/{TABLES}/{kind}/{file.name}"
            for file in folder.joinpath(kind).iterdir()
        }
        instance_types.INSTANCE_TYPE_OFFERINGS[kind] = Offerings(kind, files)
