"""AWS's printed rules of standby, protection, lifetime, suspended processes and billing, each with its page.

Proves that the rules agree with what AWS documents; cannot prove what AWS leaves open.
"""

import pytest

from floodgate.awsrules.instances import (
    billing,
    lifetime,
    protection,
    standby,
    suspended,
)

GUIDE = "https://docs.aws.amazon.com/autoscaling/ec2/userguide/"
STANDBY = GUIDE + "as-enter-exit-standby.html"
PROTECTION = GUIDE + "ec2-auto-scaling-instance-protection.html"
LIFETIME = GUIDE + "asg-max-instance-lifetime.html"
SUSPEND = GUIDE + "as-suspend-resume-processes.html"
EC2_STATES = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html"


def what(field, *processes):
    return getattr(suspended.able(processes), field)


STANDBY_RULES = [
    (
        STANDBY,
        "entering standby shrinks the capacity from 4 to 3",
        lambda: standby.enter(4, 1, 1, decrement=True).desired,
        3,
    ),
    (
        STANDBY,
        "leaving it increases the capacity from 3 to 4",
        lambda: standby.leave(3, 9, 1, 3, decremented=True).desired,
        4,
    ),
    (
        STANDBY,
        "without the decrement a replacement is launched",
        lambda: standby.enter(4, 1, 1, decrement=False),
        standby.Change(4, launched=1),
    ),
    (
        STANDBY,
        "and on return the termination policy takes the surplus",
        lambda: standby.leave(4, 9, 1, 4, decremented=False),
        standby.Change(4, terminated=1),
    ),
    (
        PROTECTION,
        "protection spares an instance from scale in",
        lambda: protection.spares("scale in", protected=True),
        True,
    ),
    *(
        (
            PROTECTION,
            f"it does not protect from: {reason}",
            lambda reason=reason: protection.spares(reason, protected=True),
            False,
        )
        for reason in ("manual termination", "health check", "spot interruption")
    ),
    (
        PROTECTION,
        "it begins when the instance is in service",
        lambda: protection.spares("scale in", protected=True, state="Pending"),
        False,
    ),
    (
        PROTECTION,
        "derived: all protected: the desired capacity falls, nothing terminates",
        lambda: protection.after_scale_in(10, 3, 0),
        (7, 0),
    ),
    (
        PROTECTION,
        "what leaves the warm pool inherits the group's setting",
        lambda: protection.inherited(group_protects_new=True),
        True,
    ),
    (
        LIFETIME,
        "instance protection delays replacement",
        lambda: protection.spares("maximum lifetime", protected=True),
        True,
    ),
    (LIFETIME, "a lifetime is a day at least", lambda: [lifetime.valid(s) for s in (86_399, 86_400)], [False, True]),
    (LIFETIME, "0 clears it", lambda: (lifetime.valid(0), lifetime.due([0], 0, 9e9)), (True, 0)),
    (LIFETIME, "2592000 s is 30 days", lambda: lifetime.due([0], 2_592_000, 30 * 86_400), 1),
    (
        LIFETIME,
        "derived: one at a time where there is time",
        lambda: lifetime.at_once([i * 7200.0 for i in range(50)], 864_000, 864_000, 600, 50),
        1,
    ),
    (
        LIFETIME,
        "up to 10 percent of the capacity where there is not",
        lambda: lifetime.at_once([0.0] * 100, 86_400, 86_400, 600, 100),
        10,
    ),
]

SUSPENDED_RULES = [
    (
        SUSPEND,
        "Launch: alarms are heard, nothing scales out",
        lambda: (what("hear_alarms", "Launch"), what("scale_out", "Launch")),
        (True, False),
    ),
    (SUSPEND, "Launch: schedules run", lambda: what("run_schedules", "Launch"), True),
    (SUSPEND, "Launch: no rebalancing", lambda: what("rebalance_launch", "Launch"), False),
    (
        SUSPEND,
        "Launch: unhealthy ones are terminated and not replaced",
        lambda: (what("terminate_unhealthy", "Launch"), what("replace_unhealthy", "Launch")),
        (True, False),
    ),
    (SUSPEND, "Launch: no instance refresh", lambda: what("refresh", "Launch"), False),
    (SUSPEND, "Terminate: nothing scales in", lambda: what("scale_in", "Terminate"), False),
    (
        SUSPEND,
        "Terminate: rebalancing launches and does not terminate",
        lambda: (what("rebalance_launch", "Terminate"), what("rebalance_terminate", "Terminate")),
        (True, False),
    ),
    (
        SUSPEND,
        "Terminate: unhealthy ones are marked and stay",
        lambda: (what("mark_unhealthy", "Terminate"), what("terminate_unhealthy", "Terminate")),
        (True, False),
    ),
    (SUSPEND, "Terminate: no instance refresh", lambda: what("refresh", "Terminate"), False),
    (
        SUSPEND,
        "AddToLoadBalancer: launched and not registered",
        lambda: (what("scale_out", "AddToLoadBalancer"), what("register", "AddToLoadBalancer")),
        (True, False),
    ),
    (SUSPEND, "AlarmNotification: policies are not called", lambda: what("hear_alarms", "AlarmNotification"), False),
    (SUSPEND, "AZRebalance: no rebalancing", lambda: what("rebalance_launch", "AZRebalance"), False),
    (
        SUSPEND,
        "HealthCheck: nothing is marked, what is marked is replaced",
        lambda: (what("mark_unhealthy", "HealthCheck"), what("replace_unhealthy", "HealthCheck")),
        (False, True),
    ),
    (SUSPEND, "InstanceRefresh: it pauses", lambda: what("refresh", "InstanceRefresh"), False),
    (
        SUSPEND,
        "ReplaceUnhealthy: marked, not replaced",
        lambda: (what("mark_unhealthy", "ReplaceUnhealthy"), what("terminate_unhealthy", "ReplaceUnhealthy")),
        (True, False),
    ),
    (SUSPEND, "ScheduledActions: none runs", lambda: what("run_schedules", "ScheduledActions"), False),
    *(
        (
            SUSPEND,
            f"{process}: the maximum lifetime replaces nothing",
            lambda process=process: what("renew", process),
            False,
        )
        for process in ("Launch", "Terminate")
    ),
    (
        SUSPEND,
        "Launch and Terminate: standby can be entered, not left",
        lambda: (what("enter_standby", "Launch", "Terminate"), what("leave_standby", "Launch", "Terminate")),
        (True, False),
    ),
    (SUSPEND, "Launch: nothing can be attached", lambda: what("attach", "Launch"), False),
]

BILLING = [
    (EC2_STATES, "derived: paid by the second", lambda: billing.billed_s(61.5), 61.5),
    (EC2_STATES, "a minute at least", lambda: billing.billed_s(1), 60),
    (EC2_STATES, "derived: nothing for what never ran", lambda: billing.billed_s(0), 0),
    (
        EC2_STATES,
        "neither pending, stopping, stopped nor terminated is paid",
        lambda: [state for state in ("pending", "stopping", "stopped", "terminated") if billing.is_paid(state)],
        [],
    ),
    (EC2_STATES, "running is", lambda: billing.is_paid("running"), True),
    (EC2_STATES, "so is preparing to hibernate", lambda: billing.is_paid("hibernating"), True),
]


@pytest.mark.parametrize(
    ("page", "sentence", "actual", "expected"),
    [pytest.param(*row, id=row[1]) for row in STANDBY_RULES + SUSPENDED_RULES + BILLING],
)
def test_the_rule_of_standby_and_suspension_holds(page, sentence, actual, expected):
    assert actual() == expected, f"{sentence}: {page}"
