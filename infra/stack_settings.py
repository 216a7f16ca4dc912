"""The small settings that belong to the stack as a whole, not to one component."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from infra.problems import Settings

# https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
TagValue = Annotated[str, StringConstraints(pattern=r"^[\w +=.,:/@-]+$", max_length=256)]


class TagSettings(Settings):
    """Whose resources these are; every resource that can carry tags does."""

    owner: TagValue
    """Team that is called when something is wrong."""
    service: TagValue
    """Service that people use, e.g. reservations."""
    cost_centre: TagValue
    """Where the bill goes."""

    def as_tags(self, stack: str) -> dict[str, str]:
        """The tags of every resource."""
        return {
            "owner": self.owner,
            "service": self.service,
            "cost-centre": self.cost_centre,
            "floodgate:stack": stack,
        }


class AccountSettings(Settings):
    """What the AWS account allows."""

    vcpu_quota: Annotated[int, Field(ge=1)]
    """Running On-Demand vCPUs (standard families) that AWS has granted in the Region; 5 in a new account."""


class PromiseSettings(Settings):
    """What people are promised; the rehearsal says of each whether it is kept.

    That no capacity limit is exceeded is always promised.
    """

    longest_wait_minutes: Annotated[float, Field(gt=0)]
    """Longest wait of anybody who does not give up."""
    refused_share: Annotated[float, Field(ge=0, le=1)]
    """Share of people who may be refused or failed, 0 to 1."""
    shown_wait_truth: Annotated[float, Field(ge=0, le=1)]
    """Share of people whose wait falls inside the range they were shown, 0 to 1."""
