"""Listeners, their rules, and which balancers send to a target group.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
"""

from __future__ import annotations

from typing import Any

import moto.core.errors
from moto.acm.models import acm_backends
from moto.core.responses import ActionResult
from moto.elbv2.exceptions import DuplicateListenerError, ELBClientError, LoadBalancerNotFoundError
from moto.elbv2.models import FakeRule, FakeTargetGroup, elbv2_backends
from moto.elbv2.responses import ELBV2Response
from moto.moto_api._internal import mock_random

from floodgate.offline.repairs.kept import keep
from floodgate.offline.repairs.patching import patch, replace


@patch(ELBV2Response, "create_listener")
def create_listener_within_rules(self: Any) -> ActionResult:
    """Moto puts two listeners on one port, and TLS without a certificate; it forgets mutual TLS."""
    params = self._get_params()
    balancer = self.elbv2_backend.load_balancers.get(params["LoadBalancerArn"])
    if balancer is None:
        raise LoadBalancerNotFoundError
    if any(listener.port == params.get("Port") for listener in balancer.listeners.values()):
        raise DuplicateListenerError
    if params.get("Protocol") in {"HTTPS", "TLS"} and not params.get("Certificates"):
        raise ELBClientError("ValidationError", f"A certificate must be specified for {params['Protocol']} listeners")
    for certificate in params.get("Certificates", []):
        check_issued(self, certificate["CertificateArn"])
    answer = create_listener_within_rules.original(self)
    keep(answer.result["Listeners"][0], params, ("MutualAuthentication",))
    return answer


# AWS answers with a code that its own model of the service does not list, which moto warns of
replace(moto.core.errors, "COMMON_ERROR_CODES", [*moto.core.errors.COMMON_ERROR_CODES, "UnsupportedCertificate"])


def check_issued(response: Any, arn: str) -> None:
    """A listener serves only with a certificate that is issued."""
    known = acm_backends[response.current_account][response.region]._certificates.get(arn)  # noqa: SLF001 - moto's own
    if known is not None:
        known.check()
        if known.status != "ISSUED":
            raise ELBClientError(
                "UnsupportedCertificate",
                f"The certificate '{arn}' must have a fully-qualified domain name, a supported signature, and a "
                f"supported key size; it is {known.status}",
            )


@patch(ELBV2Response, "create_rule")
def create_rule_keeps_transforms(self: Any) -> ActionResult:
    """Moto forgets a rule's rewrites."""
    answer = create_rule_keeps_transforms.original(self)
    keep(answer.result["Rules"][0], self._get_params(), ("Transforms",))
    return answer


@patch(FakeRule, "__init__")
def default_rule_with_an_arn_of_its_own(self: Any, *args: Any, **kwargs: Any) -> None:
    """Moto makes the ARN out of a memory address, which changes from run to run."""
    default_rule_with_an_arn_of_its_own.original(self, *args, **kwargs)
    prefix, _, _ = self.arn.rpartition("/")
    self.arn = f"{prefix}/{mock_random.get_random_hex(16)}"


def load_balancer_arns(target_group: Any) -> list[str]:
    """The balancers whose listeners send to the group; moto's list grows with every listener and never shrinks."""
    backend = elbv2_backends[target_group.account_id][target_group.region_name]
    return [arn for arn, balancer in backend.load_balancers.items() if _sends_to(backend, balancer, target_group.arn)]


def _sends_to(backend: Any, balancer: Any, target_group_arn: str) -> bool:
    return any(
        target_group_arn in backend._get_target_group_arns_from(action.data)  # noqa: SLF001 - moto's own
        for listener in balancer.listeners.values()
        for rule in listener.rules.values()
        for action in rule.actions
    )


# moto appends to the list it is given, so what it appends is let go
replace(FakeTargetGroup, "load_balancer_arns", property(load_balancer_arns, lambda _self, _value: None))
