"""The list of permitted paths, walked as a graph; that AWS holds the same rules is shown in `tests/infra`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.network.flows import OUTSIDE, TIERS, flows

SHAPES = [(True, False), (False, False), (False, True)]
shapes = st.sampled_from(SHAPES)


def of(edge, plain_http, app_port=8080):
    return flows(app_port=app_port, edge=edge, plain_http=plain_http)


@given(shape=shapes, app_port=st.integers(1024, 65535))
def test_from_outside_only_the_balancer_is_reached(shape, app_port):
    targets = {flow.target for flow in of(*shape, app_port) if flow.source in OUTSIDE}
    assert targets == {"balancer"}


@given(shape=shapes)
def test_the_data_tier_is_called_by_servers_and_proxy_alone(shape):
    assert {flow.source for flow in of(*shape) if flow.target == "data"} == {"app", "proxy"}
    assert {flow.source for flow in of(*shape) if flow.target == "cache"} == {"app"}


@given(shape=shapes)
def test_neither_database_nor_cache_calls_anybody(shape):
    assert not [flow for flow in of(*shape) if flow.source in ("data", "cache", "endpoints")]


def test_with_the_edge_nobody_but_cloudfront_comes_in_and_only_by_tls():
    arriving = {(flow.source, flow.port) for flow in of(edge=True, plain_http=False) if flow.target == "balancer"}
    assert arriving == {("edge", 443)}


def test_without_the_edge_plain_http_is_open_for_the_redirect():
    arriving = {(flow.source, flow.port) for flow in of(edge=False, plain_http=False) if flow.target == "balancer"}
    assert arriving == {("world", 443), ("world", 80)}


def test_in_development_only_plain_http_is_open():
    arriving = {(flow.source, flow.port) for flow in of(edge=False, plain_http=True) if flow.target == "balancer"}
    assert arriving == {("world", 80)}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_path_has_a_name_of_its_own(shape):
    names = [flow.name for flow in of(*shape)]
    assert len(names) == len(set(names))
    assert {flow.source for flow in of(*shape)} | {flow.target for flow in of(*shape)} <= {*TIERS, *OUTSIDE}
