"""Flow logs: how their files are written is kept."""

from __future__ import annotations

from typing import Any

from moto.ec2.responses.flow_logs import FlowLogs

from floodgate.offline.repairs.patching import patch

# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DestinationOptionsRequest.html
_PLAIN = {"FileFormat": "plain-text", "HiveCompatiblePartitions": False, "PerHourPartition": False}


@patch(FlowLogs, "create_flow_logs")
def with_their_options(self: Any) -> Any:
    """Moto forgets the format and the partitions of the files."""
    result = with_their_options.original(self)
    options = self._get_params().get("DestinationOptions")
    if options is not None:
        for id_ in result.result["FlowLogIds"]:
            self.ec2_backend.flow_logs[id_].destination_options = {**_PLAIN, **options}
    return result
