"""AWS's printed rules of an instance's states, hooks and health, each with the page that prints it.

Proves that the rules agree with what AWS documents; cannot prove what AWS leaves open.
"""

import pytest

from floodgate.awsrules.instances import (
    health_checks,
    hooks,
    lifecycle,
    replacement,
)
from floodgate.awsrules.instances.health_checks import Checkup
from floodgate.awsrules.instances.replacement import Standing
from floodgate.awsrules.model import LifecycleHook

GUIDE = "https://docs.aws.amazon.com/autoscaling/ec2/userguide/"
LIFE = GUIDE + "ec2-auto-scaling-lifecycle.html"
POOL_LIFE = GUIDE + "warm-pool-instance-lifecycle.html"
METRICS = GUIDE + "ec2-auto-scaling-metrics.html"
HOOKS = GUIDE + "lifecycle-hooks.html"
HOOKS_OVERVIEW = GUIDE + "lifecycle-hooks-overview.html"
COMPLETING = GUIDE + "completing-lifecycle-hooks.html"
HOOK_API = "https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutLifecycleHook.html"
HEALTH = GUIDE + "ec2-auto-scaling-health-checks.html"
GRACE = GUIDE + "health-check-grace-period.html"
POOL_HEALTH = GUIDE + "warm-pools-health-checks-monitor-view-status.html"
STEP = GUIDE + "as-scaling-simple-step.html"
TRACKING = GUIDE + "as-scaling-target-tracking.html"

HOUR = LifecycleHook("boot", hooks.LAUNCHING, 3600)
SHORT = LifecycleHook("boot", hooks.LAUNCHING, 30, "CONTINUE")


def found(checkup, now_s=1000.0, grace_s=300.0, types=("EC2", "ELB"), wait_s=300.0):
    """The cause and whether it is acted on at once, or None."""
    finding = health_checks.unhealthy(checkup, now_s, grace_s, types, wait_s)
    return None if finding is None else (finding.cause, finding.at_once)


def beaten(*heartbeats_s):
    wait = hooks.begin(SHORT, 0)
    for at_s in heartbeats_s:
        wait = wait.heartbeat(at_s)
    return wait.ends_s()


STATES = [
    (
        LIFE,
        "a scale out without hooks: Pending, InService",
        lambda: lifecycle.after_launch(None, hooked=False),
        ("Pending", "InService"),
    ),
    (
        LIFE,
        "with a hook Pending:Wait and Pending:Proceed come between",
        lambda: lifecycle.after_launch(None, hooked=True),
        ("Pending", "Pending:Wait", "Pending:Proceed", "InService"),
    ),
    (
        LIFE,
        "a scale in: Terminating, Terminated",
        lambda: lifecycle.after_termination(hooked=False),
        ("Terminating", "Terminated"),
    ),
    (
        LIFE,
        "with a hook Terminating:Wait and Terminating:Proceed come between",
        lambda: lifecycle.after_termination(hooked=True),
        ("Terminating", "Terminating:Wait", "Terminating:Proceed", "Terminated"),
    ),
    (
        LIFE,
        "what terminates cannot be put back into service",
        lambda: lifecycle.may_follow("Terminating", "InService"),
        False,
    ),
    (
        LIFE,
        "an instance in service may go on standby",
        lambda: lifecycle.may_follow("InService", "EnteringStandby"),
        True,
    ),
    (LIFE, "and be detached", lambda: lifecycle.may_follow("InService", "Detaching"), True),
    (LIFE, "out of standby it is pending again", lambda: lifecycle.may_follow("Standby", "Pending"), True),
    (
        POOL_LIFE,
        "a prepared instance waits for its hook, then stops",
        lambda: lifecycle.after_launch("Stopped", hooked=True),
        ("Warmed:Pending", "Warmed:Pending:Wait", "Warmed:Pending:Proceed", "Warmed:Stopped"),
    ),
    (
        POOL_LIFE,
        "in a Running pool it is Warmed:Running instead",
        lambda: lifecycle.after_launch("Running", hooked=False)[-1],
        "Warmed:Running",
    ),
    (
        POOL_LIFE,
        "in a Hibernated pool Warmed:Hibernated",
        lambda: lifecycle.after_launch("Hibernated", hooked=False)[-1],
        "Warmed:Hibernated",
    ),
    (
        POOL_LIFE,
        "leaving the pool it waits at Pending:Wait again",
        lambda: [lifecycle.may_follow("Warmed:Stopped", "Pending"), lifecycle.may_follow("Pending", "Pending:Wait")],
        [True, True],
    ),
    (
        POOL_LIFE,
        "an instance that is reused returns from service to the pool",
        lambda: lifecycle.may_follow("InService", "Warmed:Pending"),
        True,
    ),
    (
        METRICS,
        "GroupInServiceInstances leaves out pending and terminating",
        lambda: lifecycle.group_metrics(["InService", "Pending:Wait", "Terminating"])["GroupInServiceInstances"],
        1,
    ),
    (
        METRICS,
        "GroupTotalInstances has all three",
        lambda: lifecycle.group_metrics(["InService", "Pending:Wait", "Terminating"])["GroupTotalInstances"],
        3,
    ),
    (
        METRICS,
        "GroupStandbyInstances counts those on standby",
        lambda: lifecycle.group_metrics(["Standby", "InService"])["GroupStandbyInstances"],
        1,
    ),
    (
        METRICS,
        "WarmPoolWarmedCapacity leaves out pending and terminating",
        lambda: lifecycle.group_metrics(["Warmed:Stopped", "Warmed:Pending", "Warmed:Terminating"])[
            "WarmPoolWarmedCapacity"
        ],
        1,
    ),
    (
        METRICS,
        "WarmPoolTotalCapacity has them all",
        lambda: lifecycle.group_metrics(["Warmed:Stopped", "Warmed:Pending", "Warmed:Terminating"])[
            "WarmPoolTotalCapacity"
        ],
        3,
    ),
    (
        HOOKS,
        "a new instance counts in the group's metrics after its hook",
        lambda: [lifecycle.counts_in_group_metrics(state, 0) for state in ("Pending:Wait", "InService")],
        [False, True],
    ),
    (
        TRACKING,
        "while it warms up it does not",
        lambda: [lifecycle.counts_in_group_metrics("InService", age_s, 120) for age_s in (119, 120)],
        [False, True],
    ),
    (
        STEP,
        "a terminating instance counts as current capacity",
        lambda: lifecycle.counts_while_scaling_in("Terminating"),
        True,
    ),
    (
        HEALTH,
        "standby and pool are no current capacity",
        lambda: [
            lifecycle.counts_as_capacity(state) for state in ("Standby", "Warmed:Running", "Pending", "InService")
        ],
        [False, False, True, True],
    ),
]

