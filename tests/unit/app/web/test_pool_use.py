"""What a worker says of its connections: a moment in which all are in use must not look like a full database."""

import pytest

from app.web.reporting import Mean


def test_what_people_find_in_use_is_told_on_average_and_not_at_its_highest():
    seen = Mean()
    for share in (0.2, 1.0, 0.0):
        seen.add(share)

    assert seen.take() == pytest.approx(0.4)
    assert seen.take() == 0.0, "each report is of its own time, and one without people says nothing"
