"""boto3 sessions whose calls are checked as AWS checks them and answered on this machine.

Nothing of the user's AWS configuration is read: no profile, no credentials, no endpoint, no proxy.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, ClassVar

import boto3
import botocore.session
from botocore import UNSIGNED
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.hooks import EventAliaser

from floodgate.offline import environment

environment.prepare()

from moto.core.models import botocore_stubber  # noqa: E402 - moto reads its switches when it is imported
from moto.moto_api._internal import mock_random  # noqa: E402 - the same

# service, operation model, parameters, region
Check = Callable[[str, Any, dict[str, Any], str], None]
# prepared request, name of the call
Send = Callable[[AWSPreparedRequest, str], AWSResponse]

# AWS's own documentation uses this key, so it is known to open nothing
ACCESS_KEY, SECRET_KEY = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

_CONFIG = Config(
    ignore_configured_endpoint_urls=True,
    use_fips_endpoint=False,
    use_dualstack_endpoint=False,
    retries={"total_max_attempts": 1, "mode": "standard"},
    defaults_mode="legacy",
    proxies={},
    # the usual one is put together anew for every call, from thirty parts
    user_agent="floodgate-offline",
)

# where a client would look for another account or another address; a world has neither
_IGNORED = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_account_id", "endpoint_url")


class OfflineSession(boto3.Session):
    """A boto3 session on one world. Clients are made once for each service and region and may be used by any thread."""

    def __init__(self, region: str, *, check: Check, send: Send) -> None:
        super().__init__(region_name=region, botocore_session=_botocore_session(check, send))
        self._clients: dict[tuple[str, str], Any] = {}
        self._making = threading.Lock()

    # ty: ignore[incompatible-method-override] - boto3 lists every service's name there
    def client(self, service_name: str, region_name: str | None = None, **options: Any) -> Any:
        """A boto3 client; options other than the region make one of its own, in this world too."""
        region = region_name or self.region_name
        own = {name: value for name, value in options.items() if name not in _IGNORED and value is not None}
        if own:
            own["config"] = _CONFIG.merge(own.get("config") or Config())
            return self._make(service_name, region, **own)
        with self._making:
            if (service_name, region) not in self._clients:
                self._clients[service_name, region] = self._make(service_name, region, config=_CONFIG)
            return self._clients[service_name, region]

    def _make(self, service_name: Any, region: str, **options: Any) -> Any:
        return super().client(service_name, region_name=region, **options)


def _name_the_scope(request: Any, region_name: str, signing_name: str, signature_version: Any, **_: Any) -> None:
    """Say for which region and service a call is, as the head of a signature does: moto looks there."""
    if signature_version is UNSIGNED:
        chosen = request.context.get("signing", {})
        region, service = chosen.get("region") or region_name, chosen.get("signing_name") or signing_name
        scope = f"{ACCESS_KEY}/20270101/{region}/{service}/aws4_request"
        request.headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=none"


class _Aliases(EventAliaser):
    """Botocore's names of events, worked out once for all clients instead of once for each."""

    _known: ClassVar[dict[str, str]] = {}
    _alias_name_cache = property(lambda self: self._known, lambda _self, _empty: None)


def _botocore_session(check: Check, send: Send) -> botocore.session.Session:
    session = botocore.session.Session(
        session_vars={
            # name in the configuration file, environment variable, default, conversion
            "profile": (None, None, None, None),
            "config_file": (None, None, "", None),
            "credentials_file": (None, None, "", None),
            "ca_bundle": (None, None, None, None),
        }
    )
    session.set_credentials(ACCESS_KEY, SECRET_KEY)
    session.get_component("event_emitter").__class__ = _Aliases

    def check_parameters(params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        # otherwise a random id is drawn from the system for every call
        context.setdefault("retries", {}).setdefault("invocation-id", "offline")
        check(model.service_model.service_name, model, params, context["client_region"])

    def answer_here(request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse:
        return send(request, event_name.removeprefix("before-send."))

    def fill_tokens(params: dict[str, Any], model: Any, **_: Any) -> None:
        for name in model.idempotent_members:
            params.setdefault(name, str(mock_random.uuid4()))

    # botocore draws them from the system, and Secrets Manager names a version after its token
    session.get_component("event_emitter").register_first("before-parameter-build", fill_tokens)
    # moto's interceptor answers from whatever account stands in its tables while somebody uses `mock_aws`
    session.unregister("before-send", botocore_stubber)

    def sign_nothing(context: dict[str, Any], **_: Any) -> Any:
        # nobody checks a signature here; a link to hand out has one all the same
        return None if context.get("is_presign_request") else UNSIGNED

    session.register("choose-signer", sign_nothing)
    session.register("before-sign", _name_the_scope)
    session.register("before-parameter-build", check_parameters)
    session.register("before-send", answer_here)
    return session
