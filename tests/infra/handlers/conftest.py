"""A world with nothing in it, and a way to make resources in it as a front end does."""

from datetime import UTC, datetime

import pytest

from floodgate.offline import lifecycle
from floodgate.offline.lifecycle import Identity, Provider
from floodgate.offline.world import World

REGION = "ap-northeast-2"


class Maker:
    """Makes resources and calls functions in one world, checked, named and with defaults as in a deployment."""

    def __init__(self):
        self.world = World(now=datetime(2027, 8, 8, 11, tzinfo=UTC), region=REGION)
        self.provider = Provider(REGION)

    def __call__(self, token, name="it", /, **props):
        """The id and state of a new resource."""
        who = Identity(token, token, name)
        return lifecycle.make(self.world, who, self.provider, lifecycle.checked(self.world, who, props))

    def ask(self, token, **args):
        """A function's result."""
        return lifecycle.call(self.world, token, self.provider, args)

    def client(self, service):
        return self.world.session.client(service)


@pytest.fixture
def make():
    return Maker()
