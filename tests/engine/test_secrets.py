"""Secrets stay secret under the real engine: in its state, in its output and in the refusals of the offline AWS."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.engine.conftest import REGION, Start

SECRET = "a-password-nobody-may-see"
PROGRAM = f"""
import pulumi
import pulumi_aws as aws

secret = aws.secretsmanager.Secret("credentials", recovery_window_in_days=0)
version = aws.secretsmanager.SecretVersion(
    "credentials", secret_id=secret.id, secret_string=pulumi.Output.secret("{SECRET}")
)
parameter = aws.ssm.Parameter("told", type="SecureString", value=version.secret_string)
pulumi.export("password", version.secret_string)
pulumi.export("parameter", parameter.value)
"""
WRONG = '\naws.ssm.Parameter("wrong", type="SecureText", value=pulumi.Output.secret("' + SECRET + '"), tier=7)\n'


def _program(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: secrets\nruntime: python\nconfig:\n  aws:region: " + REGION + "\n")
    (folder / "__main__.py").write_text(text)
    return folder


def test_a_secret_stands_in_no_state_and_no_output(start: Start, tmp_path: Path) -> None:
    engine, world = start("secrets", program=_program(tmp_path / "program", PROGRAM))
    printed = engine.run("preview", "--diff").text + engine.run("up", "--diff").text
    printed += engine.shell(["stack", "output", "--stack", "secrets"]).stdout
    state = json.dumps(engine.state())
    assert SECRET not in printed
    assert SECRET not in state
    assert re.search(r"password\s+\[secret\]", printed)
    value = world.session.client("ssm", region_name=REGION).get_parameters_by_path(
        Path="/", Recursive=True, WithDecryption=True
    )
    assert [each["Value"] for each in value["Parameters"]] == [SECRET], "the control: AWS itself has the value"
    shown = engine.shell(["stack", "output", "--show-secrets", "--stack", "secrets"]).stdout
    assert SECRET in shown, "the control: who may see it does"


def test_a_refusal_of_a_secret_argument_does_not_show_it(start: Start, tmp_path: Path) -> None:
    engine, _ = start("refused", program=_program(tmp_path / "program", PROGRAM + WRONG))
    refused = engine.run("preview", check=False)
    assert refused.code != 0
    assert "is not a string" in refused.text
    assert SECRET not in refused.text
