"""One value decides: calls on balancers that AWS takes, and the same calls with one value changed, which it refuses.

The account is hand-made; that the offline AWS asks these rules is shown where it is tested.
"""
# ruff: noqa: E501 - a table reads best with one refusal a line

import pytest

ARN = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012"
LB, LISTENER = f"{ARN}:loadbalancer/app/web/1234", f"{ARN}:listener/app/web/1234/9"
TG = f"{ARN}:targetgroup/web/5678"
RULE, DEFAULT = f"{ARN}:listener-rule/app/web/1234/9/1", f"{ARN}:listener-rule/app/web/1234/9/0"
ELB, INVALID, CONFIGURATION = "elbv2", "ValidationError", "InvalidConfigurationRequest"
FORWARD = {"Type": "forward", "TargetGroupArn": TG}
HTTP = {"LoadBalancerArn": LB, "Protocol": "HTTP", "Port": 80, "DefaultActions": [FORWARD]}
HTTPS = {**HTTP, "Protocol": "HTTPS", "Port": 443, "Certificates": [{"CertificateArn": "c"}]}
OIDC = {"Type": "authenticate-oidc", "AuthenticateOidcConfig": {"Issuer": "i"}, "Order": 1}
PATH = {"Field": "path-pattern", "Values": ["/a"]}
ON_RULE = {"ListenerArn": LISTENER, "Priority": 2, "Conditions": [PATH], "Actions": [FORWARD]}


def answer(status="503", **more):
    return {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": status, **more}}


def redirect(**config):
    return {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301", **config}}


def weighted(*weights, **sticky):
    groups = [{"TargetGroupArn": TG, "Weight": weight} for weight in weights]
    config = {"TargetGroups": groups, **({"TargetGroupStickinessConfig": sticky} if sticky else {})}
    return {"Type": "forward", "ForwardConfig": config}


def paths(*values):
    return {"Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": list(values)}}]}


def to(*actions):
    return {"DefaultActions": list(actions)}


def attributes(**pairs):
    named = {key.replace("__", "."): value for key, value in pairs.items()}
    return {"LoadBalancerArn": LB, "Attributes": [{"Key": key, "Value": value} for key, value in named.items()]}


CREATE, MODIFY = (ELB, "CreateListener"), (ELB, "ModifyListener")
NEW_RULE, CHANGE_RULE = (ELB, "CreateRule"), (ELB, "ModifyRule")
REGISTER, ATTRIBUTES = (ELB, "RegisterTargets"), (ELB, "ModifyLoadBalancerAttributes")
ON_LISTENER = {"ListenerArn": LISTENER, "Port": 81}

