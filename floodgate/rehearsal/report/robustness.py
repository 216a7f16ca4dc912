"""On what the verdict depends, as sentences, tables and JSON."""

from __future__ import annotations

from floodgate.rehearsal.report.tables import Table
from floodgate.rehearsal.robust.findings import Doubt, Robustness

HEAD = ("Parameter", "Rehearsed", "Range", "At", "Verdict then", "Seeds")
MOST_PAIRS = 5


def in_a_sentence(found: Robustness) -> str:
    """The whole in a sentence."""
    verdict = "held" if found.held else "would fail"
    tried = f"{found.plays} plays at the ends of what nobody knows, {len(found.seeds)} seeds"
    if found.firm:
        return f"The verdict does not depend on unknown numbers: it is '{verdict}' in all of {tried}."
    names = ", ".join(dict.fromkeys(doubt.parameter.name for doubt in found.doubts))
    on = [f"on {names}"] if names else []
    if found.combinations:
        on.append(f"on {len(found.combinations)} combinations in which none of these turns it alone")
    if found.other_seeds:
        on.append(f"on the seed (other with {', '.join(map(str, found.other_seeds))})")
    return f"The verdict '{verdict}' depends {'; '.join(on)} ({tried})."


def doubt_table(found: Robustness | None) -> Table:
    """Parameters and combinations at which the verdict is another; empty without any."""
    if found is None:
        return Table(HEAD, ())
    rows = [_row(doubt, found) for doubt in found.doubts]
    # points of the hypercube differ in everything and explain nothing
    pairs = [one for one in found.combinations if len(one.setting.values) == 2]
    for one in pairs[:MOST_PAIRS]:
        settings = ", ".join(f"{name} = {value:.4g}" for name, value in one.setting.values.items())
        rows.append((settings, "", "", "together", _then(one.broken), str(one.setting.seed)))
    return Table(HEAD, tuple(rows))


def as_document(found: Robustness) -> dict[str, object]:
    """The same for machines."""
    return {
        "firm": found.firm,
        "held": found.held,
        "plays": found.plays,
        "seeds": list(found.seeds),
        "other_seeds": list(found.other_seeds),
        "depends_on": [
            {
                "parameter": doubt.parameter.name,
                "value": doubt.value,
                "rehearsed": doubt.parameter.value,
                "low": doubt.parameter.low,
                "high": doubt.parameter.high,
                "broken": list(doubt.broken),
                "headline": doubt.headline,
                "seeds": list(doubt.seeds),
            }
            for doubt in found.doubts
        ],
        "combinations": [
            {"values": dict(one.setting.values), "broken": list(one.broken), "headline": one.headline}
            for one in found.combinations
        ],
        "moved_a_figure": list(found.moved),
        "moved_nothing": found.still,
    }


def _row(doubt: Doubt, found: Robustness) -> tuple[str, ...]:
    parameter = doubt.parameter
    return (
        parameter.name,
        f"{parameter.value:g} {parameter.unit}",
        f"{parameter.low:g} to {parameter.high:g}",
        f"{doubt.value:g}",
        _then(doubt.broken),
        "all" if len(doubt.seeds) == len(found.seeds) else ", ".join(map(str, doubt.seeds)),
    )


def _then(broken: tuple[str, ...]) -> str:
    return f"broken: {', '.join(broken)}" if broken else "held"
