"""What the balancer's health checks make of a group's servers, judged by AWS's rule for a single target."""

from __future__ import annotations

from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floodgate.awsrules.balancer.fail_open import Threshold
from floodgate.awsrules.balancer.health_checks import HealthCheck, changes
from floodgate.awsrules.model import InstanceType
from floodgate.fleet.roster import Roster
from floodgate.fleet.targets import LOOK_S, Checks, Heard, Targets

CHECK = HealthCheck(interval_s=10, timeout_s=4, healthy_threshold=2, unhealthy_threshold=3)
# the targets of a group fail open as soon as one is unhealthy, so that all meet the same answers
AT_ONCE = Threshold(None, 100)
LATE, SOON = 5.0, 0.1


class Told:
    """Who was found unhealthy when, and who healthy again."""

    def __init__(self):
        self.fell, self.rose = [], []
        self.heard = Heard(lambda one, second: self.fell.append((one.id, second)), lambda one: self.rose.append(one.id))


def servers(count=10):
    """A roster with so many servers in service."""
    roster, kind = Roster(("a", "b")), InstanceType("c7g.xlarge", 4, 8192)
    for _ in range(count):
        roster.add("a", kind, "lt:1", 0, "in service", "InService")
    return roster


def targets_of(roster, *, late_s=4.0, told=None, unreached=lambda _: False, routing=None, check=CHECK):
    checks = Checks(check, late_s=late_s) if routing is None else Checks(check, routing, late_s)
    return Targets(roster, checks, unreached, (told or Told()).heard)


def play(targets, answer_s, begin, end):
    """Second by second: `answer_s` is how late servers answer, a number or a function of the second."""
    for second in range(begin, end):
        targets.look(second)
        targets.observe(second, [answer_s(second) if callable(answer_s) else answer_s])


def in_service(roster, number=0):
    return list(roster.at["in service"].values())[number]


def test_while_servers_answer_in_time_all_get_requests_and_nobody_need_look():
    targets = targets_of(servers())
    play(targets, 3.9, 0, 200)
    assert (targets.routing, targets.receiving, targets.idle, targets.lost) == ("all healthy", 10, 0, 0.0)
    assert targets.next_s(200) == float("inf")


def test_servers_that_answer_late_are_left_out_one_after_the_other_and_at_last_all_get_requests_again():
    told, roster = Told(), servers()
    targets = targets_of(roster, told=told)
    seen = []
    for second in range(40):
        play(targets, LATE, second, second + 1)
        seen.append((targets.routing, targets.receiving))
    # three checks in a row, each server's at its own second of ten
    assert {second for _, second in told.fell} <= set(range(20, 30))
    assert ("all healthy", 10) in seen[:20]
    assert any(routing == "some unhealthy" and receiving < 10 for routing, receiving in seen)
    assert seen[-1] == ("fail open", 10)
    assert [second for _, second in told.fell] == sorted(second for _, second in told.fell)


def test_one_that_is_healthy_again_gets_everything_alone_unless_more_have_to_be():
    few, many = targets_of(servers()), targets_of(servers(), routing=Threshold(5, None))
    for targets in (few, many):
        play(targets, LATE, 0, 40)
        assert targets.routing == "fail open"
    least = {}
    for name, targets in (("one", few), ("five", many)):
        seen = []
        for second in range(40, 70):
            play(targets, SOON, second, second + 1)
            seen.append(targets.receiving)
        least[name] = min(seen)
        assert seen[-1] == 10
    assert least["one"] < 5 <= least["five"]


def test_a_server_that_is_left_out_works_off_what_it_had_and_then_idles_until_it_passes():
    roster = servers()
    phases = [crc32(name.encode()) % 10 for name in roster.at["in service"]]
    first = phases.count(min(phases))
    assert first < 10
    targets = targets_of(roster)
    fails_s = 20 + min(phases)
    play(targets, 6.0, 0, fails_s + 1)
    assert (targets.receiving, targets.idle) == (10 - first, 0)
    targets.look(fails_s + 6)
    assert (targets.receiving, targets.idle) == (10 - first, first)
    # the first check after its queue is empty passes, and so does the next
    play(targets, SOON, fails_s + 1, fails_s + 20)
    assert (targets.receiving, targets.idle) == (10 - first, first)
    play(targets, SOON, fails_s + 20, fails_s + 21)
    assert (targets.receiving, targets.idle) == (10, 0)


def test_requests_to_a_server_that_hangs_are_lost_until_its_checks_have_failed():
    told, roster = Told(), servers()
    targets = targets_of(roster, told=told)
    play(targets, SOON, 0, 10)
    roster.fail(in_service(roster))
    lost = []
    for second in range(10, 60):
        play(targets, SOON, second, second + 1)
        lost.append(targets.lost)
    assert lost[0] == pytest.approx(0.1)
    assert lost[-1] == 0.0
    assert 20 <= sum(share > 0 for share in lost) <= 30
    assert (targets.receiving, targets.idle) == (9, 0)
    # its group has been told by the fault itself
    assert told.fell == []