# the call, what AWS takes of it, the one value that makes it wrong, AWS's code, words of the refusal
ROWS = [
    (CREATE, HTTP, {"Protocol": None}, INVALID, "no Protocol"),
    (CREATE, HTTP, {"Port": None}, INVALID, "no Port"),
    (CREATE, HTTP, {"Protocol": "TCP"}, "UnsupportedProtocol", "Protocol is 'TCP'"),
    (CREATE, HTTPS, {"Certificates": []}, INVALID, "certificate must be specified"),
    (CREATE, HTTPS, {"Certificates": [{"CertificateArn": "c"}, {"CertificateArn": "d"}]}, "TooManyCertificates", "exactly one"),
    (CREATE, HTTPS, {"Protocol": "HTTP"}, INVALID, "Certificates with HTTP"),
    (CREATE, HTTP, {"SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"}, INVALID, "SslPolicy with HTTP"),
    (CREATE, HTTP, to({"Type": "forward", "TargetGroupArn": TG[:-1]}), "TargetGroupNotFound", "not found"),
    (CREATE, HTTP, to({"Type": "forward"}), INVALID, "needs a target group"),
    (CREATE, HTTP, to(), "InvalidLoadBalancerAction", "exactly one"),
    (CREATE, HTTP, to(FORWARD, answer()), "InvalidLoadBalancerAction", "2 actions"),
    (CREATE, {**HTTPS, **to(OIDC, {**FORWARD, "Order": 2})}, to(OIDC, {**FORWARD, "Order": 1}), INVALID, "each its own"),
    (CREATE, {**HTTPS, **to(OIDC, {**FORWARD, "Order": 2})}, to({**OIDC, "Order": 3}, {**FORWARD, "Order": 2}), "InvalidLoadBalancerAction", "performed last"),
    (CREATE, {**HTTPS, **to(OIDC, {**FORWARD, "Order": 2})}, {"Protocol": "HTTP", "Certificates": None}, "InvalidLoadBalancerAction", "only for HTTPS"),
    (CREATE, {**HTTP, **to(answer("503"))}, to(answer("302")), INVALID, "2XX, 4XX or 5XX"),
    (CREATE, {**HTTP, **to(answer(ContentType="text/html"))}, to(answer(ContentType="text/xml")), INVALID, "ContentType is 'text/xml'"),
    (CREATE, {**HTTP, **to(answer())}, to({"Type": "fixed-response"}), INVALID, "FixedResponseConfig is required"),
    (CREATE, {**HTTP, **to(FORWARD)}, to({**FORWARD, "RedirectConfig": {"StatusCode": "HTTP_301"}}), INVALID, "RedirectConfig is not for it"),
    (CREATE, {**HTTP, **to(redirect(Protocol="HTTPS"))}, to(redirect()), "InvalidLoadBalancerAction", "without end"),
    (CREATE, {**HTTP, **to(redirect(Port="65535"))}, to(redirect(Port="65536")), INVALID, "1 to 65535"),
    (CREATE, {**HTTP, **to(redirect(Path="/closed"))}, to(redirect(Path="closed")), INVALID, "begin with /"),
    (CREATE, {**HTTPS, **to(redirect(Protocol="HTTPS", Path="/a"))}, to(redirect(Protocol="HTTP", Path="/a")), INVALID, "HTTPS cannot be redirected to HTTP"),
    (CREATE, {**HTTP, **to(weighted(1, 1, 1, 1, 1))}, to(weighted(1, 1, 1, 1, 1, 1)), "TooManyTargetGroups", "at most 5"),
    (CREATE, {**HTTP, **to(weighted(999))}, to(weighted(1000)), INVALID, "Weight is 1,000"),
    (CREATE, {**HTTP, **to(weighted(1, Enabled=True, DurationSeconds=604_800))}, to(weighted(1, Enabled=True, DurationSeconds=604_801)), INVALID, "DurationSeconds"),
    (CREATE, {**HTTP, **to({**weighted(1), "TargetGroupArn": TG})}, to({**weighted(1), "TargetGroupArn": TG[:-1]}), INVALID, "the same target group alone"),
    (MODIFY, ON_LISTENER, {"Protocol": "UDP"}, "UnsupportedProtocol", "Protocol is 'UDP'"),
    (MODIFY, ON_LISTENER, {"Protocol": "HTTPS"}, INVALID, "certificate must be specified"),
    (MODIFY, {**ON_LISTENER, **to(FORWARD)}, to(FORWARD, FORWARD), "InvalidLoadBalancerAction", "2 actions"),
    (NEW_RULE, ON_RULE, {"Priority": 1}, "PriorityInUse", "currently in use"),
    (NEW_RULE, ON_RULE, {"Conditions": []}, INVALID, "must have a condition"),
    (NEW_RULE, {**ON_RULE, **paths(*"abcde")}, paths(*"abcdef"), INVALID, "5 condition values"),
    (NEW_RULE, ON_RULE, {"Conditions": [PATH, PATH]}, INVALID, "path-pattern twice"),
    (NEW_RULE, ON_RULE, {"Conditions": [{"Field": "path", "Values": ["/a"]}]}, INVALID, "Field is 'path'"),
    (NEW_RULE, ON_RULE, {"Conditions": [{"Field": "source-ip", "Values": ["10.0.0.0/8"]}]}, INVALID, "host-header and path-pattern alone"),
    (NEW_RULE, ON_RULE, {"Conditions": [{"Field": "path-pattern", "HostHeaderConfig": {"Values": ["a"]}}]}, INVALID, "not for path-pattern"),
    (NEW_RULE, {**ON_RULE, **paths("a")}, paths(), INVALID, "value must be specified"),
    (CHANGE_RULE, {"RuleArn": RULE, "Conditions": [PATH]}, {"RuleArn": DEFAULT}, "OperationNotPermitted", "Default rules"),
    (CHANGE_RULE, {"RuleArn": RULE, "ResetTransforms": True}, {"Transforms": [{"Type": "url-rewrite"}]}, INVALID, "set or reset"),
    (REGISTER, {"TargetGroupArn": TG, "Targets": [{"Id": f"i-{n}"} for n in range(999)]}, {"Targets": [{"Id": f"i-{n}"} for n in range(1000)]}, "TooManyTargets", "1,001 targets"),
    (ATTRIBUTES, attributes(idle_timeout__timeout_seconds="4000"), attributes(idle_timeout__timeout_seconds="4001"), CONFIGURATION, "1 to 4,000"),
    (ATTRIBUTES, attributes(client_keep_alive__seconds="60"), attributes(client_keep_alive__seconds="59"), CONFIGURATION, "60 to 604,800"),
    (ATTRIBUTES, attributes(routing__http__desync_mitigation_mode="strictest"), attributes(routing__http__desync_mitigation_mode="strict"), CONFIGURATION, "is 'strict'"),
    (ATTRIBUTES, attributes(deletion_protection__enabled="true"), attributes(deletion_protection__enabled="yes"), CONFIGURATION, "is 'yes'"),
    (ATTRIBUTES, attributes(load_balancing__cross_zone__enabled="true"), attributes(load_balancing__cross_zone__enabled="false"), CONFIGURATION, "always on"),
    (ATTRIBUTES, attributes(access_logs__s3__enabled="true", access_logs__s3__bucket="logs"), attributes(access_logs__s3__enabled="true", access_logs__s3__bucket=""), CONFIGURATION, "a bucket is required"),
]  # fmt: skip

