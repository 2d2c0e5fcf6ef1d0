"""A browser on its way in by the pages, with the ways on that every stranger is shown."""

import html
import json
import re
from typing import Any

from tests.support.houses import House
from tests.support.web_client import Answer, Client

# As the page shows them: what needs no more words first.
WAYS = (
    "typed",
    "passkey",
    "push",
    "password",
    "totp",
    "recovery_code",
    "sms_code",
    "voice_code",
    "email_code",
)


class Page:
    """One flow of a browser that nobody knows, or of `client`."""

    def __init__(self, house: House, name: str, client: Client | None = None) -> None:
        """Type a name, and ask for the other ways."""
        self.client = client or house.client("198.18.1.1")
        self.sent = self.client.submit("/sign-in", {"name": name, "way": "other"})
        self.ways = str(self.sent.header("Location"))
        self.path = self.ways.replace("/ways", "/code")

    def chooses(self, kind: str, **fields: str) -> Answer:
        """Press a kind's button."""
        options = re.findall(r'name="option" value="(\w+)"', self.client.get(self.ways).text)
        way, option = self.ways.replace("/ways", "/way"), options[WAYS.index(kind)]
        return self.client.submit(way, {"option": option, **fields}, self.ways)

    def opens(self, kind: str, **fields: str) -> Answer:
        """Press a kind's button; the page that it leads to."""
        chosen = self.chooses(kind, **fields)
        assert (303, self.path) == (chosen.status, chosen.header("Location")), chosen.text
        return self.client.get(self.path)

    def gives(self, **fields: str) -> Answer:
        """Send the form of the page."""
        return self.client.submit(self.path, fields, self.path)

    def session(self) -> Any:
        """What the session of the browser claims."""
        return session_of(self.client, self.client.jar["sekisho_session"])


def session_of(client: Client, token: str) -> Any:
    """What a session claims, or what its token is told."""
    return client.get("/api/v1/session", {"Authorization": f"Bearer {token}"}).json


def asked(page: Answer) -> Any:
    """What a page asks a browser that has a passkey."""
    found = re.search(r'data-options="([^"]*)"', page.text)
    assert found is not None
    return json.loads(html.unescape(found[1]))


def number_of(page: Answer) -> str:
    """The number to type on the phone."""
    found = re.search(r'class="number".*?</p>', page.text)
    assert found is not None
    return "".join(re.findall(r"<span>(\d)</span>", found[0]))
