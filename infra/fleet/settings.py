"""What a stack may choose about its servers and about the release they run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from infra.fleet.instance_types import Architecture, architecture_of, vcpus_of
from infra.fleet.sizes import vcpus_at_worst
from infra.problems import Problem, Settings

# the scheduled action itself may run two minutes late:
# https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scheduled-scaling.html
SCHEDULE_DELAY_S = 120
# the part of the artifact bucket that servers may read
RELEASES = "releases/"


class WarmPoolSettings(Settings):
    """Servers that have booted once and wait, for the seconds in which more are needed than were planned."""

    size: Annotated[int, Field(ge=1)]
    """Servers kept in the pool, whatever the size of the group."""
    state: Literal["Stopped", "Running"] = "Stopped"
    """How they wait; stopped ones cost only their disk and address."""
    reuse_on_scale_in: bool = False
    """Whether servers return to the pool on scale in; a returned one may hold an old release."""

    def problems(self, where: str) -> Iterable[Problem]:
        """A server reports ready once in each of its starts, so one that returns must be started again."""
        if self.state == "Running" and self.reuse_on_scale_in:
            rule = "but a server that returns to a running pool is not started again, and never reports ready again"
            yield Problem(f"{where}.reuseOnScaleIn", "true", rule, "set it to false or state to Stopped")


class ReplacementSettings(Settings):
    """How many servers may be missing or surplus while some are replaced, in percent of desired capacity."""

    min_healthy_percent: Annotated[int, Field(ge=0, le=100)] = 100
    """Least share in service during a replacement."""
    max_healthy_percent: Annotated[int, Field(ge=100, le=200)] = 110
    """Most share in service and launching; above 100, new servers come before old ones go."""

    def problems(self, where: str) -> Iterable[Problem]:
        """What AWS refuses about the two together."""
        # https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-maintenance-policy-overview-and-considerations.html
        if self.max_healthy_percent - self.min_healthy_percent > 100:
            value, rule = str(self.max_healthy_percent), "but it may exceed minHealthyPercent by 100 at most"
            yield Problem(f"{where}.maxHealthyPercent", value, rule, "bring the two closer together")


class FleetSettings(Settings):
    """The Auto Scaling group and what it launches."""

    instance_type: str
    """EC2 instance type, e.g. c7g.xlarge"""
    architecture: Architecture
    """Processor architecture of the type and of the release, arm64 or x86_64."""
    vcpus: Annotated[int, Field(ge=1)] | None = None
    """VCPUs of one server, only where the type's name does not tell."""
    min_size: Annotated[int, Field(ge=0)]
    """Servers outside openings."""
    max_size: Annotated[int, Field(ge=1)]
    """The most servers there may ever be."""
    image_id: Annotated[str, Field(pattern=r"^ami-[0-9a-f]{8,17}$")] | None = None
    """A fixed machine image; without it, the newest Amazon Linux 2023 at each deployment."""
    root_volume_gib: Annotated[int, Field(ge=8, le=1024)] = 16
    """Size of the encrypted root volume."""
    boot_s: Annotated[int, Field(ge=0, le=3600)] = 120
    """Seconds from launch until the release answers its health check."""
    default_instance_warmup_s: Annotated[int, Field(ge=0, le=3600)] = 120
    """Seconds in service until a new server's CPU says something about the crowd."""
    health_check_grace_s: Annotated[int, Field(ge=0, le=7200)] = 90
    """Seconds in service before a failing health check replaces a server."""
    launch_timeout_s: Annotated[int, Field(ge=30, le=7200)] = 600
    """Seconds in which a launched server must report ready, or it is replaced."""
    warm_pool: WarmPoolSettings | None = None
    """Servers prepared beside the group; leave out for none."""
    replacement: ReplacementSettings = ReplacementSettings()
    """How servers are replaced by a deployment or by maintenance."""
    log_retention_days: Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731] = 30
    """Days for which the service's log is kept."""

    @property
    def pool_size(self) -> int:
        """Servers in the warm pool, 0 where there is none."""
        return self.warm_pool.size if self.warm_pool else 0

    @property
    def ready_after_s(self) -> int:
        """Seconds from a scheduled action's time until its servers count in full."""
        return SCHEDULE_DELAY_S + self.boot_s + self.default_instance_warmup_s

    @property
    def vcpus_per_server(self) -> int | None:
        """As configured, else as the type's name says."""
        return self.vcpus or vcpus_of(self.instance_type)

    def problems(self, where: str) -> Iterable[Problem]:
        """Sizes and the instance type against each other."""
        yield from self.replacement.problems(f"{where}.replacement")
        if self.warm_pool:
            yield from self.warm_pool.problems(f"{where}.warmPool")
        if self.min_size > self.max_size:
            rule = f"but maxSize is {self.max_size}"
            yield Problem(f"{where}.minSize", str(self.min_size), rule, "raise maxSize or lower minSize")
        actual = architecture_of(self.instance_type)
        if actual is None:
            rule = "which is no instance type's name"
            yield Problem(f"{where}.instanceType", f"'{self.instance_type}'", rule, "write it as in c7g.xlarge")
        elif actual != self.architecture:
            rule = f"but {self.instance_type} is {actual}"
            yield Problem(f"{where}.architecture", self.architecture, rule, f"set it to {actual} or change the type")
        if actual is not None and self.vcpus_per_server is None:
            rule = "whose vCPUs its name does not tell"
            yield Problem(f"{where}.instanceType", self.instance_type, rule, f"state them as {where}.vcpus")

    def allowed(self, where: str, *, vcpu_quota: int) -> Iterable[Problem]:
        """Whether the account may run the largest fleet; `where` is this component's key."""
        vcpus = self.vcpus_per_server
        if vcpus is None:
            return
        pool = self.pool_size if self.warm_pool and self.warm_pool.state == "Running" else 0
        rolling = self.replacement.max_healthy_percent
        wanted = vcpus_at_worst(self.max_size, rolling, pool, vcpus)
        if wanted > vcpu_quota:
            rule = (
                f"but {self.max_size} of {self.instance_type} at {rolling} % during replacements need {wanted} vCPUs "
                f"and the account may run {vcpu_quota}"
            )
            remedy = "ask AWS to raise the quota and then floodgate:account.vcpuQuota, or lower maxSize"
            yield Problem(f"{where}.maxSize", str(self.max_size), rule, remedy)


class ApplicationSettings(Settings):
    """The release that servers fetch and run."""

    version: Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z._+-]{0,63}$")]
    """Version of the release, part of its key in the artifact bucket."""
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """SHA-256 digest of the archive in hexadecimal; a server refuses any other"""
    file: str | None = None
    """Archive, named from the project's folder, that the deployment uploads before it starts servers; the first
    deployment needs it, because the stack makes the bucket. Without it the archive must already be in the bucket."""
    port: Annotated[int, Field(ge=1024, le=65535)] = 8080
    """Port on which the release answers."""

    @property
    def key(self) -> str:
        """The archive's key in the artifact bucket."""
        return f"{RELEASES}{self.version}/service.tar.gz"
