"""The balancer as AWS holds it: who is let in, by which TLS, with what held ready, and what is recorded."""

import json

ONLY_MODERN = {"TLSv1.2", "TLSv1.3"}


def parts(stack):
    """The load balancer and its listeners by port."""
    client = stack.world.session.client("elbv2")
    (balancer,) = client.describe_load_balancers()["LoadBalancers"]
    listeners = client.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    return client, balancer, {listener["Port"]: listener for listener in listeners}


def attributes(stack):
    client, balancer, _ = parts(stack)
    found = client.describe_load_balancer_attributes(LoadBalancerArn=balancer["LoadBalancerArn"])["Attributes"]
    return {attribute["Key"]: attribute["Value"] for attribute in found}


def target_group(stack):
    client, _, _ = parts(stack)
    (group,) = client.describe_target_groups()["TargetGroups"]
    found = client.describe_target_group_attributes(TargetGroupArn=group["TargetGroupArn"])["Attributes"]
    return group, {attribute["Key"]: attribute["Value"] for attribute in found}


def conditional(stack):
    client, _, listeners = parts(stack)
    rules = client.describe_rules(ListenerArn=listeners[443]["ListenerArn"])["Rules"]
    return [rule for rule in rules if not rule["IsDefault"]]


def test_only_modern_tls_is_spoken(opening, july):
    for stack in (opening, july):
        client, _, listeners = parts(stack)
        (policy,) = client.describe_ssl_policies(Names=[listeners[443]["SslPolicy"]])["SslPolicies"]
        assert set(policy["SslProtocols"]) == ONLY_MODERN


def test_plain_http_is_sent_on_to_tls(opening, july):
    for stack in (opening, july):
        (action,) = parts(stack)[2][80]["DefaultActions"]
        assert action["Type"] == "redirect"
        sent = action["RedirectConfig"]
        assert (sent["Protocol"], sent["Port"], sent["StatusCode"]) == ("HTTPS", "443", "HTTP_301")


def test_the_certificate_is_of_the_name_that_the_edge_calls(opening):
    (certificate,) = parts(opening)[2][443]["Certificates"]
    acm = opening.world.session.client("acm")
    told = acm.describe_certificate(CertificateArn=certificate["CertificateArn"])["Certificate"]
    assert told["DomainName"] == "origin.open.example.org"


def test_the_name_leads_to_the_balancer(opening):
    _, balancer, _ = parts(opening)
    route53 = opening.world.session.client("route53")
    (zone,) = route53.list_hosted_zones()["HostedZones"]
    records = route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    aliases = {
        record["Name"].rstrip("."): record["AliasTarget"]["DNSName"] for record in records if "AliasTarget" in record
    }
    assert aliases["origin.open.example.org"].rstrip(".") == balancer["DNSName"]


def doors_without_secret(stack):
    """Ways to the servers for whoever does not know the edge's secret, as listener ports and rule priorities."""
    client, _, listeners = parts(stack)
    return [
        (port, rule["Priority"])
        for port, listener in listeners.items()
        for rule in client.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
        if any(action["Type"] == "forward" for action in rule["Actions"])
        and not any("HttpHeaderConfig" in condition for condition in rule["Conditions"])
    ]


def test_behind_the_edge_whoever_does_not_know_the_secret_is_refused(opening):
    assert not doors_without_secret(opening)
    (action,) = parts(opening)[2][443]["DefaultActions"]
    assert (action["Type"], action["FixedResponseConfig"]["StatusCode"]) == ("fixed-response", "403")


def test_a_door_without_the_secret_would_be_seen(floodgate_stack):
    opening = floodgate_stack("opening", seed=1)
    client, _, listeners = parts(opening)
    group, _ = target_group(opening)
    forward = {"Type": "forward", "TargetGroupArn": group["TargetGroupArn"]}
    client.modify_listener(ListenerArn=listeners[443]["ListenerArn"], DefaultActions=[forward])
    assert doors_without_secret(opening) == [(443, "default")]


def test_the_secret_that_opens_the_door_is_the_one_the_edge_says(opening):
    (rule,) = conditional(opening)
    (condition,) = rule["Conditions"]
    header = condition["HttpHeaderConfig"]
    (summary,) = opening.world.session.client("cloudfront").list_distributions()["DistributionList"]["Items"]
    (said,) = [
        (item["HeaderName"], item["HeaderValue"])
        for origin in summary["Origins"]["Items"]
        for item in origin.get("CustomHeaders", {}).get("Items", [])
    ]
    assert (header["HttpHeaderName"], header["Values"]) == (said[0], [said[1]])
    assert len(said[1]) == 64, "nobody guesses it"
    assert [action["Type"] for action in rule["Actions"]] == ["forward"]


def test_the_secret_is_no_plain_output_of_any_kind(opening):
    (rule,) = conditional(opening)
    (secret,) = rule["Conditions"][0]["HttpHeaderConfig"]["Values"]
    assert secret not in json.dumps(dict(opening.outputs), default=str)


def test_without_the_edge_everybody_is_let_in(july, dev):
    assert not conditional(july)
    assert parts(july)[2][443]["DefaultActions"][0]["Type"] == "forward"
    assert set(parts(dev)[2]) == {80}
    assert parts(dev)[2][80]["DefaultActions"][0]["Type"] == "forward"


def test_malformed_requests_are_dropped_and_the_balancer_stays(opening):
    kept = attributes(opening)
    assert kept["routing.http.drop_invalid_header_fields.enabled"] == "true"
    assert kept["routing.http.desync_mitigation_mode"] == "defensive"
    assert kept["deletion_protection.enabled"] == "true"


def test_development_can_be_taken_down(dev):
    assert attributes(dev)["deletion_protection.enabled"] == "false"


def test_capacity_for_the_largest_fleet_is_reserved(opening):
    client, balancer, _ = parts(opening)
    told = client.describe_capacity_reservation(LoadBalancerArn=balancer["LoadBalancerArn"])
    # 90 servers at 12 journeys/s, 3 connections each, 25 new connections/s in a unit, a half more
    assert told["MinimumLoadBalancerCapacity"]["CapacityUnits"] >= 90 * 12 * 3 / 25 * 1.5


def test_a_plan_without_reservation_has_none(july):
    client, balancer, _ = parts(july)
    told = client.describe_capacity_reservation(LoadBalancerArn=balancer["LoadBalancerArn"])
    assert not told.get("MinimumLoadBalancerCapacity", {}).get("CapacityUnits")


def test_servers_are_checked_and_warmed_before_they_get_their_share(opening):
    group, kept = target_group(opening)
    assert (group["HealthCheckPath"], group["Matcher"]["HttpCode"]) == ("/healthz", "200")
    assert kept["slow_start.duration_seconds"] == "30"
    assert kept["deregistration_delay.timeout_seconds"] == "60"
    assert kept["load_balancing.algorithm.type"] == "round_robin"


def test_every_request_is_recorded_in_a_bucket_that_only_the_balancer_writes(opening):
    kept = attributes(opening)
    assert kept["access_logs.s3.enabled"] == "true"
    policy = json.loads(
        opening.world.session.client("s3").get_bucket_policy(Bucket=kept["access_logs.s3.bucket"])["Policy"]
    )
    allowed = [statement for statement in policy["Statement"] if statement["Effect"] == "Allow"]
    assert [statement["Principal"] for statement in allowed] == [
        {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    ]
    assert [statement["Action"] for statement in allowed] == ["s3:PutObject"]
    assert f"/{kept['access_logs.s3.prefix']}/AWSLogs/" in allowed[0]["Resource"]
