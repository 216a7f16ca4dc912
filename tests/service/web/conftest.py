"""One running service for the tests of a file, since starting one takes a second; a new line for each that asks."""

import pytest

from tests.service.serving import serving


@pytest.fixture
def service(database, valkey_url):
    """A service of this test's own, whose line is begun and whose doors are closed."""
    with serving(database, valkey_url) as running:
        yield running