# the call, what the account tells when AWS takes it, and when it refuses
ACCOUNTS = [
    (CREATE, HTTP, "describe_listeners", [{"Port": 81}], [{"Port": 80}], "DuplicateListener", "already exists on this port"),
    (CREATE, HTTP, "describe_listeners", [{"Port": 81 + n} for n in range(49)], [{"Port": 81 + n} for n in range(50)], "TooManyListeners", "quota is 50"),
    (NEW_RULE, ON_RULE, "describe_rules", [{"Priority": str(3 + n)} for n in range(99)], [{"Priority": str(3 + n)} for n in range(100)], "TooManyRules", "quota is 100"),
    (MODIFY, {**ON_LISTENER, "Protocol": "HTTPS"}, "describe_listeners", [{"ListenerArn": LISTENER, "Protocol": "HTTPS"}], [{"ListenerArn": LISTENER, "Protocol": "HTTP"}], INVALID, "certificate must be specified"),
]  # fmt: skip

HERE = {
    "describe_load_balancers": [{"LoadBalancerArn": LB, "Type": "application"}],
    "describe_listeners": [{"ListenerArn": LISTENER, "LoadBalancerArn": LB, "Protocol": "HTTP", "Port": 8080}],
    "describe_rules": [
        {"RuleArn": DEFAULT, "Priority": "default", "IsDefault": True},
        {"RuleArn": RULE, "Priority": "1", "IsDefault": False},
    ],
    "describe_target_health": [{"Target": {"Id": "i-x", "Port": 80}}],
}


@pytest.mark.parametrize(("call", "params", "change", "code", "words"), ROWS)
def test_a_single_value_makes_a_call_on_a_balancer_illegal(ask, refused, call, params, change, code, words):
    ask(call, params, HERE)

    refused(call, {**params, **change}, code, words, HERE)


@pytest.mark.parametrize("row", ACCOUNTS)
def test_a_single_fact_makes_a_call_on_a_balancer_illegal(ask, refused, row):
    call, params, describe, fitting, forbidding, code, words = row
    ask(call, params, {**HERE, describe: fitting})

    refused(call, params, code, words, {**HERE, describe: forbidding})
