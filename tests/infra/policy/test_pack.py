"""The pack as Pulumi starts it: one process that speaks the analyzer's protocol, asked without an engine.

It proves what the pack makes of the engine's messages: unknown and secret values, what a value comes from, the
provider's tags, configuration and exceptions. What the engine does with the answers belongs to the tests with one.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import grpc
import pulumi_aws
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc
from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE as UNKNOWN_TEXT

from policy.registry import RULES
from policy.rules.tags import taggable

# made at run time, unseen by type checkers
Empty, Struct = vars(empty_pb2)["Empty"], vars(struct_pb2)["Struct"]
PACK = Path(__file__).resolve().parents[3] / "policy"
NOW = {"floodgate:now": "2027-08-08T11:00:00Z"}
OPENING = {"name": "night", "at": "2027-08-09T20:00", "zone": "Asia/Seoul", "servers": 60}


@pytest.fixture(scope="module")
def packs():
    """`packs(configuration)`: a client of the pack, started for a configuration; all are stopped at the end."""
    processes = {}

    def start(configuration):
        key = json.dumps(configuration, sort_keys=True)
        if key not in processes:
            told = {
                name: value if isinstance(value, str) else json.dumps(value) for name, value in configuration.items()
            }
            environment = {
                **os.environ,
                "PULUMI_CONFIG": json.dumps({**NOW, **told}),
                "PULUMI_PROJECT": "floodgate",
                "PULUMI_STACK": "test",
                "PULUMI_DRY_RUN": "true",
            }
            command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:0", str(PACK)]
            process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, cwd=PACK)
            assert process.stdout is not None
            channel = grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}")
            processes[key] = process, channel
        return analyzer_pb2_grpc.AnalyzerStub(processes[key][1])

    yield start
    for process, channel in processes.values():
        channel.close()
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()


def properties(values):
    struct = Struct()
    struct.update(values)
    return struct


def urn(type_, name):
    return f"urn:pulumi:test::floodgate::{type_}::{name}"


def resource(type_, name, values, comes_from=None):
    found = analyzer_pb2.AnalyzerResource(type=type_, name=name, urn=urn(type_, name), properties=properties(values))
    for key, urns in (comes_from or {}).items():
        found.propertyDependencies[key].urns.extend(urns)
    return found


def of_stack(packs, *resources, **configuration):
    configuration = {f"floodgate:{key}": value for key, value in configuration.items()}
    answer = packs(configuration).AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=resources))
    return {(found.policyName, found.urn.rpartition("::")[2]): found for found in answer.diagnostics}


def of_resource(packs, type_, values, provider=None, **configuration):
    request = analyzer_pb2.AnalyzeRequest(
        type=type_, name="asked", urn=urn(type_, "asked"), properties=properties(values)
    )
    if provider is not None:
        request.provider.type = "pulumi:providers:aws"
        request.provider.properties.update(provider)
    configuration = {f"floodgate:{key}": value for key, value in configuration.items()}
    return {found.policyName: found for found in packs(configuration).Analyze(request).diagnostics}


def test_every_rule_is_a_policy_with_its_words(packs):
    info = packs({}).GetAnalyzerInfo(Empty())
    told = {policy.name: policy for policy in info.policies}

    assert info.name == "floodgate"
    assert set(told) == {*(rule.id for rule in RULES), "exceptions-in-order", "exceptions-in-use"}
    for rule in RULES:
        policy = told[rule.id]
        assert (policy.description, policy.remediation_steps, policy.url) == (rule.title, rule.remedy, rule.source)
        assert analyzer_pb2.EnforcementLevel.Name(policy.enforcementLevel) == rule.enforcement.upper()
        assert analyzer_pb2.PolicySeverity.Name(policy.severity) == f"POLICY_SEVERITY_{rule.severity.upper()}"


def test_a_resource_is_refused_before_it_is_made(packs):
    found = of_resource(packs, "aws:rds/cluster:Cluster", {"storageEncrypted": False})["database-encrypted"]

    assert found.enforcementLevel == analyzer_pb2.MANDATORY
    assert found.message.splitlines()[0] == "Every database is encrypted at rest"
    assert found.message.splitlines()[1].startswith("asked storageEncrypted is not true; set storageEncrypted to true")


def test_a_value_that_is_not_known_yet_is_refused_by_nobody(packs):
    hidden = dict.fromkeys(("storageEncrypted", "deletionProtection", "tags", "skipFinalSnapshot"), UNKNOWN_TEXT)

    found = of_resource(
        packs, "aws:rds/cluster:Cluster", {**hidden, "backupRetentionPeriod": 14, "finalSnapshotIdentifier": "a"}
    )
    assert found == {}, "an unknown value is neither wrong nor told as something that could not be judged"


def test_a_secret_is_judged_by_what_is_in_it(packs):
    secret = {SPECIAL_SIG_KEY: SPECIAL_SECRET_SIG, "value": json.dumps({"waiting_room": False})}
    parameter = resource("aws:ssm/parameter:Parameter", "service", {"value": secret})

    assert ("crowd-has-a-waiting-room", "service") in of_stack(packs, parameter, openings=[OPENING])


@pytest.mark.parametrize("form", [lambda tags: tags, json.dumps], ids=["an object", "JSON"])
def test_the_providers_tags_are_on_every_resource(packs, form):
    tags = {"tags": {"owner": "a-team", "service": "orders", "cost-centre": "4711"}}

    assert "tags" in of_resource(packs, "aws:sqs/queue:Queue", {})
    assert "tags" not in of_resource(packs, "aws:sqs/queue:Queue", {}, provider={"defaultTags": form(tags)})


def test_what_is_unknown_is_followed_by_what_it_comes_from(packs):
    group = resource("aws:autoscaling/group:Group", "servers", {"minSize": 6, "maxSize": 90, "arn": UNKNOWN_TEXT})
    action = {"startTime": "2027-08-09T10:00:00Z", "minSize": 60, "autoscalingGroupName": UNKNOWN_TEXT}
    schedule = resource("aws:autoscaling/schedule:Schedule", "open", action, {"autoscalingGroupName": [group.urn]})

    assert ("openings-scheduled", "") in of_stack(packs, group, openings=[OPENING])
    assert ("openings-scheduled", "") not in of_stack(packs, group, schedule, openings=[OPENING])


def test_two_stacks_asked_one_after_the_other_are_not_mixed_up(packs):
    vpc = resource("aws:ec2/vpc:Vpc", "vpc", {"cidrBlock": "10.0.0.0/16"})

    assert ("traffic-recorded", "vpc") in of_stack(packs, vpc)
    assert of_stack(packs, resource("aws:sns/topic:Topic", "t", {"kmsMasterKeyId": "key"})) == {}
    assert ("traffic-recorded", "vpc") in of_stack(packs, vpc)


EXCEPTION = {"rule": "database-encrypted", "reason": "a copy of public data", "until": "2027-09-30"}


def test_an_exception_excuses_and_is_told(packs):
    cluster = ("aws:rds/cluster:Cluster", {"storageEncrypted": False})

    assert "database-encrypted" not in of_resource(packs, *cluster, exceptions=[EXCEPTION])
    told = of_stack(packs, resource(cluster[0], "asked", cluster[1]), exceptions=[EXCEPTION])[("exceptions-in-use", "")]
    assert told.enforcementLevel == analyzer_pb2.ADVISORY
    assert (
        "database-encrypted for every resource excuses 1 finding until 2027-09-30: a copy of public data"
        in told.message
    )


def test_a_wrong_exception_stops_the_deployment(packs):
    found = of_stack(packs, exceptions=[{**EXCEPTION, "until": "2027-08-07"}])[("exceptions-in-order", "")]

    assert found.enforcementLevel == analyzer_pb2.MANDATORY
    assert "ended on 2027-08-07" in found.message
    assert "database-encrypted" in of_resource(
        packs, "aws:rds/cluster:Cluster", {}, exceptions=[{**EXCEPTION, "until": "2027-08-07"}]
    )


def test_the_types_that_take_tags_are_those_of_the_installed_sdk():
    """Read from the SDK's source, because importing all of its modules takes a minute."""
    declared = (
        r'@pulumi\.type_token\("(aws:[^"]+)"\)\nclass \w+\(pulumi\.CustomResource\):(.*?)(?=\n@pulumi|\nclass |\Z)'
    )
    tagged = set()
    for module in Path(pulumi_aws.__file__).parent.rglob("*.py"):
        text = module.read_text(encoding="utf-8")
        if "def tags(self)" in text:
            tagged |= {token for token, body in re.findall(declared, text, re.DOTALL) if "def tags(self)" in body}

    assert tagged == taggable(), "write policy/data/taggable-types.txt again"
