"""RDS and Aurora: settings that several of their calls share.

Sources: "CreateDBCluster", https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html;
"CreateDBInstance", https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html.
"""

from __future__ import annotations

from floodgate.awsrules.legality.checking import matching, within
from floodgate.awsrules.legality.facts import Params
from floodgate.awsrules.refusal import Refusal

INVALID = "InvalidParameterValue"
COMBINATION = "InvalidParameterCombination"
IDENTIFIER = r"[A-Za-z](?:-?[A-Za-z0-9])*"
IDENTIFIER_RULE = "it must begin with a letter and hold letters, digits and single hyphens, not at the end"
MONITORING_S = (0, 1, 5, 10, 15, 30, 60)


def check_identifier(name: str, value: str) -> None:
    """Refuse a name that RDS does not take."""
    matching(INVALID, name, value, IDENTIFIER, IDENTIFIER_RULE)
    if len(value) > 63:
        rule = "it must be at most 63 characters"
        raise Refusal(INVALID, value=f"{name} has {len(value)} characters", rule=rule, remedy="shorten it")


def check_password(params: Params, *, needed: bool) -> None:
    """Refuse a first user whose password is missing where it is `needed`, unfit, or given twice."""
    password, managed = params.get("MasterUserPassword"), params.get("ManageMasterUserPassword")
    if password is not None and managed:
        rule = "MasterUserPassword can't be specified if ManageMasterUserPassword is turned on"
        raise Refusal(COMBINATION, value="both are given", rule=rule, remedy="leave out MasterUserPassword")
    if needed and password is None and not managed:
        rule = "the master user needs a password"
        raise Refusal(INVALID, value="neither password is given", rule=rule, remedy="turn on ManageMasterUserPassword")
    if password is not None and (not 8 <= len(password) <= 128 or set(password) & set('/"@')):
        rule = 'it must be 8 to 128 printable characters without / " @'
        raise Refusal(INVALID, value="MasterUserPassword", rule=rule, remedy="choose another password")
    if needed and not params.get("MasterUsername"):
        rule = "the master user needs a name"
        raise Refusal(INVALID, value="MasterUsername is missing", rule=rule, remedy="give MasterUsername")


def check_monitoring(params: Params) -> None:
    """Refuse enhanced monitoring that lacks its interval or its role, and what `check_insights` refuses."""
    check_monitoring_interval(params)
    interval, role = params.get("MonitoringInterval"), params.get("MonitoringRoleArn")
    if bool(interval) != bool(role):
        rule = "MonitoringInterval and MonitoringRoleArn go together"
        value = f"MonitoringInterval {interval}, MonitoringRoleArn {role!r}"
        raise Refusal(COMBINATION, value=value, rule=rule, remedy="give both or neither")
    check_insights(params)


def check_monitoring_interval(params: Params) -> None:
    """Refuse an interval of enhanced monitoring that AWS does not know."""
    interval = params.get("MonitoringInterval")
    if interval is not None and interval not in MONITORING_S:
        rule = f"it must be one of {', '.join(map(str, MONITORING_S))}"
        raise Refusal(INVALID, value=f"MonitoringInterval is {interval}", rule=rule, remedy="use one of these")


def check_insights(params: Params) -> None:
    """Refuse a time for which Performance Insights keeps nothing."""
    days = params.get("PerformanceInsightsRetentionPeriod")
    if days is not None and days not in (7, 731) and (days % 31 or not 31 <= days <= 23 * 31):
        rule = "it must be 7, 731 or a multiple of 31 up to 713"
        value = f"PerformanceInsightsRetentionPeriod is {days}"
        raise Refusal(INVALID, value=value, rule=rule, remedy="use one of these")


def check_serverless(scaling: Params) -> None:
    """Refuse capacities of Aurora Serverless v2 that are out of range: "Using Aurora Serverless v2",
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html.
    """
    low, high = scaling.get("MinCapacity"), scaling.get("MaxCapacity")
    within(INVALID, "MinCapacity", low, 0, 256, " capacity units")
    within(INVALID, "MaxCapacity", high, 1, 256, " capacity units")
    for name, units in (("MinCapacity", low), ("MaxCapacity", high)):
        if units is not None and units * 2 % 1:
            raise Refusal(INVALID, value=f"{name} is {units}", rule="it moves in halves", remedy="round it")
    if low is not None and high is not None and low > high:
        rule = "the minimum must not be above the maximum"
        raise Refusal(INVALID, value=f"MinCapacity {low}, MaxCapacity {high}", rule=rule, remedy="swap them")
