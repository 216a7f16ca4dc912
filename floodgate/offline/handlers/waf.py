"""AWS WAF: web ACLs with their rules, sets, associations and logs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import AutoName, Aws, Props, Resource, resource
from floodgate.offline.handlers.declared import Declared
from floodgate.offline.handlers.requests import input_shape, to_shape

REQUEST_BODIES = {
    "apiGateway": "API_GATEWAY",
    "appRunnerService": "APP_RUNNER_SERVICE",
    "cloudfront": "CLOUDFRONT",
    "cognitoUserPool": "COGNITO_USER_POOL",
    "verifiedAccessInstance": "VERIFIED_ACCESS_INSTANCE",
}


class Waf(Declared):
    """What all named types of this service have in common: found by id, name and scope together."""

    service = "wafv2"
    id_path, read_by = "Summary.Id", "Id"
    read_within: ClassVar = {"Name": "name", "Scope": "scope"}
    apart: ClassVar = ("namePrefix",)
    outputs = ("arn", "name", "lockToken")
    paths: ClassVar = {"arn": "ARN"}

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The token that the next change must bring stands beside the description."""
        answer = getattr(aws.client(self.service), self.read_call)(Name=props["name"], Scope=props["scope"], Id=id_)
        return {"lockToken": answer["LockToken"]}


class Ruled(Waf):
    """What has rules and answers of its own."""

    apart = ("namePrefix", "ruleJson", "rulesJson", "customResponseBodies", "associationConfig", "rules")

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
            limits = props["associationConfig"].get("requestBodies", [{}])[0]
            out["AssociationConfig"] = {
                "RequestBody": {
                    REQUEST_BODIES[name]: {"DefaultSizeInspectionLimit": limit["defaultSizeInspectionLimit"]}
                    for name, limit in limits.items()
                }
            }
        return out


@resource("aws:wafv2/webAcl:WebAcl", auto_name=AutoName(limit=128))
class WebAcl(Ruled):
    """What a request passes before it reaches a distribution or balancer."""

    create_call, read_call, read_path = "create_web_acl", "get_web_acl", "WebACL"
    outputs = ("arn", "name", "capacity")


@resource("aws:wafv2/ruleGroup:RuleGroup", auto_name=AutoName(limit=128))
class RuleGroup(Ruled):
    """Rules that several web ACLs share."""

    create_call, read_call, read_path = "create_rule_group", "get_rule_group", "RuleGroup"
    outputs = ("arn", "name")


@resource("aws:wafv2/ipSet:IpSet", auto_name=AutoName(limit=128))
class IpSet(Waf):
    """Addresses that rules speak of."""

    create_call, read_call, read_path = "create_ip_set", "get_ip_set", "IPSet"

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """A set may be empty, but not without a list."""
        return {"Addresses": []} | super().parameters(client, props)


@resource("aws:wafv2/regexPatternSet:RegexPatternSet", auto_name=AutoName(limit=128))
class RegexPatternSet(Waf):
    """Patterns that rules speak of."""

    create_call, read_call, read_path = "create_regex_pattern_set", "get_regex_pattern_set", "RegexPatternSet"
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
        """Whether it is still there."""
        found = aws.client("wafv2").get_web_acl_for_resource(ResourceArn=props["resourceArn"])
        if (found.get("WebACL") or {}).get("ARN") != props["webAclArn"]:
            raise KeyError(f"{self.token} {id_} does not exist")
        return {}


@resource("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration")
class WebAclLoggingConfiguration(Declared):
    """Where a web ACL writes what it saw; the id is the web ACL's ARN."""

    service, tagged = "wafv2", False
    create_call, id_prop = "put_logging_configuration", "resourceArn"
    read_call, read_by, read_path = "get_logging_configuration", "ResourceArn", "LoggingConfiguration"

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The configuration is one block."""
        shape = input_shape(client, self.create_call).members["LoggingConfiguration"]
        return {"LoggingConfiguration": to_shape({k: v for k, v in props.items() if k != "region"}, shape)}
