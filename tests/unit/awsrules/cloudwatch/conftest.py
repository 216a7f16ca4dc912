"""Expressions and names of statistics are read anew in each test, so that none passes on what an earlier one read."""

import pytest

from floodgate.awsrules.cloudwatch import statistics
from floodgate.awsrules.cloudwatch.metric_math import evaluation, parser


@pytest.fixture(autouse=True)
def nothing_is_remembered():
    for remembering in (statistics.parse, evaluation.plan, parser.parse):
        remembering.cache_clear()
