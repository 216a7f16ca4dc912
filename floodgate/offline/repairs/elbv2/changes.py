"""Changes of balancers, target groups, listeners and rules, which moto makes in part or not at all.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyListener.html, API_ModifyRule,
API_ModifyTargetGroup, API_SetSubnets, API_SetSecurityGroups and API_ModifyIpPools
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.elbv2.exceptions import DuplicateListenerError, ELBClientError, LoadBalancerNotFoundError
from moto.elbv2.models import AvailabilityZone, ELBv2Backend, FakeAction
from moto.elbv2.responses import ELBV2Response
from moto.elbv2.ssl_policies import SSL_POLICIES

from floodgate.offline.repairs.elbv2.balancers import check_zones
from floodgate.offline.repairs.elbv2.listeners import check_issued
from floodgate.offline.repairs.kept import keep
from floodgate.offline.repairs.patching import patch

SECURE = ("HTTPS", "TLS")


@patch(ELBV2Response, "modify_listener")
def modify_listener(self: Any) -> ActionResult:
    """Moto refuses TLS and UDP, forgets ALPN, mutual TLS and further certificates, and keeps those of plain HTTP."""
    params, backend = self._get_params(), self.elbv2_backend
    (listener,) = backend.describe_listeners(None, [params["ListenerArn"]])
    others = backend.load_balancers[listener.load_balancer_arn].listeners.values()
    port = params.get("Port", listener.port)
    if any(other is not listener and other.port == port for other in others):
        raise DuplicateListenerError
    if "DefaultActions" in params:
        actions = [FakeAction(action) for action in params["DefaultActions"]]
        backend._validate_actions(actions)  # noqa: SLF001 - moto's own
        listener.default_actions = listener._default_rule[0].actions = actions  # noqa: SLF001 - the same
    listener.port = port
    listener.protocol = params.get("Protocol", listener.protocol)
    _secure(self, listener, params)
    keep(listener, params, ("AlpnPolicy", "MutualAuthentication"))
    return ActionResult({"Listeners": [listener]})


def _secure(response: Any, listener: Any, params: Any) -> None:
    """The certificate and the policy of a listener with TLS; one without has neither."""
    if listener.protocol not in SECURE:
        listener.certificate, listener.certificates, listener.ssl_policy = None, [], None
        return
    policy = params.get("SslPolicy") or listener.ssl_policy or "ELBSecurityPolicy-2016-08"
    if policy not in SSL_POLICIES:
        raise ELBClientError("SSLPolicyNotFound", f"SSL policy '{policy}' not found")
    given = params.get("Certificates") or []
    if not given and not listener.certificate:
        raise ELBClientError("ValidationError", f"A certificate must be specified for {listener.protocol} listeners")
    listener.ssl_policy = policy
    if given:
        arn = given[0]["CertificateArn"]
        if not response.elbv2_backend._certificate_exists(arn):  # noqa: SLF001 - moto's own
            raise ELBClientError("CertificateNotFound", f"Certificate '{arn}' not found")
        check_issued(response, arn)
        further = [one for one in listener.certificates if one not in (listener.certificate, arn)]
        listener.certificate, listener.certificates = arn, [arn, *further]


@patch(ELBV2Response, "describe_listener_certificates")
def describe_listener_certificates(self: Any) -> ActionResult:
    """Moto takes the first certificate for the default one, also where the listener has none."""
    (listener,) = self.elbv2_backend.describe_listeners(None, [self._get_param("ListenerArn")])
    arns = dict.fromkeys(listener.certificates)
    told = [{"CertificateArn": arn, "IsDefault": arn == listener.certificate} for arn in arns]
    return ActionResult({"Certificates": told})


@patch(ELBV2Response, "modify_rule")
def modify_rule_keeps_transforms(self: Any) -> ActionResult:
    """Moto forgets a rule's rewrites, and refuses to change nothing else."""
    params = self._get_params()
    if params.get("Conditions") or params.get("Actions"):
        rule = modify_rule_keeps_transforms.original(self).result["Rules"][0]
    else:
        (rule,) = self.elbv2_backend.describe_rules(None, [params["RuleArn"]])
    if f"{params.get('ResetTransforms', False)}".lower() == "true":
        rule.transforms = []
    keep(rule, params, ("Transforms",))
    return ActionResult({"Rules": [rule]})


@patch(ELBV2Response, "modify_target_group")
def modify_target_group_keeps_matchers(self: Any) -> ActionResult:
    """Moto takes only HTTP's codes, and those only for groups of HTTP."""
    answer = modify_target_group_keeps_matchers.original(self)
    matcher = self._get_params().get("Matcher")
    if matcher:
        answer.result["TargetGroups"][0].matcher = dict(matcher)
    return answer


@patch(ELBv2Backend, "set_subnets")
def set_subnets(self: Any, arn: str, subnets: list[str], subnet_mappings: list[dict[str, Any]]) -> list[Any]:
    """Moto wants two zones also of balancers that may be in one."""
    balancer = _balancer(self, arn)
    given: dict[str, Any] = {"Type": balancer.type}
    given |= {"SubnetMappings": subnet_mappings} if subnet_mappings else {"Subnets": subnets}
    check_zones(self, given)
    ids = subnets or [mapping["SubnetId"] for mapping in subnet_mappings]
    balancer.subnets = [self.ec2_backend.get_subnet(subnet) for subnet in ids]
    return [AvailabilityZone(subnet) for subnet in balancer.subnets]


@patch(ELBV2Response, "set_subnets")
def set_subnets_with_prefixes(self: Any) -> ActionResult:
    """Moto forgets the address type and the prefixes of IPv6."""
    answer = set_subnets_with_prefixes.original(self)
    params = self._get_params()
    keep(
        _balancer(self.elbv2_backend, params["LoadBalancerArn"]),
        params,
        ("EnablePrefixForIpv6SourceNat", "IpAddressType"),
    )
    return answer


@patch(ELBV2Response, "set_security_groups")
def set_security_groups_with_rules(self: Any) -> ActionResult:
    """Moto forgets whether the rules apply to private links."""
    answer = set_security_groups_with_rules.original(self)
    params, name = self._get_params(), "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"
    keep(_balancer(self.elbv2_backend, params["LoadBalancerArn"]), params, (name,))
    return answer


@patch(ELBV2Response, "modify_ip_pools")
def modify_ip_pools(self: Any) -> ActionResult:
    """Moto has no such operation."""
    params = self._get_params()
    balancer = _balancer(self.elbv2_backend, params["LoadBalancerArn"])
    balancer.ipam_pools = params.get("IpamPools")
    return ActionResult({"IpamPools": balancer.ipam_pools or {}})


def _balancer(backend: Any, arn: str) -> Any:
    balancer = backend.load_balancers.get(arn)
    if balancer is None:
        raise LoadBalancerNotFoundError
    return balancer
