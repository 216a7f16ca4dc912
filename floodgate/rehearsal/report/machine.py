"""The verdict and its figures as JSON, for machines."""

from __future__ import annotations

import json

from floodgate.rehearsal.campaign import Night
from floodgate.rehearsal.judging.verdict import Finding
from floodgate.rehearsal.report.robustness import as_document
from floodgate.rehearsal.report.subject import Rehearsal


def as_json(rehearsal: Rehearsal) -> str:
    """One JSON object: what was rehearsed, the verdict, every finding, and the totals of the night."""
    document = {
        "stack": rehearsal.stack,
        "opening": rehearsal.opening,
        "doors": rehearsal.doors.isoformat(),
        "zone": rehearsal.zone.key,
        "scenario": rehearsal.scenario.name,
        "read_from": rehearsal.read_from,
        "held": rehearsal.held,
        "headline": rehearsal.verdict.headline,
        "findings": [_finding(rehearsal, finding) for finding in rehearsal.verdict.findings],
        "totals": {name: round(value, 4) for name, value in rehearsal.outcome.totals.items()},
        **({"nights": [_night(rehearsal, night) for night in rehearsal.nights]} if rehearsal.nights else {}),
        **({"robustness": as_document(rehearsal.robustness)} if rehearsal.robustness else {}),
        "seed": rehearsal.seed,
        "command": rehearsal.command,
        "versions": dict(rehearsal.versions),
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _night(rehearsal: Rehearsal, night: Night) -> dict[str, object]:
    return {
        "opening": night.opening,
        "doors": night.outcome.doors.astimezone(rehearsal.zone).isoformat(),
        "held": night.verdict.held,
        "headline": night.verdict.headline,
        "totals": {name: round(value, 4) for name, value in night.outcome.totals.items()},
        "seed": night.seed,
    }


def _finding(rehearsal: Rehearsal, finding: Finding) -> dict[str, object]:
    return {
        "promise": finding.promise,
        "promised": finding.promised,
        "measured": finding.measured,
        "state": finding.state,
        "at": None if finding.second is None else rehearsal.clock(finding.second),
        "limited_by": finding.limited_by,
        "reason": finding.reason,
    }
