"""``--robust``: the rehearsal's night again at the ends of what nobody knows, on every core."""

from __future__ import annotations

from dataclasses import replace

from floodgate.cli.steps import Steps
from floodgate.rehearsal.parameters import Parameters
from floodgate.rehearsal.report.subject import Rehearsal
from floodgate.rehearsal.robust.design import Setting
from floodgate.rehearsal.robust.findings import explore
from floodgate.rehearsal.robust.playing import Subject, on_every_core, play_setting


def explored(
    rehearsal: Rehearsal, parameters: Parameters, vcpu_quota: int | None, seeds: int, steps: Steps
) -> Rehearsal:
    """The rehearsal with its robustness; of a campaign it is that of the night that is shown, the worst."""
    subject = Subject(
        plan=rehearsal.plan,
        scenario=rehearsal.scenario,
        doors=rehearsal.doors,
        zone=rehearsal.zone,
        promises=rehearsal.promises,
        vcpu_quota=vcpu_quota,
        parameters=parameters.all(),
    )
    with steps.step("Playing it at the ends of what nobody knows") as advance:
        # where nothing is compiled yet, this does it once for all processes
        play_setting(subject, Setting({}, rehearsal.seed))
        with on_every_core(subject) as play:
            tried = range(rehearsal.seed, rehearsal.seed + seeds)
            found = explore(rehearsal.parameters, tuple(tried), play, advance)
    return replace(rehearsal, robustness=found)
