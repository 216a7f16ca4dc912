"""The language host that was built, spoken to as the engine speaks to it, over gRPC.

Proves what it starts, with which environment and words. That whole programs and policy packs run through it is
proven by the engine's own tests. Skipped where nothing is built, unless FLOODGATE_ENGINE=required.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from operator import attrgetter
from pathlib import Path

import grpc
import pytest
from pulumi.runtime.proto import analyzer_pb2 as analyzers
from pulumi.runtime.proto import language_pb2 as messages
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub
from pulumi.runtime.proto.language_pb2_grpc import LanguageRuntimeStub

from floodgate.offline.toolchain import find, go_command, places

EXECUTOR = """
import json, os, sys
keys = ("PULUMI_CONFIG", "PULUMI_CONFIG_SECRET_KEYS", "VIRTUAL_ENV")
said = {"argv": sys.argv[1:], "environ": {key: os.environ.get(key) for key in keys}, "python": sys.prefix}
with open(os.environ["SAID"], "w") as file:
    json.dump(said, file)
sys.exit(int(os.environ.get("ENDS", "0")))
"""


@pytest.fixture
def started(tmp_path):
    """Start the host beside an executor that writes down how it was called; `started(**environ)` gives its stub."""
    if not places.is_built():
        assert os.environ.get("FLOODGATE_ENGINE") != "required" or find.pulumi(), "make pulumi has not been run"
        pytest.skip("the language host is not built: run make pulumi")
    folder = tmp_path / "host"
    folder.mkdir()
    shutil.copy(places.built() / places.HOST, folder)
    (folder / places.EXECUTOR).write_text(EXECUTOR)
    running = []

    def start(**environ):
        process = subprocess.Popen(
            [folder / places.HOST, "127.0.0.1:1"],
            stdout=subprocess.PIPE,
            env={**os.environ, "SAID": str(tmp_path / "said"), **environ},
        )
        assert process.stdout
        channel = grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}")
        running.extend((channel, process))
        return LanguageRuntimeStub(channel)

    yield start
    for channel, process in zip(running[::2], running[1::2], strict=True):
        channel.close()
        process.terminate()
        process.communicate()


def environment(folder: Path) -> Path:
    """A virtual environment that is no more than its Python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    return folder


def program(folder: Path, **options: str) -> messages.ProgramInfo:
    info = messages.ProgramInfo(root_directory=str(folder), program_directory=str(folder), entry_point=".")
    info.options.update(options)
    return info


def run(stub, info, **request):
    return stub.Run(messages.RunRequest(info=info, monitor_address="127.0.0.1:2", parallel=4, **request))


def said(tmp_path) -> dict:
    return json.loads((tmp_path / "said").read_text())


def test_a_program_gets_its_stack_and_configuration(started, tmp_path):
    info = program(tmp_path)
    ended = run(started(), info, project="shop", stack="dev", dryRun=True, config={"shop:size": "3"}, args=["more"])

    assert (ended.error, ended.bail) == ("", False)
    words = said(tmp_path)["argv"]
    given = dict(zip(words[:-2:2], words[1:-2:2], strict=True))
    assert given["--project"] == "shop"
    assert given["--dry_run"] == "true"
    assert given["--root_directory"] == str(tmp_path)
    assert given["--engine"] == "127.0.0.1:1"
    assert words[-2:] == [".", "more"]
    assert json.loads(said(tmp_path)["environ"]["PULUMI_CONFIG"]) == {"shop:size": "3"}
    assert said(tmp_path)["environ"]["PULUMI_CONFIG_SECRET_KEYS"] == "[]"


def test_a_program_runs_in_the_environment_that_its_project_names(started, tmp_path):
    environment(tmp_path / "own")

    run(started(), program(tmp_path, virtualenv="own"))

    assert said(tmp_path)["python"] == str(tmp_path / "own")
    assert said(tmp_path)["environ"]["VIRTUAL_ENV"] == str(tmp_path / "own")


def test_a_program_without_configuration_can_read_it(started, tmp_path):
    run(started(), program(tmp_path))

    assert said(tmp_path)["environ"]["PULUMI_CONFIG"] == "{}", "null is what the SDK cannot read"


@pytest.mark.parametrize(
    ("code", "error", "bail"),
    [("0", "", False), ("32", "", True), ("3", "the program ended with exit status 3", False)],
)
def test_how_a_program_ends_is_told(started, tmp_path, code, error, bail):
    ended = run(started(ENDS=code), program(tmp_path))

    assert (ended.error, ended.bail) == (error, bail), "32 says that the user has been told already"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"toolchain": "conda"}, 'runtime option toolchain is "conda": write auto, pip, poetry or uv'),
        ({"typechecker": "ty"}, 'runtime option typechecker is "ty": write mypy or pyright'),
        ({"virtualenv": "lost"}, "lost"),
    ],
)
def test_an_option_that_cannot_be_followed_is_an_error(started, tmp_path, options, message):
    with pytest.raises(grpc.RpcError, match=re.escape(message)):
        run(started(), program(tmp_path, **options))

    assert not (tmp_path / "said").exists(), "the program must not run in another environment than it names"


def answers(stub, request) -> tuple[str, list[int]]:
    chunks = list(stub.RunPlugin(request))
    return b"".join(chunk.stdout for chunk in chunks).decode(), [
        chunk.exitcode for chunk in chunks if chunk.WhichOneof("output") == "exitcode"
    ]


