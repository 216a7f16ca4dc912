"""An opening as the service sees it: when the doors open and close, and which rules hold that night."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"zone is {name!r}, but no time zone has that name; write one such as Asia/Seoul") from error
    return name


class Rules(BaseModel):
    """What holds for the people of one opening.

    Attributes:
        birth_digits: last digits of the birth year's day of birth who may book this night; empty for everybody.
        identity_pause_s: seconds between two identity checks of one person.
        joins_per_address_per_minute: of one IPv4 address or IPv6 /64; mobile networks share one among thousands.
        checks_per_address_per_minute: identity checks of one address.
        challenge_bits: leading zero bits that a joining browser must find; 0: nothing, 16: a second of a phone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    birth_digits: tuple[Annotated[int, Field(ge=0, le=9)], ...] = ()
    identity_pause_s: int = Field(default=600, ge=0, le=86_400)
    joins_per_address_per_minute: int = Field(default=600, ge=1)
    checks_per_address_per_minute: int = Field(default=600, ge=1)
    challenge_bits: int = Field(default=0, ge=0, le=24)


class Opening(BaseModel):
    """One opening.

    Attributes:
        name: short and stable; it is a key everywhere, also in what is signed.
        title: what people read, by language.
        doors_at: when the pre-queue is drawn and the first are called.
        zone: in which people read times.
        prequeue_minutes: how long before the doors one may join.
        hold_minutes: how long after the doors it stays open.
        hold_s: seconds in which a held slot must be confirmed.
        inside_s: seconds for which a pass is valid.
        come_within_s: seconds after being called in which a place must be used; then it lapses.
        rules: of this opening.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    title: dict[str, str] = Field(default_factory=dict)
    doors_at: AwareDatetime
    zone: Annotated[str, AfterValidator(_known_zone)] = "Asia/Seoul"
    prequeue_minutes: float = Field(default=30, gt=0, le=1440)
    hold_minutes: float = Field(default=240, gt=0, le=2880)
    hold_s: int = Field(default=300, ge=5, le=3600)
    inside_s: int = Field(default=900, ge=30, le=7200)
    come_within_s: int = Field(default=300, ge=10, le=3600)
    rules: Rules = Rules()

    @model_validator(mode="after")
    def _a_hold_fits_inside(self) -> Self:
        if self.hold_s > self.inside_s:
            raise ValueError(
                f"hold_s is {self.hold_s}, but a pass is valid for inside_s, {self.inside_s}; "
                "lower hold_s or raise inside_s"
            )
        return self

    @property
    def doors_s(self) -> float:
        """The doors as seconds since 1970."""
        return self.doors_at.timestamp()

    @property
    def prequeue_from(self) -> datetime:
        """When joining begins."""
        return self.doors_at - timedelta(minutes=self.prequeue_minutes)

    @property
    def closes_at(self) -> datetime:
        """When nobody is called any more."""
        return self.doors_at + timedelta(minutes=self.hold_minutes)


def current(openings: tuple[Opening, ...], now_s: float) -> Opening | None:
    """The opening that people see at `now_s`: the first that has not closed; None where all are over."""
    open_or_to_come = [opening for opening in openings if opening.closes_at.timestamp() > now_s]
    return min(open_or_to_come, key=lambda opening: opening.doors_s, default=None)