HOOK_RULES = [
    (HOOKS, "the wait ends after an hour by default", lambda: hooks.begin(HOUR, 0).ends_s(), 3600),
    (
        HOOK_API,
        "an unfinished launch is abandoned by default",
        lambda: hooks.result_at(hooks.begin(HOUR, 0), None),
        (3600, "ABANDON"),
    ),
    (HOOKS, "derived: the global timeout is 100 heartbeats", lambda: hooks.global_timeout_s(30), 3000),
    (HOOKS, "or 48 hours, whichever is smaller", lambda: hooks.global_timeout_s(7200), 172_800),
    (
        COMPLETING,
        "an hour, and a heartbeat after 30 minutes: 90 minutes",
        lambda: hooks.begin(HOUR, 0).heartbeat(30 * 60).ends_s(),
        90 * 60,
    ),
    (HOOKS_OVERVIEW, "derived: a heartbeat restarts the timeout", lambda: beaten(20), 50),
    (HOOKS, "derived: but not beyond the global timeout", lambda: beaten(*range(20, 3001, 20)), 3000),
    (
        HOOKS_OVERVIEW,
        "a completed action ends the wait",
        lambda: hooks.result_at(hooks.begin(HOUR, 0), 200, "CONTINUE"),
        (200, "CONTINUE"),
    ),
    (
        HOOKS_OVERVIEW,
        "at the timeout the launch continues where the hook says CONTINUE",
        lambda: hooks.after(hooks.LAUNCHING, hooks.result_at(hooks.begin(SHORT, 0), None)[1]),
        "Pending:Proceed",
    ),
    (
        COMPLETING,
        "an abandoned launch is terminated and replaced",
        lambda: (hooks.after(hooks.LAUNCHING, "ABANDON"), hooks.replaced(hooks.LAUNCHING, "ABANDON")),
        ("Terminating", True),
    ),
    (
        COMPLETING,
        "a termination goes on with either result",
        lambda: {hooks.after(hooks.TERMINATING, result) for result in ("CONTINUE", "ABANDON")},
        {"Terminating:Proceed"},
    ),
    (
        COMPLETING,
        "CONTINUE lets the other hooks finish",
        lambda: hooks.ends([(10, "CONTINUE"), (90, "CONTINUE")]),
        (90, "CONTINUE"),
    ),
    (
        COMPLETING,
        "ABANDON stops the other hooks",
        lambda: hooks.ends([(10, "ABANDON"), (90, "CONTINUE")]),
        (10, "ABANDON"),
    ),
    (
        LIFE,
        "an instance is registered with the balancer before it is in service",
        lambda: hooks.order(launching=True, balanced=True, hooked=True),
        ("hook", "register", "InService"),
    ),
    (
        LIFE,
        "and deregistered before its termination hook",
        lambda: hooks.order(launching=False, balanced=True, hooked=True),
        ("deregister", "hook", "Terminated"),
    ),
]

