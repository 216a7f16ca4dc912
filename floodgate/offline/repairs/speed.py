"""What moto does again for every call or ahead of need, done once or when needed; behaviour stays the same."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import moto.core.responses
import moto.core.serialize
import moto.iam.models
import moto.kms.models
import xmltodict
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.base_backend import AccountSpecificBackend, BackendDict
from moto.ec2.models.subnets import Subnet

from floodgate.offline.moto_state import active_now
from floodgate.offline.repairs.patching import patch, replace


def apply() -> None:
    """Apply this module's repairs; idempotent."""
    _operations()
    _account()
    _private_keys()
    _accounts()
    _regions()
    _addresses()
    _xml()


def _operations() -> None:
    """The operations of a service are listed for every call, by looking at each attribute of its class."""

    @patch(moto.core.responses, "method_names_from_class")
    @cache
    def operations(service: type) -> frozenset[str]:
        return frozenset(operations.original(service))


def _account() -> None:
    """Whose key it is that signed, looked up twice a call among the keys of all accounts; a world has one account."""

    @patch(moto.iam.models, "get_account_id_from")
    def account_of(access_key: str) -> str:
        if active_now() is not None:
            return DEFAULT_ACCOUNT_ID
        return account_of.original(access_key)


def _private_keys() -> None:
    """Each KMS key, symmetric ones too, is given an RSA key, which takes longer than all else about it."""

    @patch(moto.kms.models, "generate_private_key")
    def private_key(key_spec: str) -> Any:
        return _WhenNeeded(lambda: private_key.original(key_spec))


def _accounts() -> None:
    """Before it hands out an account, moto looks for the service in the list of all services, comparing each.

    The list is what `mock_aws` resets, and while it does so a service may ask for another that was just emptied; so a
    service that has the account may still have to be listed again.
    """
    listed = vars(BackendDict)["_instances"]

    @patch(BackendDict, "__getitem__")
    def account(self: Any, account_id: str) -> Any:
        if account_id in self and any(table is self for table in listed):
            return dict.__getitem__(self, account_id)
        return account.original(self, account_id)


def _regions() -> None:
    """The regions of a service are kept together with the account that asked, which so outlives its world."""
    known: dict[str, list[str]] = {}

    @patch(AccountSpecificBackend, "_generate_regions")
    def regions(self: Any, service_name: str) -> list[str]:
        del self
        if service_name not in known:
            known[service_name] = regions.original.__wrapped__(None, service_name)
        return known[service_name]


def _addresses() -> None:
    """A subnet's free addresses are kept in a cache of the process, which so outlives the world."""

    @patch(Subnet, "_base_avail_ip_iterator")
    def free(self: Any) -> Any:
        if "_free" not in vars(self):
            self._free = self.cidr.hosts()
        return self._free


def _xml() -> None:
    """Answers become XML through a parser's events, two calls and a check of the name for each element."""
    replace(moto.core.serialize, "xmltodict", SimpleNamespace(**{**vars(xmltodict), "unparse": _unparse}))


def _unparse(document: dict[str, Any], *, full_document: bool, pretty: bool, short_empty_elements: bool) -> str:
    if pretty:
        return xmltodict.unparse(
            document, full_document=full_document, pretty=True, short_empty_elements=short_empty_elements
        )
    parts = ['<?xml version="1.0" encoding="utf-8"?>\n'] if full_document else []
    for name, value in document.items():
        _element(parts, name, value)
    return "".join(parts)


def _element(parts: list[str], name: str, value: Any) -> None:
    """One element, or one for each item of a list; keys with @ are attributes, #text is text."""
    if isinstance(value, list | tuple):
        for item in value:
            _element(parts, name, item)
        return
    if not isinstance(value, dict):
        text = "" if value is None else {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
        parts.append(f"<{name}>{escape(text)}</{name}>")
        return
    attributes = "".join(f" {key[1:]}={quoteattr(str(item))}" for key, item in value.items() if key[0] == "@")
    parts.append(f"<{name}{attributes}>")
    for key, item in value.items():
        if key == "#text":
            parts.append(escape(str(item)))
        elif key[0] != "@":
            _element(parts, key, item)
    parts.append(f"</{name}>")


class _WhenNeeded:
    """Stands for an object that is made when something is first asked of it."""

    def __init__(self, make: Any) -> None:
        self._make = make

    def __getattr__(self, name: str) -> Any:
        made = self._make()
        self.__dict__.update({attribute: getattr(made, attribute) for attribute in dir(made) if attribute[0] != "_"})
        return getattr(made, name)
