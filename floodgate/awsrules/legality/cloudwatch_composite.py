"""CloudWatch: what PutCompositeAlarm refuses.

Source: "PutCompositeAlarm",
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from floodgate.awsrules.legality.checking import required, within
from floodgate.awsrules.legality.cloudwatch_signals import check_scaling_actions
from floodgate.awsrules.legality.facts import Facts, Params
from floodgate.awsrules.refusal import Refusal

INVALID = "ValidationError"
MAX_CHILDREN, MAX_ELEMENTS = 100, 500
_NAME = r"\(\s*(?:\"[^\"]+\"|[^\s()\",]+)\s*\)"
_LIST = r"\(\s*(?:\"[^\"]+\"|[^\s()\",]+)(?:\s*,\s*(?:\"[^\"]+\"|[^\s()\",]+))*\s*\)"
_STATE = r"(?:ALARM|OK|INSUFFICIENT_DATA)"
_TOKEN = re.compile(
    rf"\s*(?:(?P<at_least>AT_LEAST\s*\(\s*\d+%?\s*,\s*(?:NOT\s+)?{_STATE}\s*,\s*(?P<several>{_LIST})\s*\))"
    rf"|(?P<child>{_STATE}\s*(?P<one>{_NAME}))|(?P<constant>TRUE|FALSE)\b|(?P<join>AND|OR)\b|(?P<negation>NOT)\b"
    r"|(?P<open>\()|(?P<close>\)))"
)


def put_composite_alarm(params: Params, _facts: Facts) -> None:
    """PutCompositeAlarm: a rule that reads, no scaling policies, a suppressor with both of its periods."""
    what = f"alarm {params['AlarmName']}"
    children = list(_children(params["AlarmRule"], what))
    if len(children) > MAX_CHILDREN:
        rule = f"it may specify up to {MAX_CHILDREN}"
        raise Refusal(
            INVALID, value=f"{what} has {len(children)} children", rule=rule, remedy="join some of them first"
        )
    if params["AlarmName"] in children:
        rule = "a composite alarm cannot depend on itself"
        raise Refusal(INVALID, value=what, rule=rule, remedy="take it out of its rule")
    check_scaling_actions(params, what)
    periods = ("ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")
    if params.get("ActionsSuppressor"):
        required(INVALID, params, *periods, what=f"{what} with ActionsSuppressor")
    for name in periods:
        within(INVALID, name, params.get(name), 0, 2**31 - 1)
        if params.get(name) is not None and not params.get("ActionsSuppressor"):
            rule = "it is only for an alarm with ActionsSuppressor"
            raise Refusal(INVALID, value=f"{what} has {name}", rule=rule, remedy="leave it out")


def _children(rule: str, what: str) -> Iterator[str]:
    """The alarms that a rule names; operands and operators must take turns, and parentheses must close."""
    at, depth, operand, elements = 0, 0, True, 0
    text = rule.strip()
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise _unreadable(what, text, at)
        elements += 1
        starts = bool(token["open"] or token["negation"])
        is_value = bool(token["at_least"] or token["child"] or token["constant"])
        if (starts or is_value) != operand:
            raise _unreadable(what, text, at)
        depth += bool(token["open"]) - bool(token["close"])
        if depth < 0 or elements > MAX_ELEMENTS:
            raise _unreadable(what, text, at)
        if not starts:
            operand = bool(token["join"])
        yield from _names(token["several"] or token["one"] or "")
        at = token.end()
    if depth or operand:
        raise _unreadable(what, text, len(text))


def _names(listed: str) -> list[str]:
    inner = listed.strip()[1:-1]
    return [part.strip().strip('"') for part in inner.split(",")] if inner else []


def _unreadable(what: str, text: str, at: int) -> Refusal:
    place = repr(text[at : at + 20].strip()) if at < len(text) else "its end"
    states = "ALARM(name), OK(name), INSUFFICIENT_DATA(name), TRUE or FALSE"
    rule = f"it is {states} joined by AND, OR and NOT, {MAX_ELEMENTS} elements at most"
    return Refusal(INVALID, value=f"AlarmRule of {what} at {place}", rule=rule, remedy="correct it there")