HEALTH_RULES = [
    (HEALTH, "instances start healthy", lambda: found(Checkup()), None),
    *(
        (
            HEALTH,
            f"{state} is replaced at once",
            lambda state=state: found(Checkup(ec2_state=state)),
            ("ec2 state", True),
        )
        for state in ("stopping", "stopped", "shutting-down", "terminated")
    ),
    (
        GRACE,
        "not running is acted on within the grace period too",
        lambda: found(Checkup(ec2_state="stopped"), now_s=10),
        ("ec2 state", True),
    ),
    (GRACE, "the API's grace period is 0", lambda: health_checks.API_GRACE_S, 0),
    (GRACE, "the console's is 300 s", lambda: health_checks.CONSOLE_GRACE_S, 300),
    (
        GRACE,
        "the grace period keeps an instance that the balancer reports",
        lambda: [found(Checkup(balancer=True), now_s) for now_s in (299, 300)],
        [None, ("balancer", False)],
    ),
    (
        GRACE,
        "derived: it begins when the instance comes into service",
        lambda: found(Checkup(balancer=True, in_service_s=900), 1000),
        None,
    ),
    (
        HEALTH,
        "the balancer is ignored unless it is enabled",
        lambda: found(Checkup(balancer=True), types=("EC2",)),
        None,
    ),
    (
        HEALTH,
        "a failed status check is given a few minutes",
        lambda: [found(Checkup(status_check="impaired", impaired_s=800), now_s) for now_s in (1000, 1100)],
        [None, ("status check", False)],
    ),
    (HEALTH, "insufficient-data is not unhealthy", lambda: found(Checkup(status_check="insufficient-data")), None),
    (
        HEALTH,
        "a scheduled event ends an instance at its time, not before",
        lambda: [found(Checkup(event_s=1500), now_s) for now_s in (1499, 1500)],
        [None, ("scheduled event", False)],
    ),
    (HEALTH, "set-instance-health is acted on at once", lambda: found(Checkup(custom=True)), ("custom", True)),
    (HEALTH, "by default it respects the grace period", lambda: found(Checkup(custom=True), 10), None),
    (
        HEALTH,
        "unless it is told not to",
        lambda: found(Checkup(custom=True, custom_respects_grace=False), 10),
        ("custom", True),
    ),
    (HEALTH, "standby is not checked", lambda: found(Checkup(state="Standby", ec2_state="terminated")), None),
    (
        POOL_HEALTH,
        "stopped instances of a pool are judged by their volumes",
        lambda: found(Checkup(state="Warmed:Stopped", ec2_state="stopped", volume=True), 0),
        ("volume", False),
    ),
    (
        POOL_HEALTH,
        "that they are stopped is no failure",
        lambda: found(Checkup(state="Warmed:Stopped", ec2_state="stopped")),
        None,
    ),
    (
        POOL_HEALTH,
        "running instances of a pool by their status checks, without grace",
        lambda: found(Checkup(state="Warmed:Running", status_check="impaired", impaired_s=-300), 0),
        ("status check", False),
    ),
    (
        POOL_HEALTH,
        "until the hook has ended a pool's instance is not checked",
        lambda: found(
            Checkup(state="Warmed:Pending:Wait", in_service_s=None, status_check="impaired", impaired_s=-9e9)
        ),
        None,
    ),
    (HEALTH, "10 percent are replaced at a time", lambda: replacement.at_once(100), 10),
    (HEALTH, "one at a time where that is less than one", lambda: replacement.at_once(9), 1),
    (
        HEALTH,
        "10 percent below the desired capacity it waits for the activity",
        lambda: replacement.waits(Standing(10, ready=9, busy=True)),
        True,
    ),
    (HEALTH, "above 90 percent it goes on", lambda: replacement.waits(Standing(100, ready=91, busy=True)), False),
    (
        HEALTH,
        "derived: the unhealthy one is terminated while its replacement launches",
        lambda: replacement.step(3, Standing(10, ready=7), None),
        replacement.Replacement(1, 1),
    ),
    (
        HEALTH,
        "where the balancer reports all, fewer are marked",
        lambda: health_checks.marked(20, 20) < replacement.at_once(20),
        True,
    ),
]


@pytest.mark.parametrize(
    ("page", "sentence", "actual", "expected"),
    [pytest.param(*row, id=row[1]) for row in STATES + HOOK_RULES + HEALTH_RULES],
)
def test_the_rule_of_an_instances_life_holds(page, sentence, actual, expected):
    assert actual() == expected, f"{sentence}: {page}"
