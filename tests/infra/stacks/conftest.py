"""The project's stacks, each deployed once for all tests, and the views of them that tests share."""

import pytest


@pytest.fixture(scope="session")
def aws(floodgate_stack):
    """A boto3 client for a deployed stack: `aws("opening", "autoscaling")`."""
    return lambda stack, service, now=None: floodgate_stack(stack, now=now).world.session.client(service)


@pytest.fixture(scope="session")
def group(aws, floodgate_stack):
    """The stack's one Auto Scaling group, as AWS describes it: `group("opening")`."""

    def describe(stack, now=None):
        (only,) = aws(stack, "autoscaling", now).describe_auto_scaling_groups()["AutoScalingGroups"]
        assert only["AutoScalingGroupName"] == floodgate_stack(stack, now=now).outputs["group_name"]
        return only

    return describe
