"""The stack's service parameter: what it may hold, read strictly."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from app.opening import Opening
from app.settings import Admission, Provider


class ServiceParameter(BaseModel):
    """The JSON object of ``/floodgate/<stack>/service``; the keys are those of the settings they become.

    Attributes:
        waiting_room: see `Admission`.
        poll_interval_s: see `Admission`.
        journeys_per_server_per_s: see `Admission`.
        max_inside: see `Admission`.
        connections_per_server: `Stores.connections`.
        shed_after_s: see `Settings`.
        openings: see `Opening`.
        providers: see `Provider`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    waiting_room: bool = True
    poll_interval_s: int = Field(default=10, ge=1, le=300)
    journeys_per_server_per_s: float = Field(gt=0)
    max_inside: int | None = Field(default=None, ge=1)
    connections_per_server: int = Field(ge=4, le=1000)
    shed_after_s: float | None = Field(default=None, gt=0)
    openings: tuple[Opening, ...] = ()
    providers: tuple[Provider, ...] = ()

    @property
    def admission(self) -> Admission:
        """By what people are let in."""
        return Admission(
            waiting_room=self.waiting_room,
            poll_interval_s=self.poll_interval_s,
            journeys_per_server_per_s=self.journeys_per_server_per_s,
            max_inside=self.max_inside,
        )
