"""Elastic Load Balancing: listeners, their rules and their further certificates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from floodgate.offline.handlers.balancing import Balancing, twin
from floodgate.offline.handlers.balancing_attributes import (
    LISTENER,
    LISTENER_USUAL,
    changed,
    listener_attributes,
    pairs,
    told_attributes,
)
from floodgate.offline.handlers.base import Aws, Change, Gone, Props, Resource, is_gone, resource
from floodgate.offline.handlers.listener_actions import actions, condition, told_actions, told_conditions
from floodgate.offline.handlers.reflection import reflect
from floodgate.offline.handlers.requests import request

PARAMETERS = {
    "alpnPolicy": "AlpnPolicy",
    "certificateArn": "Certificates",
    "defaultActions": "DefaultActions",
    "mutualAuthentication": "MutualAuthentication",
    "port": "Port",
    "protocol": "Protocol",
    "sslPolicy": "SslPolicy",
}
AWAY = {"AlpnPolicy": ["None"], "MutualAuthentication": {"Mode": "off"}}
"""What the parameters are given for a property that was taken away; the others stay as they are."""
USUAL_POLICY = "ELBSecurityPolicy-2016-08"
"""The TLS policy of a listener that is given none, through the API:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html"""


@twin
@resource("aws:lb/listener:Listener")
class Listener(Balancing):
    """A port that a balancer listens on."""

    create_call, id_path = "create_listener", "Listeners[0].ListenerArn"
    read_call, read_by, read_path = "describe_listeners", "ListenerArns", "Listeners[0]"
    update_call = "modify_listener"
    delete_call, delete_by = "delete_listener", "ListenerArn"
    apart = ("certificateArn", "defaultActions", "tcpIdleTimeoutSeconds", "mutualAuthentication")
    refined = frozenset(LISTENER)
    outputs = ("arn", "protocol", "sslPolicy")
    paths: ClassVar = {
        "alpnPolicy": "AlpnPolicy[0]",
        "arn": "ListenerArn",
        "certificateArn": "Certificates[0].CertificateArn",
    }

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """An application balancer's listener speaks HTTP unless it is told otherwise."""
        out: dict[str, Any] = {"Protocol": "HTTP"} if ":loadbalancer/app/" in props["loadBalancerArn"] else {}
        if "certificateArn" in props:
            out["Certificates"] = [{"CertificateArn": props["certificateArn"]}]
        if "mutualAuthentication" in props:
            mutual = {k: v for k, v in props["mutualAuthentication"].items() if v != ""}
            names = {"ignoreClientCertificateExpiry": "IgnoreClientCertificateExpiry"}
            out |= request(client, self.create_call, {"mutualAuthentication": mutual}, names)
        return (
            out
            | actions(client, self.create_call, "defaultActions", props["defaultActions"])
            | super().parameters(client, props)
        )

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Attributes."""
        attributes = pairs(listener_attributes(props))
        if attributes:
            aws.client(self.service).modify_listener_attributes(ListenerArn=id_, Attributes=attributes)

    def new_parameters(self, client: Any, id_: str, change: Change) -> dict[str, Any]:
        """The parameters whose properties changed."""
        whole = AWAY | self.parameters(client, change.new)
        if whole.get("Protocol") in ("HTTPS", "TLS"):
            whole.setdefault("SslPolicy", USUAL_POLICY)
        touched = [theirs for ours, theirs in PARAMETERS.items() if ours in change.names]
        return {"ListenerArn": id_} | {name: whole[name] for name in touched if name in whole}

    def refine(self, aws: Aws, id_: str, change: Change) -> None:
        """Attributes that changed."""
        attributes = changed(listener_attributes(change.old), listener_attributes(change.new), LISTENER_USUAL)
        if attributes:
            aws.client(self.service).modify_listener_attributes(ListenerArn=id_, Attributes=attributes)

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The actions and the attributes; a listener without TLS tells neither certificate nor mutual TLS."""
        answer = aws.client(self.service).describe_listener_attributes(ListenerArn=id_)
        told = reflect(told_attributes(answer, LISTENER), self.known)
        given = props.get("defaultActions", [])
        told["defaultActions"] = told_actions(item["DefaultActions"], self.known, "defaultActions", given)
        if not item.get("Certificates"):
            told["certificateArn"] = None
        if item.get("MutualAuthentication", {}).get("Mode", "off") == "off":
            off = props.get("mutualAuthentication", {}).get("mode") == "off"
            told["mutualAuthentication"] = {"mode": "off"} if off else None
        return told | super().observed(aws, id_, item, props)


