import json
import shutil
import sys
from pathlib import Path

import pytest


class FakeGo:
    """The fake `go` in a folder of its own: what it answers, and what it was asked for."""

    def __init__(self, folder: Path):
        self.folder = folder
        (folder / "bin").mkdir(parents=True)
        shutil.copy(Path(__file__).with_name("fake_go.py"), folder / "fake_go.py")
        program = folder / "bin" / "go"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S -E "{folder}/fake_go.py" "$@"\n')
        program.chmod(0o755)
        script = folder / "sdk" / "python" / "cmd" / "pulumi-language-python-exec"
        script.parent.mkdir(parents=True)
        script.write_text("the executor")
        script.chmod(0o444)
        self.answers = {"version": "go version go1.26.1 linux/amd64\n", "list": f"{folder}/sdk\n"}
        self.fails = {}

    def answer(self, **answers: str):
        self.answers |= answers
        self._write()

    def fail(self, **messages: str):
        self.fails |= messages
        self._write()

    def _write(self):
        said = {word: {"stdout": text} for word, text in self.answers.items()}
        said |= {word: {"stderr": text} for word, text in self.fails.items()}
        (self.folder / "answers.json").write_text(json.dumps(said))

    @property
    def calls(self) -> list[dict]:
        file = self.folder / "calls"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def asked_for(self, word: str) -> list[dict]:
        return [call for call in self.calls if call["words"][0] == word]


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty user cache, and a PATH with neither pulumi nor go."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.delenv("GOTOOLCHAIN", raising=False)
    monkeypatch.setattr("floodgate.offline.toolchain.go_command.INSTALLED", tmp_path / "no-go")
    return tmp_path / "cache" / "floodgate"


@pytest.fixture
def fake_go(cache, tmp_path, monkeypatch):
    """A fake `go`, first on PATH."""
    go = FakeGo(tmp_path / "fake")
    go.answer()
    monkeypatch.setenv("PATH", str(go.folder / "bin"))
    return go
