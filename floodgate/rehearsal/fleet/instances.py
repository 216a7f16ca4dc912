"""The instances of a group in time: launched, booting, in service, pooled and terminated, kept as batches."""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from math import ceil, inf

from floodgate.awsrules.instances import launching, warm_pool
from floodgate.awsrules.model import Group
from floodgate.rehearsal.fleet.log import Log
from floodgate.rehearsal.fleet.times import LaunchTimes

RETRY_S = 60


class Young:
    """Instances by the second they came into service, oldest first, as long as their age matters."""

    def __init__(self) -> None:
        self._batches: deque[tuple[int, int]] = deque()
        self.count = 0
        self._since = 0

    def add(self, second: int, count: int) -> None:
        """`count` instances came into service."""
        self._batches.append((second, count))
        self.count += count
        self._since += second * count

    def _drop(self, second: int, count: int) -> None:
        self.count -= count
        self._since -= second * count

    def forget(self, before: float) -> None:
        """Drop what came into service at or before a second."""
        while self._batches and self._batches[0][0] <= before:
            self._drop(*self._batches.popleft())

    def remove(self, count: int) -> None:
        """Take away the oldest `count`, or all."""
        while count > 0 and self._batches:
            second, batch = self._batches.popleft()
            self._drop(second, min(batch, count))
            if batch > count:
                self._batches.appendleft((second, batch - count))
            count -= batch

    def since(self, second: float) -> int:
        """How many came into service after a second."""
        return sum(count for at, count in self._batches if at > second)

    def ages(self, second: int) -> int:
        """The sum of all ages, in seconds."""
        return second * self.count - self._since