@twin
@resource("aws:lb/listenerRule:ListenerRule")
class ListenerRule(Balancing):
    """A rule of a listener; without a priority it comes after those there are."""

    create_call, id_path = "create_rule", "Rules[0].RuleArn"
    read_call, read_by, read_path = "describe_rules", "RuleArns", "Rules[0]"
    update_call = "modify_rule"
    delete_call, delete_by = "delete_rule", "RuleArn"
    rename: ClassVar = {"rewrite": "Rewrites"}
    apart = ("actions", "conditions", "priority")
    refined = frozenset({"priority"})
    outputs = ("arn", "priority")
    paths: ClassVar = {"arn": "RuleArn", "priority": "to_number(Priority)"}

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """Actions, conditions and a place among the other rules."""
        return {
            "Priority": props.get("priority") or self._last(client, props["listenerArn"]) + 1,
            **self._content(client, self.create_call, props),
            **super().parameters(client, props),
        }

    def _content(self, client: Any, call: str, props: Props) -> dict[str, Any]:
        return {
            "Conditions": [condition(client, given) for given in props["conditions"]],
            **actions(client, call, "actions", props["actions"]),
        }

    def _last(self, client: Any, listener: str) -> int:
        rules = client.describe_rules(ListenerArn=listener)["Rules"]
        return max((int(rule["Priority"]) for rule in rules if rule["Priority"] != "default"), default=0)

    def new_parameters(self, client: Any, id_: str, change: Change) -> dict[str, Any]:
        """Actions, conditions and transforms, each as a whole where it changed."""
        content = self._content(client, "modify_rule", change.new)
        sent: dict[str, Any] = {
            name.title(): content[name.title()] for name in ("actions", "conditions") if change.touches(name)
        }
        if change.touches("transforms"):
            transforms = request(client, "modify_rule", change.within(["transforms"]), self.rename)
            sent |= transforms if change.new.get("transforms") else {"ResetTransforms": True}
        return {"RuleArn": id_, **sent}

    def refine(self, aws: Aws, id_: str, change: Change) -> None:
        """The place among the other rules has a call of its own; without one the rule stays where it is."""
        if "priority" in change.within(["priority"]):
            place = {"RuleArn": id_, "Priority": change.new["priority"]}
            aws.client(self.service).set_rule_priorities(RulePriorities=[place])

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """What it does, and when."""
        told: dict[str, Any] = {} if item.get("Transforms") else {"transforms": None}
        return {
            **told,
            "actions": told_actions(item["Actions"], self.known, "actions", props.get("actions", [])),
            "conditions": told_conditions(item["Conditions"], self.known),
            "listenerArn": id_.replace(":listener-rule/", ":listener/").rpartition("/")[0],
            **super().observed(aws, id_, item, props),
        }


@twin
@resource("aws:lb/listenerCertificate:ListenerCertificate")
class ListenerCertificate(Resource):
    """A further certificate of a listener."""

    def create(self, aws: Aws, props: Props) -> str:
        """The id names listener and certificate."""
        aws.client("elbv2").add_listener_certificates(**self._both(props))
        return f"{props['listenerArn']}_{props['certificateArn']}"

    def _both(self, props: Props) -> dict[str, Any]:
        certificates = [{"CertificateArn": props["certificateArn"]}]
        return {"ListenerArn": props["listenerArn"], "Certificates": certificates}

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Both, as long as the listener has it."""
        listener, _, certificate = id_.partition("_")
        listed = aws.client("elbv2").describe_listener_certificates(ListenerArn=listener)["Certificates"]
        if certificate not in {one["CertificateArn"] for one in listed if not one.get("IsDefault")}:
            raise Gone(f"{self.token} {id_} does not exist")
        return {"listenerArn": listener, "certificateArn": certificate}

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Take it from the listener."""
        try:
            aws.client("elbv2").remove_listener_certificates(**self._both(props))
        except ClientError as error:
            if not is_gone(error):
                raise
