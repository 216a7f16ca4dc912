"""AWS WAF: web ACLs with their rules, sets, associations and logs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from floodgate.offline.handlers.base import AutoName, Aws, Change, Gone, Props, Resource, is_gone, resource
from floodgate.offline.handlers.declared import Declared
from floodgate.offline.handlers.described import NO_PROPS
from floodgate.offline.handlers.requests import input_shape, to_shape
from floodgate.offline.handlers.tagging import tags_of

REQUEST_BODIES = {
    "apiGateway": "API_GATEWAY",
    "appRunnerService": "APP_RUNNER_SERVICE",
    "cloudfront": "CLOUDFRONT",
    "cognitoUserPool": "COGNITO_USER_POOL",
    "verifiedAccessInstance": "VERIFIED_ACCESS_INSTANCE",
}
LIMIT = ("defaultSizeInspectionLimit", "DefaultSizeInspectionLimit")


class Waf(Declared):
    """What all named types of this service have in common: found by id, name and scope together, changed with a token.

    An update puts the whole: https://docs.aws.amazon.com/waf/latest/APIReference/API_UpdateWebACL.html
    """

    service = "wafv2"
    id_path, read_by, delete_by = "Summary.Id", "Id", "Id"
    apart: ClassVar = ("namePrefix",)
    outputs = ("arn", "name", "lockToken")
    changing_outputs = frozenset({"lockToken"})
    paths: ClassVar = {"arn": "ARN"}
    silent: ClassVar = ("description",)

    def _by(self, id_: str, props: Props) -> dict[str, str]:
        """How it is found: one that is imported comes as id, name and scope in one."""
        own, _, rest = id_.partition("/")
        name, _, scope = rest.partition("/")
        return {"Id": own, "Name": props.get("name", name), "Scope": props.get("scope", scope)}

    def _token(self, client: Any, id_: str, props: Props) -> str:
        return getattr(client, self.read_call)(**self._by(id_, props))["LockToken"]

    def describe(self, aws: Aws, id_: str, props: Props = NO_PROPS) -> dict[str, Any]:
        """By all three."""
        return getattr(aws.client(self.service), self.read_call)(**self._by(id_, props))[self.read_path]

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The token that the next change must bring stands beside the description."""
        return {"lockToken": self._token(aws.client(self.service), id_, props)}

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The scope and the tags."""
        return {"scope": self._by(id_, props)["Scope"], "tags": tags_of(aws, self.service, item["ARN"])}

    def new_parameters(self, client: Any, id_: str, change: Change) -> dict[str, Any]:
        """The whole, with the token of what it takes the place of."""
        known = input_shape(client, self.update_call).members
        whole = {name: value for name, value in self.parameters(client, change.new).items() if name in known}
        return {**whole, **self._by(id_, change.new), "LockToken": self._token(client, id_, change.new)}

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Delete it, unless something refers to it."""
        client = aws.client(self.service)
        try:
            token = self._token(client, id_, props)
            getattr(client, self.delete_call)(**self._by(id_, props), LockToken=token)
        except ClientError as error:
            if not is_gone(error):
                raise


class Ruled(Waf):
    """What has rules and answers of its own."""

    apart = ("namePrefix", "ruleJson", "rulesJson", "customResponseBodies", "associationConfig", "rules")
    silent = ("description", "captchaConfig", "challengeConfig", "dataProtectionConfig", "tokenDomains")

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """Answers are a map in AWS, and rules may be given as JSON."""
        out = super().parameters(client, props)
        text = props.get("ruleJson") or props.get("rulesJson")
        shape = input_shape(client, self.create_call).members["Rules"]
        out["Rules"] = json.loads(text) if text else to_shape(props.get("rules", []), shape)
        bodies = props.get("customResponseBodies", [])
        if bodies:
            out["CustomResponseBodies"] = {
                body["key"]: {"Content": body["content"], "ContentType": body["contentType"]} for body in bodies
            }
        if "associationConfig" in props:
            out["AssociationConfig"] = {"RequestBody": _limits(props["associationConfig"])}
        return out

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """Rules that were given as JSON, as JSON; answers and limits as lists."""
        told = super().observed(aws, id_, item, props)
        for name in ("ruleJson", "rulesJson"):
            if name in props:
                rules = _texts(item.get("Rules", []))
                told[name] = props[name] if rules == json.loads(props[name]) else json.dumps(rules)
        bodies = item.get("CustomResponseBodies") or {}
        told["customResponseBodies"] = [
            {"key": key, "content": body["Content"], "contentType": body["ContentType"]} for key, body in bodies.items()
        ]
        limits = (item.get("AssociationConfig") or {}).get("RequestBody")
        told["associationConfig"] = {"requestBodies": [_told_limits(limits)]} if limits else None
        return told


