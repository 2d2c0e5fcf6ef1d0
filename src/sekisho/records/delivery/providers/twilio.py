"""Twilio and gateways that speak like it: SMS by `Messages.json`, calls by `Calls.json`.

`twilio://SID:TOKEN@api.twilio.com?from=+15551234567`, or `service=MG…` for a messaging service.
"""

import re
from base64 import b64encode
from datetime import timedelta
from urllib.parse import quote, urlencode

import msgspec

from sekisho.ground import phones
from sekisho.records.delivery.providers.gateway import PATIENCE, judge
from sekisho.records.delivery.providers.gateway_url import parse
from sekisho.records.delivery.providers.http_line import Answer, HttpLine
from sekisho.records.delivery.rules import Accepted, Deferred, Draft, Rejected

OPTIONS = frozenset({"from", "service"})
_VERSION = "2010-04-01"
_SID = re.compile(r"[A-Za-z0-9_-]{2,64}")


class _Said(msgspec.Struct):
    """What is read of an answer: never its `message`, which names the number."""

    sid: str = ""
    code: int | None = None


_read = msgspec.json.Decoder(_Said).decode


class Twilio:
    """A class because it holds the connections."""

    is_idempotent = False

    def __init__(self, url: str, callback: str | None = None) -> None:
        """Read the URL; ValueError says what is wrong. `callback` is where results are told."""
        where = parse(url, OPTIONS)
        self.name = where.name
        self._sender = where.options.get("from", "")
        self._service = where.options.get("service", "")
        if not where.user or not where.secret:
            raise ValueError("account or token is missing: write twilio://SID:TOKEN@HOST")
        if not (phones.is_e164(self._sender) or (self._service and not self._sender)):
            raise ValueError("write from= with your number, such as +15551234567, or service=")
        login = b64encode(f"{where.user}:{where.secret}".encode()).decode()
        self._headers = {
            "Authorization": f"Basic {login}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self._account = quote(where.user, safe="")
        self._callback = callback
        self._line = HttpLine(where.base, where.ca_file)

    def send(self, draft: Draft, within: timedelta = PATIENCE) -> Accepted | Deferred | Rejected:
        """Hand over an SMS or a call."""
        if not phones.is_e164(draft.to):
            return Rejected("this number cannot be written to")
        is_call = draft.channel == "voice"
        form = self._call(draft) if is_call else self._message(draft)
        if self._callback is not None:
            form["StatusCallback"] = f"{self._callback}/{draft.id}"
        what = "Calls" if is_call else "Messages"
        answer = self._line.post(
            f"/{_VERSION}/Accounts/{self._account}/{what}.json",
            urlencode(form).encode(),
            self._headers,
            within,
        )
        return judge(self.name, answer, _said(answer) if isinstance(answer, Answer) else "")

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def _message(self, draft: Draft) -> dict[str, str]:
        sender = {"From": self._sender} if self._sender else {"MessagingServiceSid": self._service}
        return {"To": draft.to, **sender, "Body": draft.text}

    def _call(self, draft: Draft) -> dict[str, str]:
        return {"To": draft.to, "From": self._sender, "Twiml": draft.raw.decode()}


def _said(answer: Answer) -> str:
    try:
        said = _read(answer.body)
    except msgspec.DecodeError:
        return ""
    if said.code is not None:
        return f"error {said.code}"
    return said.sid if _SID.fullmatch(said.sid) else ""
