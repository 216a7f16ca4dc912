"""Which requests count as sent by our own pages, row by row as Go's `http.CrossOriginProtection` decides them."""

import pytest

from app.errors import NotAllowed
from app.web.csrf import refuse_cross_site

# the rows of Go's own test, https://github.com/golang/go/blob/go1.25.0/src/net/http/csrf_test.go
ROWS = [
    ("POST", "same-origin", "", True),
    ("POST", "none", "", True),
    ("POST", "cross-site", "", False),
    ("POST", "same-site", "", False),
    ("POST", "", "", True),
    ("POST", "", "https://example.com", True),
    ("POST", "", "https://attacker.example", False),
    ("POST", "", "null", False),
    ("GET", "cross-site", "", True),
    ("HEAD", "cross-site", "", True),
    ("OPTIONS", "cross-site", "", True),
    ("PUT", "cross-site", "", False),
    ("DELETE", "cross-site", "", False),
    ("POST", "cross-site", "https://example.com", False),
    ("POST", "", "https://[broken", False),
    ("POST", "", "https://example.com:8443", False),
]


@pytest.mark.parametrize(("method", "site", "origin", "passes"), ROWS)
def test_a_request_passes_as_in_go(method, site, origin, passes):
    headers = {"host": "example.com"}
    headers |= {"sec-fetch-site": site} if site else {}
    headers |= {"origin": origin} if origin else {}
    if passes:
        refuse_cross_site(method, headers)
    else:
        with pytest.raises(NotAllowed) as refused:
            refuse_cross_site(method, headers)
        assert refused.value.code == "cross-site"
