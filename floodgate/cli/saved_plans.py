"""Saved plans on the command line: a whole plan out of a folder, with the service's settings out of a file."""

from __future__ import annotations

from pathlib import Path

from floodgate.cli.wrong import Wrong
from floodgate.plans.published import published_types
from floodgate.plans.saved import SavedPlan
from floodgate.rehearsal.errors import PlanError
from floodgate.rehearsal.plan import Plan, Service
from floodgate.rehearsal.reading import read_plan
from floodgate.rehearsal.reading.service import parse_service


def saved_plan(folder: Path, group: str | None, stack: str) -> Plan:
    """The plan in a folder, fit to be rehearsed; a folder's only group is meant, whatever stack it belongs to.

    Raises:
        PlanError: it cannot be read, or does not tell how large a server is.
    """
    saved = SavedPlan(folder, published_types)
    groups = saved.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    plan = read_plan(saved, group, stack=None if len(groups) == 1 else stack)
    if plan.group.instance_type.vcpus == 0:
        rule = f"plan {folder} does not tell the instance type of group '{plan.group.name}'"
        raise PlanError(f"{rule}; save what `aws ec2 describe-launch-template-versions` prints of its template")
    return plan


def service_file(file: Path) -> Service:
    """The service's settings out of a file of JSON, as the servers' parameter holds them.

    Raises:
        Wrong: it cannot be read.
        PlanError: it holds something else.
    """
    try:
        return parse_service(str(file), file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Wrong([f"--service {file} cannot be read ({error}); name a file of JSON"]) from error


def source_or_wrong(source: str) -> str:
    """``offline``, ``aws`` or a folder.

    Raises:
        Wrong: it is none of them.
    """
    if source not in ("offline", "aws") and not Path(source).is_dir():
        raise Wrong(
            [f"--from {source}: there is no such folder; it must be offline, aws or the folder of a saved plan"]
        )
    return source
