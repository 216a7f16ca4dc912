"""The project's stacks in Pulumi's own state folder: there before any command asks for them, and what they hold.

`pulumi stack init` would write a salt into Pulumi.<stack>.yaml and lose its comments, so the state that it makes is
written here, with the salt in it: pkg/backend/diy and pkg/cmd/pulumi/stack/secrets.go of
https://github.com/pulumi/pulumi (`PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER`).
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from floodgate.offline.server.place import Place
from floodgate.offline.server.settings import Settings

PASSPHRASE = "offline"  # noqa: S105 - what it protects lies beside it, on this machine alone

# of sdk/go/common/resource/config/crypt.go
_ITERATIONS = 1_000_000
_PROOF = b"pulumi"

# the version of the engine that wrote a state, and the digest of it that proves the state unharmed
_VERSION = "v3.0.0"
_MAGIC = hashlib.sha256(_VERSION.encode()).hexdigest()


def make_missing(place: Place, settings: Settings, passphrase: str | None) -> None:
    """Let every stack that has a settings file exist, empty, and one be chosen where there is no choice.

    Args:
        place: the project's.
        settings: what the project says.
        passphrase: the user's own; None for `PASSPHRASE`.
    """
    if settings.file is None:
        return
    folder = place.state / ".pulumi"
    stacks = folder / "stacks" / settings.name
    stacks.mkdir(parents=True, exist_ok=True)
    if not (folder / "meta.yaml").exists():
        (folder / "meta.yaml").write_text("version: 1\n")
    for name, stack in settings.stacks.items():
        file = stacks / f"{name}.json"
        if not file.exists() and not file.with_suffix(".json.gz").exists():
            salt = stack.salt if is_ours(stack.salt) else None
            if not stack.salt:
                salt = new_salt(PASSPHRASE if passphrase is None else passphrase)
            new = file.with_suffix(f".{os.getpid()}.new")
            new.write_text(json.dumps(_empty(settings.name, name, salt)))
            new.replace(file)
    _choose_only(place, settings)


def resources(place: Place) -> dict[str, int]:
    """How many resources each stack holds, by ``project/stack``."""
    found = {}
    folder = place.state / ".pulumi" / "stacks"
    for file in sorted([*folder.glob("*/*.json"), *folder.glob("*/*.json.gz")]):
        try:
            text = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
            latest = json.loads(text)["checkpoint"].get("latest") or {}
        except (OSError, ValueError, KeyError):
            continue
        found[f"{file.parent.name}/{file.name.partition('.json')[0]}"] = len(latest.get("resources") or ())
    return found


def new_salt(passphrase: str) -> str:
    """A passphrase's salt with its proof, as Pulumi keeps it."""
    salt, nonce = (_SALT, _NONCE) if passphrase == PASSPHRASE else (os.urandom(8), os.urandom(12))
    key = _KEY if passphrase == PASSPHRASE else hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, _ITERATIONS)
    sealed = AESGCM(key).encrypt(nonce, _PROOF, None)
    parts = (base64.b64encode(part).decode() for part in (salt, nonce, sealed))
    return "v1:{}:v1:{}:{}".format(*parts)


def is_ours(salt: str) -> bool:
    """Whether it is the salt of `PASSPHRASE` that the stacks here begin with."""
    return salt == new_salt(PASSPHRASE)


# a million rounds of the passphrase above, which is no secret, take a third of a second
_SALT, _NONCE = b"floodgat", b"floodgate:of"
_KEY = bytes.fromhex("ee3016341b8e9ff1b9e9fec826e863749f5c135ffba8eea1ff31f8a73720a5f3")


def _empty(project: str, stack: str, salt: str | None) -> dict[str, Any]:
    """The state of a stack in which nothing is."""
    latest: dict[str, Any] | None = None
    if salt is not None:
        latest = {
            "manifest": {"time": "0001-01-01T00:00:00Z", "magic": _MAGIC, "version": _VERSION},
            "secrets_providers": {"type": "passphrase", "state": {"salt": salt}},
            "metadata": {},
        }
    return {"version": 3, "checkpoint": {"stack": f"organization/{project}/{stack}", "latest": latest}}


def _choose_only(place: Place, settings: Settings) -> None:
    """The only stack is the chosen one, as after `pulumi stack select`: sdk/go/common/workspace/workspace.go."""
    assert settings.file is not None, "there is a project"
    # Pulumi takes the digest for the file's name, not for a secret
    digest = hashlib.sha1(str(settings.file).encode()).hexdigest()  # noqa: S324
    file = place.home / "workspaces" / f"{settings.name}-{digest}-workspace.json"
    if len(settings.stacks) == 1 and not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"stack": next(iter(settings.stacks))}))
