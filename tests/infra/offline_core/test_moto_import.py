"""What moto would read ahead of need is read when somebody asks, and says the same."""

import subprocess
import sys
from datetime import UTC, datetime

from moto.utilities.utils import load_resource

from floodgate.offline.moto_import import Offerings
from floodgate.offline.world import World

NOW = datetime(2027, 8, 8, 20, tzinfo=UTC)
FILE = "ec2/resources/instance_type_offerings/region/ap-northeast-2.json.gz"


def test_offerings_of_a_region_are_what_moto_has_in_its_file():
    ec2 = World(now=NOW, region="ap-northeast-2").session.client("ec2")

    told = ec2.describe_instance_type_offerings(LocationType="region")["InstanceTypeOfferings"]

    assert {offer["InstanceType"] for offer in told} == {offer["InstanceType"] for offer in load_resource(FILE)}
    assert {offer["LocationType"] for offer in told} == {"region"}


def test_a_region_that_moto_does_not_know_has_none():
    assert Offerings("region", {}).get("mars-1", []) == []


def test_importing_the_offline_aws_reads_no_offerings():
    code = (
        "import floodgate.offline.world\n"
        "from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS as tables\n"
        "print({kind: len(table) for kind, table in tables.items()})"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert set(eval(printed).values()) == {0}
