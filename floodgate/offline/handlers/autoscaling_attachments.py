"""Amazon EC2 Auto Scaling: what is said of a group that is made elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from botocore.exceptions import ClientError

from floodgate.offline.handlers.autoscaling import tag_of
from floodgate.offline.handlers.base import Aws, Change, Gone, Props, Resource, is_gone, resource
from floodgate.offline.handlers.declared import unique, without
from floodgate.offline.handlers.requests import request
from floodgate.offline.handlers.shapes import lower_first


class AttachedToGroup(Resource):
    """Something that is said of a group and has no life of its own."""

    def attach(self, client: Any, props: Props) -> str:
        """Say it, and return the id."""
        raise NotImplementedError

    def found(self, client: Any, id_: str, props: Props) -> dict[str, Any]:
        """The inputs as AWS tells them; Gone where it is no longer said."""
        raise NotImplementedError

    def detach(self, client: Any, id_: str, props: Props) -> None:
        """Unsay it."""
        raise NotImplementedError

    def create(self, aws: Aws, props: Props) -> str:
        """Say it of the group."""
        return self.attach(aws.client("autoscaling"), props)

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Nothing beyond the inputs."""
        return {}

    def observe(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """What AWS says of the group now."""
        return self.found(aws.client("autoscaling"), id_, props)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Unsay it, if it is said still."""
        client = aws.client("autoscaling")
        try:
            self.found(client, id_, props)
            self.detach(client, id_, props)
        except Gone:
            return
        except ClientError as error:
            if not is_gone(error):
                raise


def _group(client: Any, name: str) -> dict[str, Any]:
    groups = client.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
    if not groups:
        raise Gone(f"group {name} does not exist")
    return groups[0]


@resource("aws:autoscaling/attachment:Attachment")
class Attachment(AttachedToGroup):
    """A target group or classic balancer of a group."""

    def attach(self, client: Any, props: Props) -> str:
        """The id is one that the provider makes up."""
        group, noun, what = self._said(props)
        getattr(client, f"attach_{noun}")(AutoScalingGroupName=group, **what)
        return f"{group}-{unique()}"

    def found(self, client: Any, id_: str, props: Props) -> dict[str, Any]:
        """Nothing but that it is there: every property is part of what it is."""
        name, _, what = self._said(props)
        (member, wanted), group = next(iter(what.items())), _group(client, name)
        if wanted[0] not in group.get(member, []):
            raise Gone(f"{wanted[0]} is not attached to group {name}")
        return {}

    def detach(self, client: Any, id_: str, props: Props) -> None:
        """Take the instances from it."""
        group, noun, what = self._said(props)
        getattr(client, f"detach_{noun}")(AutoScalingGroupName=group, **what)

    @staticmethod
    def _said(props: Props) -> tuple[str, str, dict[str, list[str]]]:
        """The group, what AWS calls such an attachment, and its parameter."""
        group = props["autoscalingGroupName"]
        if "lbTargetGroupArn" in props:
            return group, "load_balancer_target_groups", {"TargetGroupARNs": [props["lbTargetGroupArn"]]}
        return group, "load_balancers", {"LoadBalancerNames": [props["elb"]]}


@resource("aws:autoscaling/trafficSourceAttachment:TrafficSourceAttachment")
class TrafficSourceAttachment(AttachedToGroup):
    """A traffic source of a group."""

    def attach(self, client: Any, props: Props) -> str:
        """The id names group, type and source."""
        source = props["trafficSource"]
        client.attach_traffic_sources(**self._said(client, "attach_traffic_sources", props))
        return ",".join([props["autoscalingGroupName"], source["type"], source["identifier"]])

    def found(self, client: Any, id_: str, props: Props) -> dict[str, Any]:
        """What the id says, if it is still there."""
        group, kind, identifier = id_.split(",", 2)
        source = {"type": kind, "identifier": identifier}
        asked = {"AutoScalingGroupName": group, "TrafficSourceType": source["type"]}
        there = client.describe_traffic_sources(**asked)["TrafficSources"]
        if source["identifier"] not in [each["Identifier"] for each in there]:
            raise Gone(f"{identifier} is not attached to group {group}")
        return {"autoscalingGroupName": group, "trafficSource": source}

    def detach(self, client: Any, id_: str, props: Props) -> None:
        """Take the instances from it."""
        client.detach_traffic_sources(**self._said(client, "detach_traffic_sources", props))

    @staticmethod
    def _said(client: Any, call: str, props: Props) -> dict[str, Any]:
        return request(client, call, {**props, "trafficSources": [props["trafficSource"]]})


@resource("aws:autoscaling/notification:Notification")
class Notification(AttachedToGroup):
    """A topic that is told what happens to some groups; its id is the topic."""

    def attach(self, client: Any, props: Props) -> str:
        """One configuration for each group; where one of them fails, none is left."""
        told: list[str] = []
        try:
            for group in props["groupNames"]:
                self._tell(client, [group], props["topicArn"], props["notifications"])
                told.append(group)
        except Exception:
            self._forget(client, told, props["topicArn"])
            raise
        return props["topicArn"]

    def found(self, client: Any, id_: str, props: Props) -> dict[str, Any]:
        """The groups whose events reach the topic, and which events these are."""
        pages = client.get_paginator("describe_notification_configurations").paginate()
        said = [each for page in pages for each in page["NotificationConfigurations"] if each["TopicARN"] == id_]
        if not said:
            raise Gone(f"no group tells {id_} anything")
        return {
            "topicArn": id_,
            "groupNames": sorted({each["AutoScalingGroupName"] for each in said}),
            "notifications": sorted({each["NotificationType"] for each in said}),
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """All groups are told anew where the events differ, otherwise only the new ones."""
        client, topic = aws.client("autoscaling"), change.new["topicArn"]
        old, new = change.old["groupNames"], change.new["groupNames"]
        self._forget(client, (group for group in old if group not in new), topic)
        changed = new if change.touches("notifications") else [group for group in new if group not in old]
        self._tell(client, changed, topic, change.new["notifications"])

    def detach(self, client: Any, id_: str, props: Props) -> None:
        """No group tells the topic anything."""
        self._forget(client, self.found(client, id_, props)["groupNames"], id_)

    @staticmethod
    def _tell(client: Any, groups: Iterable[str], topic: str, events: list[str]) -> None:
        for group in groups:
            client.put_notification_configuration(AutoScalingGroupName=group, TopicARN=topic, NotificationTypes=events)

    @staticmethod
    def _forget(client: Any, groups: Iterable[str], topic: str) -> None:
        for group in groups:
            client.delete_notification_configuration(AutoScalingGroupName=group, TopicARN=topic)


@resource("aws:autoscaling/tag:Tag")
class Tag(AttachedToGroup):
    """One tag of a group that is made elsewhere."""

    def attach(self, client: Any, props: Props) -> str:
        """The id names group and key."""
        group, tag = props["autoscalingGroupName"], props["tag"]
        client.create_or_update_tags(Tags=[tag_of(tag, group)])
        return f"{group},{tag['key']}"

    def found(self, client: Any, id_: str, props: Props) -> dict[str, Any]:
        """The tag's value, and whether instances get it."""
        group, _, key = id_.partition(",")
        wanted = [{"Name": "auto-scaling-group", "Values": [group]}, {"Name": "key", "Values": [key]}]
        tags = client.describe_tags(Filters=wanted)["Tags"]
        if not tags:
            raise Gone(f"group {group} has no tag {key}")
        told = {lower_first(name): tags[0][name] for name in ("Key", "Value", "PropagateAtLaunch")}
        return {"autoscalingGroupName": group, "tag": told}

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Another value under the same key."""
        self.attach(aws.client("autoscaling"), change.new)

    def detach(self, client: Any, id_: str, props: Props) -> None:
        """Take the tag away."""
        tag = tag_of(props["tag"], props["autoscalingGroupName"])
        client.delete_tags(Tags=[without(tag, ("Value", "PropagateAtLaunch"))])
