"""Described lifecycle hooks are judged as the create calls that would make them.

Proves the turning and the judging on a hand-made account; not that each rule is AWS's (tests/unit/awsrules).
"""

from datetime import UTC, datetime

import pytest

from floodgate.awsrules.legality import Facts
from floodgate.rehearsal.reading.calls import NotTold
from floodgate.validation.group_requests import requests
from floodgate.validation.judging import judge

NOW = datetime(2027, 8, 8, tzinfo=UTC)
HOOK = {
    "LifecycleHookName": "warm",
    "AutoScalingGroupName": "web",
    "LifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING",
    "HeartbeatTimeout": 300,
    "GlobalTimeout": 30000,
}


def judged(hook, lookup=lambda _call, _asked: [HOOK]):
    described = {("autoscaling", "describe_lifecycle_hooks"): {"LifecycleHooks": [hook]}}
    return judge(requests(described), Facts(NOW, lookup))


def test_what_only_a_description_holds_is_not_asked_for():
    described = {("autoscaling", "describe_lifecycle_hooks"): {"LifecycleHooks": [HOOK]}}

    (request,) = requests(described)

    assert request.operation == "PutLifecycleHook"
    assert "GlobalTimeout" not in request.params


@pytest.mark.parametrize(("heartbeat_s", "problems"), [(7200, 0), (7201, 1)])
def test_a_hook_beyond_its_range_is_a_problem(heartbeat_s, problems):
    assert len(judged({**HOOK, "HeartbeatTimeout": heartbeat_s}).problems) == problems


def test_what_the_plan_does_not_tell_is_not_judged_and_that_is_said():
    def untold(_call, _asked):
        raise NotTold("describe-lifecycle-hooks.json", "aws autoscaling describe-lifecycle-hooks")

    judgement = judged({**HOOK, "HeartbeatTimeout": 7201}, untold)

    assert not judgement.problems
    ((resource, why),) = judgement.unjudged
    assert resource == "lifecycle hook warm"
    assert "describe-lifecycle-hooks.json is not there" in why
