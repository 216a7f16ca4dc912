"""What of a plan a replay does not play, so that nobody takes it for played."""

from __future__ import annotations

from floodgate.awsrules.model import Group, PredictiveScaling


def left_out(group: Group, *, forecast: bool) -> list[str]:
    """Everything that could have changed the group's size and is not played, each in a few words."""
    names = predictive(group)
    if forecast and not names:
        return ["the forecast, since no policy scales by one"]
    return [] if forecast or not names else [f"forecasts of {', '.join(names)}, which --forecast gives"]


def predictive(group: Group) -> list[str]:
    """The policies that act on a forecast."""
    return [
        policy.name
        for policy in group.policies
        if isinstance(policy, PredictiveScaling) and policy.mode == "ForecastAndScale"
    ]
