"""Every rule of the pack, by subject."""

from __future__ import annotations

from policy.rule import Rule
from policy.rules import (
    alarms,
    buckets,
    capacity,
    doors,
    edge,
    encryption,
    instances,
    keeping,
    network,
    openings,
    permissions,
    tags,
)

SUBJECTS: dict[str, tuple[Rule, ...]] = {
    "Openings": openings.RULES,
    "Room to grow": capacity.RULES,
    "Network": network.RULES,
    "Doors": doors.RULES,
    "Edge": edge.RULES,
    "Servers": instances.RULES,
    "Encryption": encryption.RULES,
    "Buckets": buckets.RULES,
    "What is kept": keeping.RULES,
    "Rights": permissions.RULES,
    "Alarms": alarms.RULES,
    "Tags": tags.RULES,
}
RULES: tuple[Rule, ...] = tuple(rule for rules in SUBJECTS.values() for rule in rules)
