"""One request as endpoints see it: values only, read and checked by routing."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sekisho.ground import ids, words
from sekisho.ground.visitor import Visitor


@dataclass(frozen=True, slots=True)
class Call:
    """A request: who asks, what for, and what came with it. Secrets stay out of its repr."""

    visitor: Visitor
    method: str
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    host: str
    request: int
    now: datetime
    body: bytes = field(repr=False)
    form: Mapping[str, str] = field(repr=False)
    cookies: Mapping[str, str] = field(repr=False)
    flow_secret: str = field(repr=False)
    bearer: str = field(repr=False)
    form_token: str = field(repr=False)
    origin: str
    is_own_form: bool
    theme: str

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
