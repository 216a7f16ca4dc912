"""Plays an instance refresh minute by minute against a group whose launches always succeed, or never."""

from dataclasses import dataclass, field

from floodgate.awsrules.instances import instance_refresh
from floodgate.awsrules.instances.instance_refresh import NOTHING, Preferences, Standing


@dataclass
class Played:
    """What happened: (minute, terminated, launched), checkpoints as (minute, percent), the end, capacity's extremes."""

    replaced: list[tuple[int, int, int]] = field(default_factory=list)
    checkpoints: list[tuple[int, int]] = field(default_factory=list)
    ended: tuple[int, str] = (-1, "InProgress")
    least: int = 0
    most: int = 0
    old: int = 0
    new: int = 0


@dataclass
class Refreshed:
    """A group under refresh: `old` instances and what came of them."""

    desired: int
    old: int
    standby: int = 0
    protected: int = 0
    ready: int = 0
    pending: list[tuple[float, int]] = field(default_factory=list)

    def at(self, now_s: float) -> Standing:
        self.ready += sum(count for at_s, count in self.pending if at_s <= now_s)
        self.pending = [(at_s, count) for at_s, count in self.pending if at_s > now_s]
        coming = sum(count for _, count in self.pending)
        return Standing(self.desired, self.old, self.ready, coming, self.standby, self.protected)

    def change(self, terminate: int, launch: int, ready_s: float) -> None:
        free = min(terminate, self.old)
        self.old -= free
        self.protected -= terminate - free
        if launch:
            self.pending.append((ready_s, launch))


def play(preferences, group, takes_s, policy=None, until_s=15 * 86_400, tick_s=60):
    """Every step of a refresh until it ends; a new instance is ready after `takes_s`, for infinity it never is."""
    played, progress = Played(least=group.old + group.ready + group.protected), instance_refresh.begin(0)
    for now_s in range(0, until_s, tick_s):
        standing = group.at(now_s)
        counted_s = takes_s if takes_s < until_s else 0
        step = instance_refresh.step(preferences, standing, progress, now_s, policy, counted_s)
        progress = step.progress
        group.standby -= step.end_standby
        if step.replace != NOTHING:
            group.change(step.replace.terminate, step.replace.launch, now_s + takes_s)
            played.replaced.append((now_s // 60, step.replace.terminate, step.replace.launch))
        if step.reached_percent is not None:
            played.checkpoints.append((now_s // 60, step.reached_percent))
        serving = group.old + group.protected + group.ready
        played.least = min(played.least, serving)
        played.most = max(played.most, serving + sum(count for _, count in group.pending))
        if progress.status not in instance_refresh.ACTIVE:
            played.ended = (now_s // 60, progress.status)
            break
    played.old, played.new = group.old + group.standby + group.protected, group.ready
    return played


def refresh(size, takes_s=600, policy=None, group=None, **preferences):
    """Plays a refresh of a group of old instances."""
    return play(Preferences(**preferences), group or Refreshed(size, size), takes_s, policy)
