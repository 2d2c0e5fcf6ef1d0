"""A webhook of the operator's own: signed JSON as in Standard Webhooks 1.0, for any other gateway.

`webhook://sms.example.com/send?secret=whsec_…`. The `webhook-id` is the message's id and the same
for each of its tries, so a receiver that remembers it sends nothing twice.
"""

from datetime import timedelta

import msgspec

from sekisho.records.delivery import signing
from sekisho.records.delivery.providers.gateway import PATIENCE, judge
from sekisho.records.delivery.providers.gateway_url import parse
from sekisho.records.delivery.providers.http_line import HttpLine
from sekisho.records.delivery.rules import Accepted, Deferred, Draft, Rejected

OPTIONS = frozenset({"secret"})
TYPE = "message.send"


class Data(msgspec.Struct, frozen=True):
    """The message: for `voice`, `twiml` is what the call says."""

    id: str
    channel: str
    kind: str
    to: str
    text: str
    language: str
    code: str | None
    label: str | None
    twiml: str | None

    def __repr__(self) -> str:
        """Name nothing that is secret."""
        return f"Data({self.id})"


class Payload(msgspec.Struct, frozen=True):
    """The body of a webhook (Standard Webhooks, "Payload structure")."""

    type: str
    timestamp: str
    data: Data


class Webhook:
    """A class because it holds the connections."""

    is_idempotent = True

    def __init__(self, url: str) -> None:
        """Read the URL; ValueError says what is wrong."""
        where = parse(url, OPTIONS)
        self.name = where.name
        self._secret = signing.read_secret(where.options.get("secret", ""))
        self._line = HttpLine(where.base, where.ca_file)

    def send(self, draft: Draft, within: timedelta = PATIENCE) -> Accepted | Deferred | Rejected:
        """Hand over any message."""
        body = msgspec.json.encode(_payload(draft))
        headers = {
            "Content-Type": "application/json",
            **signing.sign(self._secret, draft.id, draft.at, body),
        }
        return judge(self.name, self._line.post("", body, headers, within))

    def close(self) -> None:
        """Hang up."""
        self._line.close()


def _payload(draft: Draft) -> Payload:
    return Payload(
        type=TYPE,
        timestamp=draft.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        data=Data(
            id=draft.id,
            channel=draft.channel,
            kind=draft.kind,
            to=draft.to,
            text=draft.text,
            language=draft.language,
            code=draft.code,
            label=draft.label,
            twiml=draft.raw.decode() if draft.channel == "voice" else None,
        ),
    )
