"""The provider's functions: what a program asks AWS instead of declaring it.

A function answers with its arguments and what it found.
"""

from __future__ import annotations

from typing import Any

from floodgate.offline.handlers.base import Aws, Props, function
from floodgate.offline.handlers.ec2_routes import hashcode
from floodgate.offline.handlers.functions_ec2 import one
from floodgate.offline.handlers.policy_document import minified, policy_document, printed
from floodgate.offline.handlers.s3 import bucket_outputs, website_outputs
from floodgate.offline.handlers.shapes import tag_map, to_output, told
from floodgate.offline.problems import Problem, Refused

# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
BALANCER_ACCOUNTS = {
    "us-east-1": "127311923021",
    "us-east-2": "033677994240",
    "us-west-1": "027434742980",
    "us-west-2": "797873946194",
    "ap-northeast-1": "582318560864",
    "ap-northeast-2": "600734575887",
    "ap-northeast-3": "383597477331",
    "ap-south-1": "718504428378",
    "ap-southeast-1": "114774131450",
    "ap-southeast-2": "783225319266",
    "ca-central-1": "985666609251",
    "eu-central-1": "054676820928",
    "eu-north-1": "897822967062",
    "eu-west-1": "156460612806",
    "eu-west-2": "652711504416",
    "eu-west-3": "009996457667",
    "sa-east-1": "507241528517",
}
DNS_SUFFIXES = {"aws-cn": "amazonaws.com.cn"}


@function("aws:index/getCallerIdentity:getCallerIdentity")
def caller_identity(aws: Aws, _: Props) -> dict[str, Any]:
    """Whose account this is."""
    if aws.account_id not in _identities:
        _identities[aws.account_id] = aws.client("sts").get_caller_identity()
    me = _identities[aws.account_id]
    return {"accountId": me["Account"], "arn": me["Arn"], "userId": me["UserId"], "id": me["Account"]}


@function("aws:index/getRegion:getRegion")
def region(aws: Aws, props: Props) -> dict[str, Any]:
    """A region's names; without one, the provider's."""
    name = props.get("region") or props.get("name") or aws.region
    if name not in _endpoints:
        regions = aws.client("ec2").describe_regions(RegionNames=[name])["Regions"]
        _endpoints[name] = regions[0]["Endpoint"]
    described = {"id": name, "name": name, "region": name, "endpoint": _endpoints[name]}
    return described | {"description": REGIONS.get(name, name)}


# the same in every world, and a program asks for its region and account once in each component
_endpoints: dict[str, str] = {}
_identities: dict[str, dict[str, Any]] = {}


# https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
REGIONS = {
    "us-east-1": "US East (N. Virginia)",
    "us-east-2": "US East (Ohio)",
    "us-west-2": "US West (Oregon)",
    "ap-northeast-1": "Asia Pacific (Tokyo)",
    "ap-northeast-2": "Asia Pacific (Seoul)",
    "ap-southeast-1": "Asia Pacific (Singapore)",
    "eu-central-1": "Europe (Frankfurt)",
    "eu-west-1": "Europe (Ireland)",
}


@function("aws:index/getPartition:getPartition")
def partition(aws: Aws, _: Props) -> dict[str, Any]:
    """Which of AWS's separate worlds the region belongs to."""
    suffix = DNS_SUFFIXES.get(aws.partition, "amazonaws.com")
    reverse = ".".join(reversed(suffix.split(".")))
    return {"id": aws.partition, "partition": aws.partition, "dnsSuffix": suffix, "reverseDnsPrefix": reverse}


@function("aws:index/getServicePrincipal:getServicePrincipal")
def service_principal(aws: Aws, props: Props) -> dict[str, Any]:
    """What a service is called in policies."""
    name, where = props["serviceName"], props.get("region") or aws.region
    full = f"{name}.amazonaws.com"
    return {"id": f"{name}.{where}.amazonaws.com", "name": full, "suffix": "amazonaws.com", "region": where} | {
        "serviceName": name
    }


@function("aws:index/getArn:getArn")
def parsed_arn(_: Aws, props: Props) -> dict[str, Any]:
    """An ARN in its parts."""
    names = ("partition", "service", "region", "account", "resource")
    return {"arn": props["arn"], "id": props["arn"], **dict(zip(names, props["arn"].split(":", 5)[1:], strict=True))}


