"""What the balancer listens to: TLS with a redirect, or plain HTTP; and whom it lets through."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.component import Component, Tags
from infra.network.flows import HTTP_PORT, HTTPS_PORT

# TLS 1.3 and 1.2 with forward secrecy:
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
ORIGIN_HEADER = "X-Origin-Verify"


@dataclass(frozen=True)
class ListenersArgs:
    """What the listeners join.

    Attributes:
        load_balancer_arn: The balancer.
        target_group_arn: Where requests go.
        certificate_arn: For TLS; None serves plain HTTP.
        secret: What the edge says in `X-Origin-Verify`; None lets everybody through.
        tags: The stack's tags.
    """

    load_balancer_arn: pulumi.Input[str]
    target_group_arn: pulumi.Input[str]
    certificate_arn: pulumi.Input[str] | None
    secret: pulumi.Output[str] | None
    tags: Tags


class Listeners(Component):
    """The listeners; `ready` resolves when requests find their way to the target group."""

    def __init__(self, name: str, args: ListenersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("balancer", name, args.tags, opts)
        self._args = args
        if args.certificate_arn is None:
            listener = self._listener("http", HTTP_PORT, "HTTP")
        else:
            listener = self._listener("https", HTTPS_PORT, "HTTPS")
            self._redirect()
        ways = [listener.arn]
        if args.secret is not None:
            ways.append(self._only_from_the_edge(listener, args.secret).arn)
        self.ready: pulumi.Output[list[str]] = pulumi.Output.all(*ways)
        self.register_outputs({"arn": listener.arn})

    def _listener(self, suffix: str, port: int, protocol: str) -> aws.lb.Listener:
        return aws.lb.Listener(
            self.named(suffix),
            load_balancer_arn=self._args.load_balancer_arn,
            port=port,
            protocol=protocol,
            certificate_arn=self._args.certificate_arn,
            ssl_policy=TLS_POLICY if protocol == "HTTPS" else None,
            default_actions=[self._forward() if self._args.secret is None else _refuse()],
            tags=self.tags(suffix),
            opts=self.child(),
        )

    def _redirect(self) -> None:
        aws.lb.Listener(
            self.named("redirect"),
            load_balancer_arn=self._args.load_balancer_arn,
            port=HTTP_PORT,
            protocol="HTTP",
            default_actions=[
                aws.lb.ListenerDefaultActionArgs(
                    type="redirect",
                    redirect=aws.lb.ListenerDefaultActionRedirectArgs(
                        port=str(HTTPS_PORT), protocol="HTTPS", status_code="HTTP_301"
                    ),
                )
            ],
            tags=self.tags("redirect"),
            opts=self.child(),
        )

    def _forward(self) -> aws.lb.ListenerDefaultActionArgs:
        return aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=self._args.target_group_arn)

    def _only_from_the_edge(self, listener: aws.lb.Listener, secret: pulumi.Output[str]) -> aws.lb.ListenerRule:
        # the prefix list keeps out all but CloudFront, the secret keeps out everybody else's CloudFront
        return aws.lb.ListenerRule(
            self.named("from-edge"),
            listener_arn=listener.arn,
            priority=1,
            conditions=[
                aws.lb.ListenerRuleConditionArgs(
                    http_header=aws.lb.ListenerRuleConditionHttpHeaderArgs(
                        http_header_name=ORIGIN_HEADER, values=[secret]
                    )
                )
            ],
            actions=[aws.lb.ListenerRuleActionArgs(type="forward", target_group_arn=self._args.target_group_arn)],
            tags=self.tags("from-edge"),
            opts=self.child(),
        )


def _refuse() -> aws.lb.ListenerDefaultActionArgs:
    return aws.lb.ListenerDefaultActionArgs(
        type="fixed-response",
        fixed_response=aws.lb.ListenerDefaultActionFixedResponseArgs(
            status_code="403", content_type="text/plain", message_body="Please come in by the front door."
        ),
    )
