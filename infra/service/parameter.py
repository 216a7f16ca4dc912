"""The text of the parameter that the servers read when they start, and the rehearsal reads as well."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from infra.openings import Opening
from infra.service.settings import ServiceSettings

# https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
MOST_STANDARD_BYTES = 4096
# these two are for the schedules; the next three are told with each opening
_NOT_TOLD = {"journeys_per_s", "headroom_percent"}
_OF_AN_OPENING = ("prequeue_minutes", "hold_s", "inside_s", "come_within_s")
_RULES = ("identity_pause_s", "challenge_bits")


def parameter(settings: ServiceSettings, openings: Iterable[Opening]) -> str:
    """A JSON object: how people are admitted, the openings with their rules, and the identity providers."""
    told = settings.model_dump(mode="json", exclude=_NOT_TOLD | set(_OF_AN_OPENING) | set(_RULES))
    told["openings"] = [_opening(settings, opening) for opening in openings]
    return json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def tier(text: str) -> str:
    """The cheapest tier of Parameter Store that takes this text."""
    return "Standard" if len(text.encode()) <= MOST_STANDARD_BYTES else "Advanced"


def _opening(settings: ServiceSettings, opening: Opening) -> dict[str, Any]:
    every = settings.model_dump(mode="json")
    return {
        "name": opening.name,
        "title": dict(opening.title),
        "doors_at": opening.doors.isoformat(),
        "zone": opening.zone,
        "hold_minutes": opening.hold.total_seconds() / 60,
        **{key: every[key] for key in _OF_AN_OPENING},
        "rules": {"birth_digits": list(opening.birth_digits), **{key: every[key] for key in _RULES}},
    }