def _limits(config: Props) -> dict[str, Any]:
    """How much of a body is inspected, by what stands behind the web ACL."""
    ours, theirs = LIMIT
    limits = config.get("requestBodies", [{}])[0]
    return {REQUEST_BODIES[name]: {theirs: limit[ours]} for name, limit in limits.items()}


def _told_limits(limits: Mapping[str, Any]) -> dict[str, Any]:
    ours, theirs = LIMIT
    return {name: {ours: limits[key][theirs]} for name, key in REQUEST_BODIES.items() if key in limits}


def _texts(value: Any) -> Any:
    """A description with text for bytes, as JSON has it."""
    if isinstance(value, Mapping):
        return {key: _texts(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_texts(item) for item in value]
    return value.decode() if isinstance(value, bytes) else value


@resource("aws:wafv2/webAcl:WebAcl", auto_name=AutoName(limit=128))
class WebAcl(Ruled):
    """What a request passes before it reaches a distribution or balancer."""

    create_call, read_call, read_path = "create_web_acl", "get_web_acl", "WebACL"
    update_call, delete_call = "update_web_acl", "delete_web_acl"
    outputs = ("arn", "name", "capacity")


@resource("aws:wafv2/ruleGroup:RuleGroup", auto_name=AutoName(limit=128))
class RuleGroup(Ruled):
    """Rules that several web ACLs share."""

    create_call, read_call, read_path = "create_rule_group", "get_rule_group", "RuleGroup"
    update_call, delete_call = "update_rule_group", "delete_rule_group"
    outputs = ("arn", "name")


@resource("aws:wafv2/ipSet:IpSet", auto_name=AutoName(limit=128))
class IpSet(Waf):
    """Addresses that rules speak of."""

    create_call, read_call, read_path = "create_ip_set", "get_ip_set", "IPSet"
    update_call, delete_call = "update_ip_set", "delete_ip_set"

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """A set may be empty, but not without a list."""
        return {"Addresses": []} | super().parameters(client, props)


@resource("aws:wafv2/regexPatternSet:RegexPatternSet", auto_name=AutoName(limit=128))
class RegexPatternSet(Waf):
    """Patterns that rules speak of."""

    create_call, read_call, read_path = "create_regex_pattern_set", "get_regex_pattern_set", "RegexPatternSet"
    update_call, delete_call = "update_regex_pattern_set", "delete_regex_pattern_set"
    rename: ClassVar = {"regularExpressions": "RegularExpressionList"}

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """A set may be empty, but not without a list."""
        return {"RegularExpressionList": []} | super().parameters(client, props)


@resource("aws:wafv2/webAclAssociation:WebAclAssociation")
class WebAclAssociation(Resource):
    """A web ACL before a balancer; the id names both."""

    def create(self, aws: Aws, props: Props) -> str:
        """Put it there."""
        aws.client("wafv2").associate_web_acl(WebACLArn=props["webAclArn"], ResourceArn=props["resourceArn"])
        return f"{props['webAclArn']},{props['resourceArn']}"

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Both, if it is still there."""
        acl, _, behind = id_.partition(",")
        found = aws.client("wafv2").get_web_acl_for_resource(ResourceArn=behind)
        if (found.get("WebACL") or {}).get("ARN") != acl:
            raise Gone(f"{self.token} {id_} does not exist")
        return {"webAclArn": acl, "resourceArn": behind}

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Take it away, unless another web ACL has taken its place."""
        try:
            self.read(aws, id_, props)
            aws.client("wafv2").disassociate_web_acl(ResourceArn=props["resourceArn"])
        except Gone:
            return
        except ClientError as error:
            if not is_gone(error):
                raise


@resource("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration")
class WebAclLoggingConfiguration(Declared):
    """Where a web ACL writes what it saw; the id is the web ACL's ARN."""

    service, tagged = "wafv2", False
    create_call, id_prop = "put_logging_configuration", "resourceArn"
    update_call = "put_logging_configuration"
    read_call, read_by, read_path = "get_logging_configuration", "ResourceArn", "LoggingConfiguration"
    delete_call, delete_by = "delete_logging_configuration", "ResourceArn"
    silent = ("loggingFilter", "redactedFields")

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The configuration is one block."""
        shape = input_shape(client, self.create_call).members["LoggingConfiguration"]
        return {"LoggingConfiguration": to_shape({k: v for k, v in props.items() if k != "region"}, shape)}
