"""What an EC2 instance knows of itself: the instance metadata service, version 2.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.error import URLError
from urllib.request import Request, urlopen

# the variable by which AWS's own programs are told of another address
ADDRESS_VARIABLE = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
ADDRESS = "http://169.254.169.254"
TOKEN_LIVES_S = 60
# the service is on the machine's own link
TIMEOUT_S = 2.0


class Metadata:
    """Asks with one token.

    Args:
        environment: may name another address.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._address = environment.get(ADDRESS_VARIABLE, ADDRESS).rstrip("/")
        self._token = ""

    def ask(self, what: str) -> str | None:
        """One value, such as ``instance-id``; None where nobody answers, which is so outside of EC2."""
        try:
            if not self._token:
                lives = {"X-aws-ec2-metadata-token-ttl-seconds": str(TOKEN_LIVES_S)}
                self._token = self._fetch("PUT", "api/token", lives)
            return self._fetch("GET", f"meta-data/{what}", {"X-aws-ec2-metadata-token": self._token})
        except (URLError, OSError):
            return None

    def _fetch(self, method: str, path: str, headers: Mapping[str, str]) -> str:
        url = f"{self._address}/latest/{path}"
        request = Request(url, headers=dict(headers), method=method)  # noqa: S310  http by the service's definition
        with urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310  the same
            return answer.read(4096).decode()
