"""What a server of a fleet finds around itself, on this machine: an AWS (moto) and the instance metadata service.

with AFleet(database_url=…, valkey_url=…) as fleet:
    fleet.environment      # of the server
    fleet.put(max_inside=5)
"""

import json
import logging
import sys
import threading
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.request import Request, urlopen

import boto3
from moto.server import ThreadedMotoServer

from app.local.ports import free_port
from tests.service.commands import Serving, environment

REGION, STACK = "ap-northeast-2", "trial"
PARAMETER = f"/floodgate/{STACK}/service"
GROUP = "floodgate-trial"
KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}


def service_parameter(**changes):
    """The JSON object that the stack writes, changed."""
    doors = datetime.now(UTC) + timedelta(minutes=5)
    opening = {
        "name": "night-1",
        "title": {"ko": "첫째 밤", "en": "First night"},
        "doors_at": doors.isoformat(),
        "zone": "Asia/Seoul",
        "hold_minutes": 60.0,
        "prequeue_minutes": 30,
        "hold_s": 300,
        "inside_s": 900,
        "come_within_s": 300,
        "rules": {"birth_digits": [1, 6], "identity_pause_s": 600, "challenge_bits": 0},
    }
    values = {
        "waiting_room": True,
        "poll_interval_s": 10,
        "journeys_per_server_per_s": 4.5,
        "max_inside": None,
        "connections_per_server": 8,
        "shed_after_s": 2.0,
        "openings": [opening],
        "providers": [{"name": "mobile", "title": {"en": "Mobile"}, "url": "https://id.example.org", "timeout_s": 5}],
    }
    return {name: value for name, value in {**values, **changes}.items() if value is not ...}


class InstanceMetadata:
    """The metadata service, version 2: who has no token gets nothing."""

    def __init__(self, values):
        answers = type("Answers", (_Answers,), {"known": values})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), answers)

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Answers(BaseHTTPRequestHandler):
    known: ClassVar[dict[str, str]] = {}

    def do_PUT(self):
        lives = self.headers["X-aws-ec2-metadata-token-ttl-seconds"]
        self._answer(200 if self.path == "/latest/api/token" and lives else 400, "a-token")

    def do_GET(self):
        if self.headers["X-aws-ec2-metadata-token"] != "a-token":
            self._answer(401, "")
            return
        value = self.known.get(self.path.removeprefix("/latest/meta-data/"))
        self._answer(404 if value is None else 200, value or "")

    def log_message(self, format, *args):  # noqa: A002  the library's name
        pass

    def _answer(self, status, text):
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())


class AFleet:
    """A group of three servers with parameter and secrets; `environment` is that of one of them."""

    def __init__(self, **variables):
        self._variables = variables
        self._stack = ExitStack()

    def __enter__(self):
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        aws = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        aws.start()
        self._stack.callback(aws.stop)
        host, port = aws.get_host_and_port()
        self._url = f"http://{host}:{port}"
        # what an earlier one of this process left is in the same memory
        urlopen(Request(f"{self._url}/moto-api/reset", method="POST"), timeout=5).close()
        self.session = boto3.Session(region_name=REGION, **KEYS)
        self.put()
        keys = self._client("secretsmanager").create_secret(Name="keys", SecretString="k" * 40)["ARN"]
        instance = self._group()
        metadata = self._stack.enter_context(InstanceMetadata({"instance-id": instance}))
        self.environment = {
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_ENDPOINT_URL": self._url,
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata.url,
            "FLOODGATE_STACK": STACK,
            "FLOODGATE_SERVICE_PARAMETER": PARAMETER,
            "FLOODGATE_SERVICE_SECRET": keys,
            "FLOODGATE_TRUSTED_HOPS": "2",
            **self._variables,
        }
        return self

    def __exit__(self, *_):
        self._stack.close()

    def put(self, **changes):
        """Write the parameter anew."""
        text = json.dumps(service_parameter(**changes))
        self._client("ssm").put_parameter(Name=PARAMETER, Value=text, Type="String", Overwrite=True)

    def _client(self, name):
        return self.session.client(name, endpoint_url=self._url)

    def _group(self):
        ec2, groups = self._client("ec2"), self._client("autoscaling")
        zone = f"{REGION}a"
        image = ec2.describe_images()["Images"][0]["ImageId"]
        groups.create_launch_configuration(LaunchConfigurationName="server", ImageId=image, InstanceType="t3.micro")
        groups.create_auto_scaling_group(
            AutoScalingGroupName=GROUP,
            LaunchConfigurationName="server",
            MinSize=3,
            MaxSize=3,
            AvailabilityZones=[zone],
        )
        return groups.describe_auto_scaling_instances()["AutoScalingInstances"][0]["InstanceId"]


COMMAND = (sys.executable, "-m", "app", "serve")


class Server(Serving):
    """One server; it says that it serves in its log."""

    ready = '"event": "serving"'

    def __init__(self, folder, fleet, command=COMMAND):
        self.port, self.internal_port = free_port(), free_port()
        ports = {"FLOODGATE_PORT": str(self.port), "FLOODGATE_INTERNAL_PORT": str(self.internal_port)}
        super().__init__(
            folder, env=environment(**fleet.environment, **ports, FLOODGATE_WORKERS="1"), command=[*command]
        )

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def metrics_url(self):
        return f"http://127.0.0.1:{self.internal_port}/metrics"

    def readiness(self):
        return json.loads(self.get("/readyz")[1])