class Instances:
    """A group's instances.

    An instance is launched (``RunInstances``), booting, then in service or, prepared, in the warm pool; a warm one
    starts faster and, where stopped, takes no quota. Terminated ones leave service at once. At every moment
    ``launched == in_service + launching + pool + preparing + terminated``.
    """

    def __init__(self, group: Group, times: LaunchTimes, memory_s: int, log: Log) -> None:
        self._group, self._times, self._memory_s, self._log = group, times, memory_s, log
        hooked = any(hook.transition == "autoscaling:EC2_INSTANCE_LAUNCHING" for hook in group.hooks)
        self._cold_s = times.boot_s + (times.hook_s if hooked else 0)
        self._warm_s = times.warm_start_s + (times.warm_hook_s if hooked else 0) + times.first_check_s
        self.in_service = group.desired
        self.launching = self.preparing = self.terminated = 0
        self.pool = self._pool_target(group.max_size, group.desired)
        self.launched = self.in_service + self.pool
        self._coming: list[tuple[int, int]] = []
        self._prepared: list[tuple[int, int]] = []
        self._leaving: deque[tuple[float, int]] = deque()
        self._young, self._slow = Young(), Young()
        self._slow_start_s = 0.0
        self._run = launching.full(times.burst, times.refill_per_s)
        self._start = launching.full(times.burst, times.refill_per_s)
        self.limit = ""
        self._retry_s = inf
        self.finished_s = 0

    # -- read-outs

    def next_s(self) -> float:
        """The next second at which something happens by itself."""
        return min(
            self._coming[0][0] if self._coming else inf,
            self._prepared[0][0] if self._prepared else inf,
            self._retry_s,
        )

    def warming(self, second: int, warmup_s: int) -> int:
        """Instances in service for less than their warmup."""
        return self._young.since(second - warmup_s)

    def terminating(self, second: int) -> int:
        """Instances that are out of service and still count as current capacity."""
        while self._leaving and self._leaving[0][0] <= second:
            self._leaving.popleft()
        return sum(count for _, count in self._leaving)

    def effective(self, second: int, slow_start_s: float) -> float:
        """In-service instances, those in slow start by their linear share."""
        self._slow_start_s = slow_start_s
        if not self._slow.count:
            return float(self.in_service)
        self._slow.forget(second - slow_start_s)
        missing = self._slow.count - self._slow.ages(second) / slow_start_s if slow_start_s else 0.0
        return self.in_service - missing

    # -- what happens

    def advance(self, second: int) -> None:
        """Let through what is ready by now."""
        self._young.forget(second - self._memory_s)
        while self._prepared and self._prepared[0][0] <= second:
            count = heappop(self._prepared)[1]
            self.preparing -= count
            self.pool += count
        while self._coming and self._coming[0][0] <= second:
            at, count = heappop(self._coming)
            self._serve(at, count)

    def _serve(self, second: int, count: int) -> None:
        self._slow.forget(second - self._slow_start_s)
        # AWS: without a healthy target out of slow start there is nobody to spare the new ones
        if self._slow_start_s > 0 and self.in_service > self._slow.count:
            self._slow.add(second, count)
        self._young.add(second, count)
        self._log.count(second, "in_service", self._group.name, self.in_service, self.in_service + count, "in service")
        self.launching -= count
        self.in_service += count
        self.finished_s = second

    def reach(self, desired: int, maximum: int, second: int) -> None:
        """Launch, start or terminate what the desired capacity and the warm pool ask for, as far as limits allow."""
        self.limit, self._retry_s = "", inf
        missing = desired - self.in_service - self.launching
        if missing < 0 and "Terminate" not in self._group.suspended:
            self._shrink(-missing, second)
        if "Launch" in self._group.suspended:
            return
        if missing > 0:
            started = self._from_pool(missing, second)
            if started == missing or not self.pool:
                self._launch(missing - started, second, pooled=False)
        self._refill(maximum, desired, second)

    def _from_pool(self, missing: int, second: int) -> int:
        wanted = min(missing, self.pool)
        stopped = self._group.warm_pool is not None and self._group.warm_pool.state != "Running"
        room = self._room(wanted) if stopped else wanted
        self._start, started = self._start.take(min(wanted, room), second)
        self._explain(wanted, room, started, second)
        if started:
            self._log.count(second, "launch", "warm pool", self._given(), self._given() + started, "started warm")
            self.pool -= started
            self._come(second + self._warm_s, started)
        return started

    def _given(self) -> int:
        return self.launched - self.terminated

    def _launch(self, wanted: int, second: int, *, pooled: bool) -> None:
        room = self._room(wanted)
        self._run, granted = self._run.take(min(wanted, room), second)
        self._explain(wanted, room, granted, second)
        if not granted:
            return
        where = "for the warm pool" if pooled else "booting"
        self._log.count(second, "launch", where, self.launched, self.launched + granted, f"launched, {where}")
        self.launched += granted
        if pooled:
            self.preparing += granted
            heappush(self._prepared, (ceil(second + self._cold_s), granted))
        else:
            self._come(second + self._cold_s + self._times.first_check_s, granted)

    def _come(self, ready_s: float, count: int) -> None:
        self.launching += count
        heappush(self._coming, (ceil(ready_s), count))

    def _room(self, wanted: int) -> int:
        pooled = self.pool if self._group.warm_pool and self._group.warm_pool.state == "Running" else 0
        each = self._group.instance_type.vcpus
        running = (self.in_service + self.launching + self.preparing + pooled) * each
        room = launching.quota_room(self._times.vcpu_quota, running, each)
        return wanted if room is None else room

    def _explain(self, wanted: int, room: int, granted: int, second: int) -> None:
        """Remember what limited a launch, the quota before the rate, and when to try again."""
        if granted >= wanted:
            return
        if room < wanted:
            self.limit = "quota"
            self._retry_s = min(self._retry_s, second + RETRY_S)
        if granted < room:
            self.limit = self.limit or "launch rate"
            self._retry_s = second + 1

    def _shrink(self, surplus: int, second: int) -> None:
        """Take away what is not yet in service first, the latest first, then the longest in service."""
        while surplus and self._coming:
            latest = max(self._coming)
            count = min(surplus, latest[1])
            self._coming.remove(latest)
            if latest[1] > count:
                self._coming.append((latest[0], latest[1] - count))
            self.launching -= count
            self.terminated += count
            surplus -= count
        self._coming.sort()
        if surplus:
            self._leave(min(surplus, self.in_service), second)

    def _leave(self, count: int, second: int) -> None:
        for ages in (self._young, self._slow):
            ages.remove(count - (self.in_service - ages.count))
        self._log.count(second, "terminate", self._group.name, self.in_service, self.in_service - count, "terminated")
        self.in_service -= count
        self._leaving.append((second + self._times.drain_s, count))
        self.finished_s = second
        if self._group.warm_pool is not None and self._group.warm_pool.reuse_on_scale_in:
            self.pool += count
        else:
            self.terminated += count

    def _pool_target(self, maximum: int, desired: int) -> int:
        return warm_pool.size(self._group.warm_pool, maximum, desired) if self._group.warm_pool else 0

    def _refill(self, maximum: int, desired: int, second: int) -> None:
        missing = self._pool_target(maximum, desired) - self.pool - self.preparing
        if missing > 0:
            limit = self.limit
            self._launch(missing, second, pooled=True)
            # a pool that waits does not limit the group
            self.limit = limit
        elif missing < 0:
            surplus = min(-missing, self.pool)
            self.pool -= surplus
            self.terminated += surplus