@function("aws:elb/getServiceAccount:getServiceAccount")
def balancer_account(aws: Aws, props: Props) -> dict[str, Any]:
    """The account from which AWS's load balancers write access logs."""
    where = props.get("region") or aws.region
    if where not in BALANCER_ACCOUNTS:
        remedy = "let the bucket's policy allow logdelivery.elasticloadbalancing.amazonaws.com"
        raise Refused([Problem(where, "", "", "is a region whose load balancers have no account", remedy)])
    account = BALANCER_ACCOUNTS[where]
    return {"id": account, "region": where, "arn": f"arn:{aws.partition}:iam::{account}:root"}


@function("aws:iam/getPolicyDocument:getPolicyDocument")
def iam_policy_document(_: Aws, props: Props) -> dict[str, Any]:
    """A policy document from typed statements."""
    document = policy_document(props)
    text = printed(document)
    return {**props, "json": text, "minifiedJson": minified(document), "id": str(hashcode(text))}


@function("aws:iam/getRole:getRole")
def role(aws: Aws, props: Props) -> dict[str, Any]:
    """A role by its name."""
    found = aws.client("iam").get_role(RoleName=props["name"])["Role"]
    names = ("arn", "createDate", "description", "maxSessionDuration", "path", "uniqueId")
    tags = tag_map(found.get("Tags", []))
    return {**props, **told(found, names, {"uniqueId": "RoleId"}), "id": props["name"], "tags": tags}


@function("aws:iam/getPolicy:getPolicy")
def policy(aws: Aws, props: Props) -> dict[str, Any]:
    """A policy by its ARN, or by its name."""
    iam = aws.client("iam")
    arn = props.get("arn")
    if arn is None:
        pages = iam.get_paginator("list_policies").paginate(PathPrefix=props.get("pathPrefix", "/"))
        arn = one([p for page in pages for p in page["Policies"] if p["PolicyName"] == props["name"]], "policies")[
            "Arn"
        ]
    found = iam.get_policy(PolicyArn=arn)["Policy"]
    version = iam.get_policy_version(PolicyArn=arn, VersionId=found["DefaultVersionId"])["PolicyVersion"]
    names = ("arn", "attachmentCount", "description", "name", "path", "policyId")
    out = told(found, names, {"name": "PolicyName"}) | {"id": arn, "tags": tag_map(found.get("Tags", []))}
    return {**props, **out, "policy": _text(version["Document"])}


def _text(document: Any) -> str:
    return document if isinstance(document, str) else minified(document)


@function("aws:ssm/getParameter:getParameter")
def parameter(aws: Aws, props: Props) -> dict[str, Any]:
    """A parameter's value; AWS's own, such as the newest images, are there too."""
    decrypt = props.get("withDecryption", True)
    found = aws.client("ssm").get_parameter(Name=props["name"], WithDecryption=decrypt)["Parameter"]
    out = told(found, ("arn", "type", "value", "version"), {"arn": "ARN"})
    plain = {"insecureValue": found["Value"]} if found["Type"] != "SecureString" else {}
    return {**props, **out, **plain, "id": props["name"]}


@function("aws:secretsmanager/getRandomPassword:getRandomPassword")
def random_password(aws: Aws, props: Props) -> dict[str, Any]:
    """A password that nobody has seen."""
    names = {"passwordLength": "PasswordLength", "excludeCharacters": "ExcludeCharacters"}
    names |= {f"exclude{kind}": f"Exclude{kind}" for kind in ("Lowercase", "Numbers", "Punctuation", "Uppercase")}
    names |= {"includeSpace": "IncludeSpace", "requireEachIncludedType": "RequireEachIncludedType"}
    given = {theirs: props[ours] for ours, theirs in names.items() if props.get(ours) is not None}
    password = aws.client("secretsmanager").get_random_password(**given)["RandomPassword"]
    return {**props, "randomPassword": password, "id": password}