def test_where_every_server_hangs_the_balancer_fails_open_and_loses_everything():
    roster = servers(3)
    targets = targets_of(roster)
    for one in list(roster.at["in service"].values()):
        roster.fail(one)
    play(targets, SOON, 0, 40)
    assert (targets.routing, targets.receiving, targets.lost) == ("fail open", 3, 1.0)


def test_a_server_of_a_version_that_never_answers_gets_no_requests_at_all():
    roster = servers()
    targets = targets_of(roster, unreached=lambda one: one.version == "lt:2")
    one = roster.add("a", InstanceType("c7g.xlarge", 4, 8192), "lt:2", 5, "in service", "InService")
    roster.fail(one)
    targets.look(5)
    assert (targets.receiving, targets.lost) == (10, 0.0)


def test_a_server_that_leaves_while_it_fails_is_forgotten():
    roster = servers()
    targets = targets_of(roster)
    play(targets, LATE, 0, 22)
    assert targets.healthy < 10
    for one in list(roster.at["in service"].values()):
        roster.move(one, "terminating", "Terminating")
    targets.look(30)
    assert (targets.routing, targets.receiving, targets.lost) == ("all healthy", 0, 0.0)


def test_checks_that_do_not_wait_behind_requests_never_fail_for_a_queue():
    targets = targets_of(servers(), late_s=float("inf"))
    play(targets, 60.0, 0, 300)
    assert targets.routing == "all healthy"


def test_looking_is_asked_for_only_while_something_may_change():
    targets = targets_of(servers())
    assert (targets.late_s, targets.next_s(0)) == (4.0, float("inf"))
    play(targets, LATE, 0, 1)
    assert (targets.late_s, targets.next_s(1)) == (float("inf"), 1 + LOOK_S)
    play(targets, SOON, 1, 100)
    assert (targets.late_s, targets.next_s(100)) == (4.0, float("inf"))
    # a long queue is worked off long after
    play(targets, 200.0, 100, 122)
    play(targets, SOON, 122, 300)
    assert targets.receiving < 10
    assert targets.next_s(300) == 300 + LOOK_S


@given(
    spells=st.lists(st.tuples(st.booleans(), st.integers(1, 45)), max_size=12),
    healthy=st.integers(2, 5),
    unhealthy=st.integers(2, 5),
    interval=st.sampled_from((5, 10, 30)),
)
def test_every_server_changes_when_the_rule_for_one_target_says_so(spells, healthy, unhealthy, interval):
    check = HealthCheck(interval, 4, healthy, unhealthy)
    answers = [SOON] * interval
    for late, length in spells:
        answers += [LATE if late else SOON] * length
    told, roster = Told(), servers(4)
    targets = targets_of(roster, told=told, routing=AT_ONCE, check=check)
    play(targets, lambda second: answers[second], 0, len(answers))
    for one in roster.at["in service"].values():
        phase = crc32(one.id.encode()) % interval
        judged = changes(check, 0, len(answers) - 1, lambda at_s: answers[int(at_s)] < 4, phase)
        fell = [second for name, second in told.fell if name == one.id]
        assert fell == [at_s for at_s, state in judged if state == "unhealthy"]
        # the first of its changes is that it came into service
        assert told.rose.count(one.id) == [state for _, state in judged].count("healthy") - 1


def test_a_server_leaves_slow_start_when_it_falls_and_starts_slowly_again_when_it_rises():
    roster = servers()
    slow, phases = roster.slow, {name: crc32(name.encode()) % 10 for name in roster.at["in service"]}
    slow.duration_s = 30
    first = roster.at["in service"][min(phases, key=phases.__getitem__)]
    first.healthy_s = 15
    slow.add(15, 1, 9)
    targets = targets_of(roster)
    # answers are late until the first ones have failed three checks
    fails_s = 20 + min(phases.values())
    play(targets, LATE, 0, fails_s)
    assert slow.missing(fails_s) > 0
    play(targets, LATE, fails_s, fails_s + 1)
    assert slow.missing(fails_s + 1) == 0
    play(targets, SOON, fails_s + 1, 60)
    assert targets.receiving == 10
    back = list(phases.values()).count(min(phases.values()))
    assert first.healthy_s == fails_s + 20
    assert slow.missing(fails_s + 35) == pytest.approx(back / 2)
    assert slow.missing(fails_s + 50) == 0


def test_the_first_that_is_healthy_again_has_nobody_to_spare_it():
    roster = servers(1)
    roster.slow.duration_s = 30
    targets = targets_of(roster)
    play(targets, LATE, 0, 40)
    play(targets, SOON, 40, 70)
    assert (targets.routing, roster.slow.missing(60)) == ("all healthy", 0)
