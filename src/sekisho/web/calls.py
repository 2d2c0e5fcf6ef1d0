"""One request as endpoints see it: values only, read and checked by routing."""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec.structs import replace

from sekisho.ground import ids, words
from sekisho.ground.showing import shown
from sekisho.ground.visitor import Visitor


class Call(msgspec.Struct, frozen=True):
    """A request: who asks, what for, and what came with it. Secrets stay out of its repr.

    `headers` are the few that callbacks are signed by, with lower-case names.
    """

    visitor: Visitor
    method: str
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    host: str
    request: int
    now: datetime
    body: bytes
    form: Mapping[str, str]
    cookies: Mapping[str, str]
    flow_secret: str
    bearer: str
    form_token: str
    origin: str
    is_own_form: bool
    theme: str
    headers: Mapping[str, str] = {}

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(
            self, "body", "form", "cookies", "flow_secret", "bearer", "form_token", "headers"
        )

    def spoken_in(self, language: str | None, zone: str | None) -> Visitor:
        """Return the visitor with the language and time zone that a program asked for."""
        return replace(
            self.visitor,
            language=words.choose(language or self.visitor.language),
            zone=words.zone_named(zone or "") or self.visitor.zone,
        )

    @property
    def request_id(self) -> str:
        """Return the id that logs and problems name this request by."""
        return ids.show("req", self.request)

    @property
    def is_write(self) -> bool:
        """Say whether the request may change something."""
        return self.method not in ("GET", "HEAD")

    @property
    def session_token(self) -> str:
        """Return the session's token, from the header or else from the cookie."""
        return self.bearer or self.cookies.get("session", "")
