"""Looking things up where the environment says they are; what is wrong is noted and everything else still looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import TypeAdapter, ValidationError

from app.running import problems

# a server that cannot be told how to run must say so before somebody gives up on it
BOTO = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 4, "mode": "standard"})
T = TypeVar("T")


class Lookups:
    """Environment, Parameter Store and Secrets Manager.

    Args:
        environment: of the process.
        session: of boto3.

    Attributes:
        environment: the same.
        problems: one line for each so far.
    """

    def __init__(self, environment: Mapping[str, str], session: Any) -> None:
        self.environment = environment
        self.problems: list[str] = []
        self._parameters = session.client("ssm", config=BOTO)
        self._secrets = session.client("secretsmanager", config=BOTO)

    def text(self, variable: str) -> str:
        """A variable; empty where it is not set, which is a problem."""
        value = self.environment.get(variable, "")
        if not value:
            self._note(f"{variable} is not set; set it as app/README.md tells")
        return value

    def number(self, variable: str, least: int, most: int, default: int | None = None) -> int:
        """A whole number within bounds; a variable without a default must be set."""
        if default is not None and not self.environment.get(variable):
            return default
        text = self.text(variable)
        if text and not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            self._note(f"{variable} is {text!r}, but must be a whole number from {least} to {most}; correct it")
            return least
        return int(text or least)

    def secret(self, variable: str) -> str | None:
        """The text of the secret whose id is in a variable."""
        name = self.text(variable)
        if not name:
            return None
        answer = self._ask(f"secret {name}", lambda: self._secrets.get_secret_value(SecretId=name))
        if answer is None:
            return None
        if "SecretString" not in answer:
            self._note(f"secret {name} holds no text; put the value there as text")
            return None
        return answer["SecretString"]

    def json_secret(self, variable: str, kind: type[T]) -> T | None:
        """A secret that is JSON; its values are never told."""
        text = self.secret(variable)
        return None if text is None else self._read(text, kind, f"secret {self.environment[variable]}", hidden=True)

    def parameter(self, variable: str, kind: type[T]) -> T | None:
        """The parameter whose name is in a variable, JSON."""
        name = self.text(variable)
        return self.named_parameter(name, kind) if name else None

    def named_parameter(self, name: str, kind: type[T], *, may_be_missing: bool = False) -> T | None:
        """A parameter by its name, JSON; None where it is missing."""

        def ask() -> Any:
            try:
                return self._parameters.get_parameter(Name=name, WithDecryption=True)
            except self._parameters.exceptions.ParameterNotFound:
                if may_be_missing:
                    return None
                raise

        answer = self._ask(f"parameter {name}", ask)
        if answer is None:
            return None
        kept_secret = answer["Parameter"]["Type"] == "SecureString"
        return self._read(answer["Parameter"]["Value"], kind, f"parameter {name}", hidden=kept_secret)

    def _ask(self, what: str, ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "refused")
            self._note(f"{what} cannot be read ({code}); make it, or let the server's role read it")
        except BotoCoreError as error:
            self._note(f"{what} cannot be read ({type(error).__name__}); check region, network and the server's role")
        return None

    def _read(self, text: str, kind: type[T], where: str, *, hidden: bool) -> T | None:
        try:
            return TypeAdapter(kind).validate_json(text)
        except ValidationError as error:
            self.problems += problems.told(error, where, hidden=hidden)
        return None

    def _note(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)
