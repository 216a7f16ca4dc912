"""The environment of a command for which AWS is this machine: made of the user's own, from which every way to
another account, another endpoint or another state is taken.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from floodgate.offline.server.place import Place
from floodgate.offline.server.stacks import PASSPHRASE

# AWS's own documentation uses this key, so it is known to open nothing
ACCESS_KEY, SECRET_KEY = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

LOCAL = "127.0.0.1,localhost,::1"

# how AWS's tools behave, not where they go: https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
KEPT_OF_AWS = frozenset(
    {
        "AWS_CLI_AUTO_PROMPT",
        "AWS_CLI_FILE_ENCODING",
        "AWS_DATA_PATH",
        "AWS_DEFAULT_OUTPUT",
        "AWS_DEFAULT_REGION",
        "AWS_DEFAULTS_MODE",
        "AWS_MAX_ATTEMPTS",
        "AWS_PAGER",
        "AWS_REGION",
        "AWS_RETRY_MODE",
        "AWS_SDK_UA_APP_ID",
    }
)

# where the engine would find another state, another provider or another login
TAKEN_OF_PULUMI = frozenset(
    {
        "PULUMI_ACCESS_TOKEN",
        "PULUMI_API",
        "PULUMI_BACKEND_URL",
        "PULUMI_CREDENTIALS_PATH",
        "PULUMI_DEBUG_PROVIDERS",
        "PULUMI_DIY_BACKEND_LEGACY_LAYOUT",
        "PULUMI_HOME",
        "PULUMI_IGNORE_AMBIENT_PLUGINS",
        "PULUMI_SELF_MANAGED_STATE_LEGACY_LAYOUT",
    }
)

_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a command's environment is made of, besides the user's.

    Args:
        place: the project's offline AWS.
        port: where it answers.
        region: the region of its stack.
        programs: folders that come before the user's on PATH, the first first.
        salted: a stack of the project has secrets of its own, whose passphrase only the user knows.
    """

    place: Place
    port: int
    region: str
    programs: tuple[Path, ...]
    salted: bool = False

    def over(self, outer: Mapping[str, str]) -> dict[str, str]:
        """The environment of a command.

        Args:
            outer: the user's.
        """
        kept = {name: value for name, value in outer.items() if not _leads_elsewhere(name)}
        return kept | self._aws(outer) | self._proxies() | self._pulumi(outer) | {"PATH": self._path(outer)}

    def _aws(self, outer: Mapping[str, str]) -> dict[str, str]:
        region = outer.get("AWS_REGION") or outer.get("AWS_DEFAULT_REGION") or self.region
        nothing = str(self.place.nothing)
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": outer.get("AWS_DEFAULT_REGION") or region,
            "AWS_CONFIG_FILE": nothing,
            "AWS_SHARED_CREDENTIALS_FILE": nothing,
            "BOTO_CONFIG": nothing,
            "AWS_EC2_METADATA_DISABLED": "true",
            # an account's number before the host would make an address of this machine one of nobody's
            "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
            "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
        }

    def _proxies(self) -> dict[str, str]:
        address = f"http://127.0.0.1:{self.port}"
        proxies = {name: address for upper in _PROXIES for name in (upper, upper.lower())}
        # Node's own client of HTTP looks at a proxy only when it is told to
        return proxies | {"NO_PROXY": LOCAL, "no_proxy": LOCAL, "NODE_USE_ENV_PROXY": "1"}

    def _pulumi(self, outer: Mapping[str, str]) -> dict[str, str]:
        own = {
            "PULUMI_BACKEND_URL": f"file://{self.place.state}",
            "PULUMI_HOME": str(self.place.home),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
            # a state of a megabyte written 460 times is a third of a deployment; it is written once, at the end
            "PULUMI_SKIP_CHECKPOINTS": outer.get("PULUMI_SKIP_CHECKPOINTS", "true"),
        }
        asked = "PULUMI_CONFIG_PASSPHRASE" in outer or "PULUMI_CONFIG_PASSPHRASE_FILE" in outer
        return own if asked or self.salted else own | {"PULUMI_CONFIG_PASSPHRASE": PASSPHRASE}

    def _path(self, outer: Mapping[str, str]) -> str:
        first = [str(folder) for folder in (self.place.programs, *self.programs)]
        return os.pathsep.join([*first, outer.get("PATH", os.defpath)])


def _leads_elsewhere(name: str) -> bool:
    upper = name.upper()
    if upper in _PROXIES or upper in TAKEN_OF_PULUMI or upper in ("NO_PROXY", "NO_GRPC_PROXY", "GRPC_PROXY"):
        return True
    return upper.startswith("AWS_") and upper not in KEPT_OF_AWS
