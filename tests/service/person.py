"""Somebody with a browser, as far as HTTP goes: cookies are kept, answers are read, nothing is computed."""

import http.client
import json
import secrets
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

CONTACT = {"phone": "010-2345-6789", "email": "person@example.org"}


@dataclass
class Reply:
    """One answer."""

    status: int
    headers: dict
    content: bytes

    @property
    def json(self):
        return json.loads(self.content)

    @property
    def code(self):
        """The problem's code; None for a success."""
        return self.json["type"].rpartition("/")[2] if self.status >= 400 else None


class Person:
    """One device of one person."""

    def __init__(self, service, device=None):
        self.url = service.url
        self.device = device or secrets.token_urlsafe(16)
        self.cookies = {}
        self.receipt = None

    def copy(self):
        """The same browser once more, to try something that the first one shall not feel."""
        other = Person(self, self.device)
        other.cookies, other.receipt = dict(self.cookies), self.receipt
        return other

    def ask(self, method, path, body=None, headers=None, *, key=None, raw=None):
        """One request on a connection of its own."""
        place = urlsplit(self.url)
        sent = dict(headers or {})
        if self.cookies:
            sent.setdefault("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if body is not None or raw is not None:
            sent.setdefault("Content-Type", "application/json")
        if key is not None:
            sent["Idempotency-Key"] = key
        content = raw if raw is not None else None if body is None else json.dumps(body).encode()
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=20)
        try:
            connection.request(method, path, content, sent)
            answer = connection.getresponse()
            reply = Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                self._keep(value)
        return reply

    def _keep(self, text):
        for name, cookie in SimpleCookie(text).items():
            self.cookies.pop(name, None)
            if cookie["max-age"] != "0":
                self.cookies[name] = cookie.value

    def get(self, path, **options):
        return self.ask("GET", path, **options)

    def post(self, path, body=None, **options):
        return self.ask("POST", path, body, **options)

    def change(self, method, path, body=None, *, key=None, **options):
        """A request that changes something, with a new idempotency key where none is given."""
        return self.ask(method, path, body, key=secrets.token_hex(8) if key is None else key, **options)

    def join(self, **more):
        return self.post("/queue/join", {"device": self.device, **more})

    def enter(self):
        return self.post("/queue/enter")

    def prove(self, name="홍길동", born="1988-05-17", phone="010-2345-6789", provider="bank"):
        body = {"provider": provider, "name": name, "birth_date": born, "phone": phone}
        return self.post("/api/identity/checks", body)

    def hold(self, key=None, **choice):
        return self.change("POST", "/api/holds", choice, key=key)

    def confirm(self, hold_id, key=None):
        reply = self.change("POST", "/api/bookings", {"hold_id": hold_id, "contact": CONTACT}, key=key)
        if reply.status == 201:
            self.receipt = reply.json["receipt"]
        return reply

    def with_receipt(self, method, path, body=None, **options):
        return self.change(method, path, body, headers={"Floodgate-Receipt": self.receipt}, **options)
