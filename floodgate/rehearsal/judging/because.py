"""What limited a second, in plain words with its figures."""

from __future__ import annotations

from collections.abc import Callable

from floodgate.rehearsal.outcome import Limit, Outcome
from floodgate.rehearsal.wording import count, fullness, percent, rate


def because(outcome: Outcome, limit: Limit, second: int) -> str:
    """Why that second went as it did, e.g. "the balancer was full (it takes 1,250 requests a second, 48,000 came)"."""
    return _REASONS[limit](lambda name: float(outcome.series[name][second]))


Look = Callable[[str], float]
# below this nobody would call servers full
NEARLY_FULL = 0.9


def _balancer(look: Look) -> str:
    came, load = look("requests"), look("load_balancer")
    takes = f"it takes {rate(came / load)} requests a second and {rate(came)} came" if load > 1 else fullness(load)
    return f"the balancer was full ({takes})"


def _fleet(look: Look) -> str:
    if look("lost"):
        return f"{percent(look('lost'))} of the requests went to servers that answered nothing"
    if look("receiving") < look("in_service") and look("load_fleet") >= NEARLY_FULL:
        most = f"only {count(look('receiving'))} of {count(look('in_service'))} got requests"
        return f"the servers were full ({most}, since the others failed the balancer's health check)"
    if look("in_service") >= look("wanted"):
        took = fullness(look("load_fleet"))
        if look("load_fleet") < NEARLY_FULL and look("waiting") >= 1:
            return f"people were let in as fast as is declared for {count(look('in_service'))} servers ({took})"
        return f"the servers were full ({count(look('in_service'))} in service, {took})"
    most = f"at most {count(look('max_size'))} are allowed, " if look("in_service") >= look("max_size") else ""
    return f"the servers were full ({most}{count(look('in_service'))} in service and {count(look('wanted'))} needed)"


def _launch_rate(look: Look) -> str:
    return (
        f"servers could not start fast enough ({count(look('in_service'))} in service, {count(look('launching'))} "
        f"starting and {count(look('wanted'))} needed)"
    )


def _database(look: Look) -> str:
    if look("load_connections") > look("load_database"):
        return f"the database had no connection left (its connections were {fullness(look('load_connections'))})"
    return f"the database was busy ({fullness(look('load_database'))})"


def _quota(look: Look) -> str:
    return (
        f"the account's vCPU quota allowed no more servers ({count(look('in_service'))} in service and "
        f"{count(look('wanted'))} needed)"
    )


def _no_capacity(look: Look) -> str:
    return (
        f"EC2 had no more servers to give ({count(look('in_service'))} in service and {count(look('wanted'))} needed)"
    )


def _addresses(look: Look) -> str:
    return (
        f"the subnets had no address left for more servers ({count(look('in_service'))} in service and "
        f"{count(look('wanted'))} needed)"
    )


def _identity(_: Look) -> str:
    return "the identity providers took no more checks"


def _waiting_room(look: Look) -> str:
    return f"the waiting room let no more people in ({count(look('inside'))} inside, {count(look('waiting'))} waiting)"


def _none(look: Look) -> str:
    return f"nothing was full ({count(look('in_service'))} servers in service, {count(look('waiting'))} people waiting)"


_REASONS: dict[Limit, Callable[[Look], str]] = {
    "none": _none,
    "fleet": _fleet,
    "launch rate": _launch_rate,
    "balancer": _balancer,
    "database": _database,
    "quota": _quota,
    "identity": _identity,
    "waiting room": _waiting_room,
    "no capacity": _no_capacity,
    "addresses": _addresses,
}
