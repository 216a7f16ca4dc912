"""What a stack tells its service, and how many people it means to admit."""

from __future__ import annotations

import json
from typing import Annotated

from pydantic import Field

from infra.problems import Settings


class ServiceSettings(Settings):
    """How the service admits people; the servers read it from the stack's SSM parameter when they start."""

    waiting_room: bool = True
    """Whether people pass the waiting room."""
    poll_interval_s: Annotated[int, Field(ge=1, le=300)] = 10
    """Seconds between two looks of a waiting page at the public "now serving" number."""
    journeys_per_server_per_s: Annotated[float, Field(gt=0)]
    """People that one server in service can take in each second."""
    max_inside: Annotated[int, Field(ge=1)] | None = None
    """People inside at once; leave out for no cap."""
    connections_per_server: Annotated[int, Field(ge=1, le=1000)]
    """Database connections that one server may hold."""
    shed_after_s: Annotated[float, Field(gt=0)] | None = None
    """Requests that would wait longer are refused at once; leave out and they queue without end."""
    journeys_per_s: Annotated[float, Field(gt=0)] | None = None
    """People to admit in each second of an opening; every opening must hold servers enough for it."""
    headroom_percent: Annotated[float, Field(ge=0, le=400)] = 0
    """Capacity to hold beyond that."""

    def as_parameter(self) -> str:
        """The JSON object that the servers and the rehearsal read."""
        told = self.model_dump(exclude={"journeys_per_s", "headroom_percent"})
        return json.dumps(told, indent=2, sort_keys=True)