PACK = """
import os, sys, pulumi
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

def tell(args, report):
    size = pulumi.Config("shop").require("size")
    report(" ".join([size, pulumi.get_stack(), os.getcwd(), sys.prefix]))

PolicyPack("pack", [ResourceValidationPolicy("tells", "Tells.", tell)], EnforcementLevel.MANDATORY)
"""


@pytest.fixture
def pack(tmp_path, started):
    """Start a policy pack of this text as the engine does; gives the stub of its analyzer and the running call."""
    channels = []

    def start(text: str):
        (tmp_path / "__main__.py").write_text(text)
        call = started().RunPlugin(
            messages.RunPluginRequest(
                pwd="/",
                args=["127.0.0.1:1", "--logtostderr"],
                env=[f"{name}={value}" for name, value in os.environ.items()],
                info=program(tmp_path, virtualenv=sys.prefix),
                kind="analyzer",
            )
        )
        channels.append(grpc.insecure_channel(f"127.0.0.1:{int(next(call).stdout)}"))
        return AnalyzerStub(channels[-1]), call

    yield start
    for channel in channels:
        channel.close()


def test_a_policy_pack_knows_its_stack_its_configuration_and_its_folder(pack, tmp_path):
    analyzer, call = pack(PACK)
    analyzer.Handshake(analyzers.AnalyzerHandshakeRequest(engine_address="127.0.0.1:1"))
    analyzer.ConfigureStack(
        analyzers.AnalyzerStackConfigureRequest(stack="dev", project="shop", config={"shop:size": "3"})
    )

    answer = analyzer.Analyze(
        analyzers.AnalyzeRequest(type="a:b:C", urn="urn:pulumi:dev::shop::a:b:C::one", name="one")
    )
    call.cancel()

    (found,) = answer.diagnostics
    assert found.message.split("\n")[-1].split() == ["3", "dev", str(tmp_path), sys.prefix]


def test_a_policy_pack_that_cannot_start_is_an_error_with_its_own_words(pack):
    analyzer, call = pack("raise SystemExit('the rules are not installed')")
    analyzer.ConfigureStack(analyzers.AnalyzerStackConfigureRequest(stack="dev", project="shop"))
    printed = []

    with pytest.raises(grpc.RpcError, match="could not read policy pack port"):
        printed.extend(map(attrgetter("stderr"), call))

    assert b"the rules are not installed" in b"".join(printed)


def test_a_provider_written_in_python_is_started_by_its_entry_point(started, tmp_path):
    (tmp_path / "__main__.py").write_text("import os, sys; print(sys.argv[1:], os.environ['ASKED']); sys.exit(3)")

    printed, codes = answers(
        started(),
        messages.RunPluginRequest(
            pwd=str(tmp_path), args=["engine"], env=["ASKED=yes"], info=program(tmp_path), kind="resource"
        ),
    )

    assert printed == "['engine'] yes\n"
    assert codes == [3]


def install(home: Path, name: str, version: str, facts: dict | None = None):
    packages = next((home / "lib").glob("python*")) / "site-packages"
    (packages / f"{name}-{version}.dist-info").mkdir()
    (packages / name).mkdir()
    if facts is not None:
        (packages / name / "pulumi-plugin.json").write_text(json.dumps(facts))


def test_the_providers_of_a_program_are_those_of_its_installed_packages(started, tmp_path):
    home = environment(tmp_path / "own")
    install(home, "pulumi_aws", "7.51.1", {"resource": True, "name": "aws", "version": "7.51.1"})
    install(home, "pulumi_tls", "5.0.0rc2")
    install(home, "acme_clouds", "1.2", {"resource": True, "server": "https://example.org"})
    install(home, "pulumi_policy", "1.21.0")
    install(home, "pulumi_random", "4.18", {"resource": False})
    install(home, "requests", "2.0")

    found = started().GetRequiredPackages(messages.GetRequiredPackagesRequest(info=program(tmp_path, virtualenv="own")))

    assert {(one.name, one.kind, one.version, one.server) for one in found.packages} == {
        ("aws", "resource", "7.51.1", ""),
        ("tls", "resource", "5.0.0-rc.2", ""),
        ("acme-clouds", "resource", "1.2.0", "https://example.org"),
    }


def test_about_tells_the_python_that_a_program_gets(started, tmp_path):
    home = environment(tmp_path / "own")

    about = started().About(messages.AboutRequest(info=program(tmp_path, virtualenv="own")))

    assert about.executable == str(home / "bin" / "python")
    assert about.version == ".".join(map(str, sys.version_info[:3]))


def test_a_host_without_an_engine_or_an_executor_says_so(started, tmp_path):
    started()
    host = tmp_path / "host" / places.HOST
    alone = subprocess.run([host], capture_output=True, text=True, check=False)
    (tmp_path / "host" / places.EXECUTOR).unlink()
    bare = subprocess.run([host, "127.0.0.1:1"], capture_output=True, text=True, check=False)

    assert "the address of the engine is missing" in alone.stderr
    assert f"{places.EXECUTOR} must lie beside the language host" in bare.stderr
    assert alone.returncode != 0
    assert bare.returncode != 0


def test_the_host_s_source_is_formatted_as_go_s_own_tool_does():
    try:
        go = go_command.find()
    except go_command.BuildError as error:
        pytest.skip(str(error))

    ran = subprocess.run(
        [go.resolve().with_name("gofmt"), "-l", places.MODULE / places.HOST], capture_output=True, text=True, check=True
    )

    assert not ran.stdout, "gofmt -w would change these files"
