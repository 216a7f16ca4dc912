"""A command of `floodgate offline` talks to this machine only, whatever its user's environment says.

Each way out has a control: the same script without the guard goes elsewhere, to a server of the test. It cannot
prove that a program goes nowhere that opens sockets itself and asks for no proxy; such a program holds a key that
opens nothing.
"""

import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast

import pytest

REAL_KEY = "AKIAREALREALREALREAL"


class Elsewhere(ThreadingHTTPServer):
    """Stands for AWS, a proxy or anything else outside; notes who comes."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Note)
        self.came = []
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Note(BaseHTTPRequestHandler):
    def log_message(self, format, *args):  # noqa: A002 - the base class's name
        pass

    def note(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        cast("Elsewhere", self.server).came.append((self.command, self.path, self.headers.get("Authorization", "")))
        self.send_response(418)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self.note
        raise AttributeError(name)


@pytest.fixture
def elsewhere():
    server = Elsewhere()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def tempting(elsewhere, tmp_path):
    """An environment full of ways to somebody's account."""
    config, credentials = tmp_path / "config", tmp_path / "credentials"
    config.write_text(
        f"[default]\nregion = eu-west-3\nendpoint_url = {elsewhere.url}\n"
        f"[profile work]\nregion = eu-west-3\nservices = mine\n"
        f"[services mine]\nsts =\n  endpoint_url = {elsewhere.url}\n"
    )
    credentials.write_text(f"[default]\naws_access_key_id = {REAL_KEY}\naws_secret_access_key = real\n"
                           f"[work]\naws_access_key_id = {REAL_KEY}\naws_secret_access_key = real\n")  # fmt: skip
    return {
        "AWS_ACCESS_KEY_ID": REAL_KEY,
        "AWS_SECRET_ACCESS_KEY": "real" * 10,
        "AWS_SESSION_TOKEN": "real",
        "AWS_CONFIG_FILE": str(config),
        "AWS_SHARED_CREDENTIALS_FILE": str(credentials),
        "AWS_ENDPOINT_URL": elsewhere.url,
        "AWS_ENDPOINT_URL_STS": elsewhere.url,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{elsewhere.url}/credentials",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": elsewhere.url,
        "AWS_MAX_ATTEMPTS": "1",
    }


WHO = """
import boto3
sts = boto3.client("sts", region_name="eu-west-3")
print(sts.get_caller_identity()["Account"], sts.meta.endpoint_url)
print(boto3.Session().get_credentials().access_key)
"""
EXPLICIT = """
import boto3
from botocore.config import Config
s3 = boto3.client("s3", endpoint_url="{scheme}://s3.eu-west-3.amazonaws.com", region_name="eu-west-3",
                  config=Config(retries={{"total_max_attempts": 1}}))
try:
    s3.list_buckets()
except Exception as error:
    print(type(error).__name__, error)
"""


def plainly(program, environment, shared):
    """The same program without the guard."""

    return subprocess.run(
        [sys.executable, "-c", program],
        env={**shared.outer, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("more", [{}, {"AWS_PROFILE": "work"}, {"AWS_ACCESS_KEY_ID": ""}], ids=str)
def test_a_script_gets_only_this_machine_whatever_the_environment_says(shared, tempting, elsewhere, more):
    ran = shared.python(WHO, **{**tempting, **more})

    assert ran.stdout.startswith("123456789012 http://127.0.0.1:"), ran.stderr
    assert "AKIAIOSFODNN7EXAMPLE" in ran.stdout
    assert elsewhere.came == []


@pytest.mark.parametrize("more", [{}, {"AWS_PROFILE": "work"}], ids=str)
def test_the_same_script_without_the_guard_goes_elsewhere_with_the_real_key(shared, tempting, elsewhere, more):
    plainly(WHO, {**tempting, **more}, shared)

    assert REAL_KEY in elsewhere.came[0][2]


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_an_address_of_aws_is_refused_with_the_reason_and_counted(shared, tempting, elsewhere, scheme):
    ran = shared.python(EXPLICIT.format(scheme=scheme), **tempting, HTTPS_PROXY=elsewhere.url, HTTP_PROXY=elsewhere.url)

    assert "Error" in ran.stdout, ran.stdout + ran.stderr
    assert elsewhere.came == []
    assert "s3.eu-west-3.amazonaws.com is AWS, and a command of `floodgate offline` never reaches it" in ran.stderr
    assert "to s3.eu-west-3.amazonaws.com, which is AWS itself" in shared.run("status").stdout


def test_the_same_address_without_the_guard_is_asked_for(shared, tempting, elsewhere):
    plainly(EXPLICIT.format(scheme="https"), {**tempting, "HTTPS_PROXY": elsewhere.url}, shared)

    assert elsewhere.came[0][:2] == ("CONNECT", "s3.eu-west-3.amazonaws.com:443")


def test_the_reason_says_what_to_do(shared):
    ran = shared.python(
        "import urllib.request\n"
        "try: urllib.request.urlopen('http://iam.amazonaws.com/')\n"
        "except urllib.error.HTTPError as error: print(error.code, error.read().decode())"
    )

    assert "403 iam.amazonaws.com is AWS, and a command of `floodgate offline` never reaches it" in ran.stdout


def test_everything_else_is_let_through(shared, elsewhere):
    """Programs install packages and ask their own services; a name that is not this machine's stands for those."""
    program = (
        "import http.client, os\nfrom urllib.parse import urlsplit\n"
        "proxy = urlsplit(os.environ['HTTPS_PROXY'])\n"
        "line = http.client.HTTPConnection(proxy.hostname, proxy.port)\n"
        f"line.set_tunnel('127.0.0.1', {elsewhere.server_address[1]})\n"
        "line.request('GET', '/through')\nprint(line.getresponse().status)\n"
    )

    assert shared.python(program).stdout.strip() == "418"
    assert [came[:2] for came in elsewhere.came] == [("GET", "/through")]


def test_the_users_own_proxy_is_the_way_for_everything_else(folder, elsewhere):
    program = (
        "import urllib.request\ntry: urllib.request.urlopen('https://example.org/')\nexcept Exception as e: print(e)"
    )

    folder.python(program, HTTPS_PROXY=elsewhere.url)

    assert [came[:2] for came in elsewhere.came] == [("CONNECT", "example.org:443")]