@function("aws:secretsmanager/getSecret:getSecret")
def secret(aws: Aws, props: Props) -> dict[str, Any]:
    """A secret without its value, by ARN or name."""
    found = aws.client("secretsmanager").describe_secret(SecretId=props.get("arn") or props["name"])
    names = ("arn", "name", "description", "kmsKeyId", "createdDate", "lastChangedDate")
    return {**props, **told(found, names, {"arn": "ARN"}), "id": found["ARN"], "tags": tag_map(found.get("Tags", []))}


@function("aws:secretsmanager/getSecretVersion:getSecretVersion")
def secret_version(aws: Aws, props: Props) -> dict[str, Any]:
    """A secret's value, the present one unless another is named."""
    names = {"versionId": "VersionId", "versionStage": "VersionStage"}
    wanted = {theirs: props[ours] for ours, theirs in names.items() if ours in props}
    found = aws.client("secretsmanager").get_secret_value(SecretId=props["secretId"], **wanted)
    out = {"arn": found["ARN"], "secretArn": found["ARN"], "versionId": found["VersionId"]}
    out |= {"versionStages": found["VersionStages"], "secretString": found.get("SecretString", "")}
    return {
        **props,
        **out,
        "createdDate": to_output(found["CreatedDate"]),
        "id": f"{found['ARN']}|{found['VersionId']}",
    }


@function("aws:kms/getAlias:getAlias")
def key_alias(aws: Aws, props: Props) -> dict[str, Any]:
    """The key behind a name."""
    key = aws.client("kms").describe_key(KeyId=props["name"])["KeyMetadata"]
    arn = f"{key['Arn'].rsplit(':', 1)[0]}:{props['name']}"
    return {**props, "arn": arn, "id": arn, "targetKeyArn": key["Arn"], "targetKeyId": key["KeyId"]}


@function("aws:kms/getKey:getKey")
def key(aws: Aws, props: Props) -> dict[str, Any]:
    """A key by id, ARN or name."""
    found = aws.client("kms").describe_key(KeyId=props["keyId"])["KeyMetadata"]
    names = ("arn", "creationDate", "customerMasterKeySpec", "description", "enabled", "keyManager", "keySpec")
    names += ("keyState", "keyUsage", "multiRegion", "origin", "awsAccountId")
    paths = {"awsAccountId": "AWSAccountId", "customerMasterKeySpec": "KeySpec"}
    return {**props, **told(found, names, paths), "id": found["KeyId"]}


@function("aws:s3/getBucket:getBucket")
def bucket(aws: Aws, props: Props) -> dict[str, Any]:
    """The names of a bucket that exists."""
    name = props["bucket"]
    aws.client("s3").head_bucket(Bucket=name)
    return {**props, **bucket_outputs(aws, name), **website_outputs(aws, name), "id": name}


@function("aws:cloudwatch/getLogGroup:getLogGroup")
def log_group(aws: Aws, props: Props) -> dict[str, Any]:
    """A log group by its name."""
    groups = aws.client("logs").describe_log_groups(logGroupNamePrefix=props["name"])["logGroups"]
    found = {group["logGroupName"]: group for group in groups}[props["name"]]
    kept = {name: found[name] for name in ("creationTime", "kmsKeyId", "retentionInDays") if name in found}
    return {**props, **kept, "arn": found["arn"].removesuffix(":*"), "id": props["name"]}


@function("aws:servicequotas/getServiceQuota:getServiceQuota")
def service_quota(aws: Aws, props: Props) -> dict[str, Any]:
    """How much of something the account may have, by code or name."""
    client, service = aws.client("service-quotas"), props["serviceCode"]
    if "quotaCode" in props:
        found = client.get_service_quota(ServiceCode=service, QuotaCode=props["quotaCode"])["Quota"]
    else:
        quotas = client.list_aws_default_service_quotas(ServiceCode=service)["Quotas"]
        found = one([quota for quota in quotas if quota["QuotaName"] == props["quotaName"]], "quotas")
    names = ("adjustable", "arn", "globalQuota", "quotaCode", "quotaName", "serviceName", "value")
    out = told(found, names, {"arn": "QuotaArn"}) | {"id": found["QuotaArn"], "defaultValue": found["Value"]}
    return {**props, **out}
