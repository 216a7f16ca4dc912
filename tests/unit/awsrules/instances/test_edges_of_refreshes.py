"""Edges of instance refreshes and maintenance policies where one second or one instance decides.

Proves those cases; what holds for any input and AWS's own examples are in the files beside this one.
"""

import pytest

from floodgate.awsrules.instances import instance_refresh, maintenance
from floodgate.awsrules.instances.instance_refresh import Preferences
from floodgate.awsrules.model import MaintenancePolicy


def test_the_healthy_share_of_a_large_group_is_that_share():
    assert maintenance.bounds(1000, MaintenancePolicy(90, 120)) == (900, 1200)
    assert maintenance.bounds(1, MaintenancePolicy(95, 101)) == (1, 2)


class TestInstanceRefresh:
    PHASED = Preferences(checkpoints=(20, 100), checkpoint_delay_s=7200, min_healthy_percent=80)

    @pytest.mark.parametrize(("now_s", "takes_s", "fails"), [(3599, 0, False), (3600, 0, True), (3600, 1, False)])
    def test_an_hour_without_getting_on_fails_it(self, now_s, takes_s, fails):
        stuck = instance_refresh.Progress(0, 0)
        pending = instance_refresh.Standing(10, old=9, new_pending=1)
        ended = instance_refresh.step(Preferences(), pending, stuck, now_s, takes_s=takes_s).progress.status

        assert instance_refresh.expired(stuck, now_s, takes_s) is fails
        assert (ended == "Failed") is fails

    def test_without_a_time_that_launches_take_an_hour_is_an_hour(self):
        stuck = instance_refresh.Progress(0, 0)

        assert instance_refresh.expired(stuck, 3600)
        pending = instance_refresh.Standing(10, old=9, new_pending=1)
        assert instance_refresh.step(Preferences(), pending, stuck, 3600).progress.status == "Failed"

    def test_what_launches_take_excuses_nothing_where_nothing_launches(self):
        waiting = instance_refresh.Standing(2, old=0, new_ready=1, protected=1)
        stuck = instance_refresh.Progress(0, 0, ready=1)
        preferences = Preferences(protected="Wait")

        assert instance_refresh.step(preferences, waiting, stuck, 3600, takes_s=600).progress.status == "Failed"

    def test_the_two_weeks_are_counted_from_its_beginning(self):
        late = instance_refresh.Progress(10_000_000, 10_000_000)

        assert not instance_refresh.expired(late, 10_000_010)
        assert instance_refresh.expired(instance_refresh.Progress(10, 14 * 86_400), 14 * 86_400 + 10)

    def test_a_checkpoint_that_is_passed_at_the_end_is_still_told(self):
        done = instance_refresh.Standing(10, old=0, new_ready=10)
        ended = instance_refresh.step(self.PHASED, done, instance_refresh.Progress(0, 0), 60)

        assert (ended.progress.status, ended.reached_percent) == ("Successful", 20)
        late = instance_refresh.Standing(10, old=8, new_ready=2)
        failed = instance_refresh.step(self.PHASED, late, instance_refresh.Progress(0, 0), 14 * 86_400)
        assert (failed.progress.status, failed.reached_percent) == ("Failed", 20)

    def test_it_remembers_what_is_ready_when_it_got_on_and_how_long_it_waits(self):
        reached = instance_refresh.step(
            self.PHASED, instance_refresh.Standing(10, old=8, new_ready=2), instance_refresh.Progress(0, 0), 600
        ).progress

        assert (reached.ready, reached.waits_until_s, reached.moved_s) == (2, 7800, 7800)
        begun = instance_refresh.step(
            Preferences(), instance_refresh.Standing(10, old=10), instance_refresh.Progress(0, 0), 600
        ).progress
        assert (begun.ready, begun.moved_s) == (0, 600)

    def test_ended_standby_instances_alone_are_getting_on(self):
        ended = instance_refresh.step(
            Preferences(standby="Terminate"),
            instance_refresh.Standing(10, old=0, new_ready=8, new_pending=2, standby=1),
            instance_refresh.Progress(0, 0, ready=8),
            600,
        )

        assert (ended.end_standby, ended.progress.moved_s) == (1, 600)

    def test_it_says_that_it_bakes(self):
        done = instance_refresh.Standing(10, old=0, new_ready=10)
        baking = instance_refresh.step(Preferences(bake_s=600), done, instance_refresh.Progress(0, 0), 60).progress

        assert (baking.status, baking.baking_s) == ("Baking", 60)
        assert instance_refresh.step(Preferences(bake_s=600), done, baking, 660).progress.status == "Successful"
