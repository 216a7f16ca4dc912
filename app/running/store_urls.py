"""URLs of database and cache as a fleet's server finds them, encrypted on the way.

The proxy's certificate is of Amazon's public authority, so it is checked against the public ones that boto3 brings.
Instances and readers have certificates of RDS's own authority; with ``FLOODGATE_DATABASE_CA``, the file of its bundle,
they are checked as well, else the connection is encrypted without a check.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote, urlencode

from pydantic import BaseModel

from app.running.lookups import Lookups

CA = "FLOODGATE_DATABASE_CA"
# the name of the database that the stack makes
DATABASE = "floodgate"
CACHE_PORT = 6379


class _User(BaseModel):
    """What RDS writes into the secret that it keeps; the rest is not ours to read."""

    username: str
    password: str


def database(found: Lookups) -> tuple[str | None, str | None]:
    """The writer's URL and the readers', None for these where they are the writer."""
    if url := found.environment.get("DATABASE_URL"):
        return url, None
    host = found.text("FLOODGATE_DATABASE_HOST")
    readers = found.text("FLOODGATE_DATABASE_READER_HOST")
    port = found.number("FLOODGATE_DATABASE_PORT", least=1, most=65_535)
    user = found.json_secret("FLOODGATE_DATABASE_SECRET", _User)
    if user is None:
        return None, None
    authority = found.environment.get(CA)
    name = f"{quote(user.username, safe='')}:{quote(user.password, safe='')}"

    def url_of(machine: str) -> str:
        return f"postgresql://{name}@{machine}:{port}/{DATABASE}?{urlencode(_tls(machine, authority))}"

    return url_of(host), None if readers == host else url_of(readers)


def cache(found: Lookups) -> str | None:
    """The cache's URL."""
    if url := found.environment.get("VALKEY_URL"):
        return url
    host = found.text("FLOODGATE_CACHE_HOST")
    password = found.secret("FLOODGATE_CACHE_SECRET")
    return None if password is None else f"valkeys://:{quote(password, safe='')}@{host}:{CACHE_PORT}"


def _tls(host: str, authority: str | None) -> dict[str, str]:
    if ".proxy-" in host:
        return {"sslmode": "verify-full", "sslrootcert": str(_public_authorities())}
    if authority:
        return {"sslmode": "verify-full", "sslrootcert": authority}
    return {"sslmode": "require"}


def _public_authorities() -> Path:
    spec = find_spec("botocore")
    assert spec is not None, "it is installed, for the secrets were read with it"
    assert spec.origin is not None, "it is a package with files"
    return Path(spec.origin).with_name("cacert.pem")
