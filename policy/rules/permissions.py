"""Roles and documents give what is needed, to whom it is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policy.documents import as_list, statements
from policy.rule import example, resource_rule
from policy.view import Resource

# what each kind says in which property
_IDENTITY = {
    "iam/policy": "policy",
    "iam/rolePolicy": "policy",
    "iam/userPolicy": "policy",
    "iam/groupPolicy": "policy",
}
_RESOURCE = {
    "s3/bucketPolicy": "policy",
    "sns/topicPolicy": "policy",
    "sqs/queuePolicy": "policy",
    "kms/key": "policy",
    "kms/keyPolicy": "policy",
    "secretsmanager/secretPolicy": "policy",
    "ecr/repositoryPolicy": "policy",
    "iam/role": "assumeRolePolicy",
}
_WHOLE_ACCOUNT = ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess")


def _allow(**more: Any) -> str:
    pairs = ", ".join(f'"{name}": "{value}"' for name, value in more.items())
    return f'{{"Statement": [{{"Effect": "Allow", {pairs}}}]}}'


@resource_rule(
    id="rights-named",
    title="No role may do everything, or everything with a service",
    severity="high",
    why="Whoever takes over one server has its role. What it may do is then what was written, not what was meant.",
    remedy="name the actions and the resources that are used",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    refused=example(("iam/rolePolicy", "servers", {"policy": _allow(Action="s3:*", Resource="*")})),
    mended=example(
        ("iam/rolePolicy", "servers", {"policy": _allow(Action="s3:GetObject", Resource="arn:aws:s3:::a/*")})
    ),
)
def _rights_named(resource: Resource) -> Iterator[str]:
    documents = [resource.get(_IDENTITY[resource.kind])] if resource.kind in _IDENTITY else []
    if resource.kind == "iam/role":
        documents = [item.get("policy") for item in resource.items("inlinePolicies") if isinstance(item, Mapping)]
    for statement in (found for document in documents for found in statements(document)):
        if statement.get("Effect") != "Allow":
            continue
        wide = [a for a in as_list(statement.get("Action")) if a == "*" or str(a).endswith(":*")]
        if wide:
            yield f"allows {', '.join(map(str, wide))}"
        if "NotAction" in statement:
            yield "allows everything but some actions (NotAction)"
    yield from _attached(resource)


def _attached(resource: Resource) -> Iterator[str]:
    names = [*resource.items("managedPolicyArns"), *resource.items("policyArn")]
    for arn in names if resource.kind.startswith("iam/") else ():
        if isinstance(arn, str) and arn.rpartition("/")[2] in _WHOLE_ACCOUNT:
            yield f"gives {arn.rpartition('/')[2]}"


@resource_rule(
    id="nothing-for-anybody",
    title="No document lets anybody in",
    severity="critical",
    why='"Principal": "*" is every account of every customer of AWS, and for some services everybody.',
    remedy="name the account, the service or the role; or add a condition on aws:SourceArn, aws:SourceAccount or "
    "aws:PrincipalOrgID",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    refused=example(
        ("sns/topicPolicy", "alarms", {"policy": _allow(Principal="*", Action="sns:Publish", Resource="*")})
    ),
    mended=example(
        (
            "sns/topicPolicy",
            "alarms",
            {
                "policy": '{"Statement": [{"Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"}, '
                '"Action": "sns:Publish", "Resource": "*"}]}'
            },
        )
    ),
)
def _nothing_for_anybody(resource: Resource) -> Iterator[str]:
    if resource.kind not in _RESOURCE:
        return
    for statement in statements(resource.get(_RESOURCE[resource.kind])):
        if (
            statement.get("Effect") == "Allow"
            and _anybody(statement.get("Principal"))
            and not statement.get("Condition")
        ):
            actions = ", ".join(str(action) for action in as_list(statement.get("Action"))) or "everything"
            yield f"lets anybody do {actions}"


def _anybody(principal: Any) -> bool:
    values = principal.values() if isinstance(principal, Mapping) else [principal]
    return any("*" in as_list(value) for value in values)


RULES = (_rights_named, _nothing_for_anybody)
