import os
import subprocess
from pathlib import Path

import pytest

from floodgate.offline.toolchain import go_command

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def actionlint():
    """Run the linter on files; skipped where it is not in Go's cache, unless FLOODGATE_ENGINE=required."""

    def lint(*files) -> subprocess.CompletedProcess:
        return subprocess.run(
            [go, "-C", str(ROOT / ".ci" / "actionlint"), "tool", "actionlint", "-shellcheck=", "-pyflakes=", *files],
            # nothing is fetched by a test
            env={**go_command.environment(os.environ), "GOPROXY": "off", "GOFLAGS": "-mod=readonly"},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

    try:
        go = go_command.find()
        problem = lint("-version").stderr
    except go_command.BuildError as error:
        problem = str(error)
    if problem:
        assert os.environ.get("FLOODGATE_ENGINE") != "required", problem
        pytest.skip(f"run go -C .ci/actionlint tool actionlint -version once: {go_command.last_line(problem)}")
    return lint
