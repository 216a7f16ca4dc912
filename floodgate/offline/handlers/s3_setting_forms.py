"""Amazon S3: what a program writes inside a bucket, in AWS's form and back.

The names and defaults are the provider's: https://www.pulumi.com/registry/packages/aws/api-docs/s3/bucket/
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from floodgate.offline.handlers.shapes import lower_first, tag_map, to_output

MIDNIGHT = "T00:00:00Z"


def lowered(value: Any) -> Any:
    """AWS's names with a small first letter, at every depth."""
    if isinstance(value, Mapping):
        return {lower_first(name): lowered(item) for name, item in value.items()}
    return [lowered(item) for item in value] if isinstance(value, list) else to_output(value)


def versioning(given: Mapping[str, Any]) -> dict[str, str]:
    """Whether versions are kept."""
    return {"status": "Enabled" if given.get("enabled") else "Suspended"}


def told_versioning(answer: Mapping[str, Any], _given: Any) -> dict[str, bool]:
    """The same from AWS."""
    return {
        name: answer.get(theirs) == "Enabled" for name, theirs in (("enabled", "Status"), ("mfaDelete", "MFADelete"))
    }


def told_encryption(answer: Mapping[str, Any], _given: Any) -> dict[str, Any]:
    """How objects are encrypted, from AWS."""
    rule = answer["ServerSideEncryptionConfiguration"]["Rules"][0]
    how = rule.get("ApplyServerSideEncryptionByDefault", {})
    told = {"sseAlgorithm": how.get("SSEAlgorithm"), "kmsMasterKeyId": how.get("KMSMasterKeyID")}
    by_default = {name: value for name, value in told.items() if value}
    blocked = rule.get("BlockedEncryptionTypes", {}).get("EncryptionType", [])
    out = {"applyServerSideEncryptionByDefault": by_default, "bucketKeyEnabled": rule.get("BucketKeyEnabled", False)}
    return {"rule": out | {"blockedEncryptionTypes": blocked}}


def website(given: Mapping[str, Any]) -> dict[str, Any]:
    """How a bucket is served."""
    out: dict[str, Any] = {}
    if given.get("indexDocument"):
        out["indexDocument"] = {"suffix": given["indexDocument"]}
    if given.get("errorDocument"):
        out["errorDocument"] = {"key": given["errorDocument"]}
    if given.get("redirectAllRequestsTo"):
        address = urlsplit(given["redirectAllRequestsTo"])
        host = f"{address.netloc}{address.path}" if address.scheme else given["redirectAllRequestsTo"]
        out["redirectAllRequestsTo"] = {"hostName": host} | ({"protocol": address.scheme} if address.scheme else {})
    rules = given.get("routingRules")
    return out | ({"routingRules": json.loads(rules) if isinstance(rules, str) else rules} if rules else {})


def told_website(answer: Mapping[str, Any], _given: Any) -> dict[str, Any]:
    """The same from AWS."""
    out = {"indexDocument": answer.get("IndexDocument", {}).get("Suffix")}
    out["errorDocument"] = answer.get("ErrorDocument", {}).get("Key")
    if to := answer.get("RedirectAllRequestsTo"):
        out["redirectAllRequestsTo"] = f"{to['Protocol']}://{to['HostName']}" if "Protocol" in to else to["HostName"]
    if rules := answer.get("RoutingRules"):
        out["routingRules"] = json.dumps(rules)
    return {name: value for name, value in out.items() if value}


def lifecycle(given: list[Mapping[str, Any]]) -> dict[str, Any]:
    """When objects move or go."""
    return {"rules": [_rule(rule, place) for place, rule in enumerate(given)]}


def _rule(given: Mapping[str, Any], place: int) -> dict[str, Any]:
    prefix, tags = given.get("prefix", ""), given.get("tags")
    out: dict[str, Any] = {"id": given.get("id") or f"tf-s3-lifecycle-{place}"}
    out["status"] = "Enabled" if given.get("enabled") else "Disabled"
    out["filter"] = {"and": {"prefix": prefix, "tags": tags}} if tags else {"prefix": prefix}
    if days := given.get("abortIncompleteMultipartUploadDays"):
        out["abortIncompleteMultipartUpload"] = {"daysAfterInitiation": days}
    out |= {name: given[name] for name in ("expiration", "transitions") if given.get(name)}
    if former := given.get("noncurrentVersionExpiration"):
        out["noncurrentVersionExpiration"] = {"noncurrentDays": former["days"]}
    if moves := given.get("noncurrentVersionTransitions"):
        out["noncurrentVersionTransitions"] = [
            {"noncurrentDays": move["days"], "storageClass": move["storageClass"]} for move in moves
        ]
    return out


def told_lifecycle(answer: Mapping[str, Any], given: Any) -> list[dict[str, Any]]:
    """The same from AWS; rules that the program gave no id have one of the provider's."""
    known = given if isinstance(given, list) else []
    places = [known[place] if place < len(known) else {} for place in range(len(answer["Rules"]))]
    return [_told_rule(rule, place) for rule, place in zip(answer["Rules"], places, strict=True)]


def _told_rule(rule: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    every = rule.get("Filter", {}).get("And", rule.get("Filter", {}))
    out: dict[str, Any] = {"enabled": rule["Status"] == "Enabled", "prefix": every.get("Prefix", "")}
    out |= {"tags": tag_map(every.get("Tags", []))} | ({"id": rule["ID"]} if given.get("id") or not given else {})
    if parts := rule.get("AbortIncompleteMultipartUpload"):
        out["abortIncompleteMultipartUploadDays"] = parts["DaysAfterInitiation"]
    for name in ("Expiration", "Transitions"):
        if name in rule:
            told = lowered(rule[name])
            out[lower_first(name)] = told if MIDNIGHT in json.dumps(given) else _on_days(told)
    if "NoncurrentVersionExpiration" in rule:
        out["noncurrentVersionExpiration"] = {"days": rule["NoncurrentVersionExpiration"]["NoncurrentDays"]}
    if moves := rule.get("NoncurrentVersionTransitions"):
        out["noncurrentVersionTransitions"] = [
            {"days": move["NoncurrentDays"], "storageClass": move["StorageClass"]} for move in moves
        ]
    return out


def _on_days(told: Any) -> Any:
    """Dates without their time of day, as most programs write them here."""
    if isinstance(told, list):
        return [_on_days(each) for each in told]
    return told | ({"date": told["date"][:10]} if "date" in told else {})


def grants(given: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Who may do what, a permission at a time."""
    names = ("id", "type", "uri")
    return {
        "grants": [
            {"grantee": {name: grant[name] for name in names if grant.get(name)}, "permission": permission}
            for grant in given
            for permission in grant["permissions"]
        ]
    }


def told_grants(answer: Mapping[str, Any], _given: Any) -> list[dict[str, Any]]:
    """The same from AWS, the permissions of each together."""
    found: dict[str, dict[str, Any]] = {}
    for grant in answer["Grants"]:
        who = {name.lower(): value for name, value in grant["Grantee"].items()}
        kept = {name: value for name, value in who.items() if name in ("id", "type", "uri")}
        found.setdefault(json.dumps(kept), {**kept, "permissions": []})["permissions"].append(grant["Permission"])
    return list(found.values())


def told_lock(answer: Mapping[str, Any], _given: Any) -> dict[str, Any]:
    """How long objects cannot be deleted, from AWS."""
    return lowered(answer["ObjectLockConfiguration"])
