"""What an endpoint answers with: values that routing turns into HTTP. Refusals are answers too."""

from collections.abc import Mapping

import msgspec

from sekisho.ground.refusal import Refused
from sekisho.ground.showing import shown


class Cookie(msgspec.Struct, frozen=True):
    """One cookie to set; an empty value takes it away. All are host-only and SameSite=Lax."""

    name: str
    value: str
    days: int | None = None

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "value")


class Json(msgspec.Struct, frozen=True):
    """A JSON answer; `body` is a struct of the documented shape."""

    body: object
    status: int = 200

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "body")


class Page(msgspec.Struct, frozen=True):
    """A page: a template's name (`sign_in/code.html`) and its own fields.

    One that says a refusal has its status, and its Retry-After. `has_worker` says that its modules
    may start the one service worker (Trusted Types).
    """

    template: str
    context: Mapping[str, object]
    status: int = 200
    cookies: tuple[Cookie, ...] = ()
    refused: Refused | None = None
    has_worker: bool = False

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "context")


class Redirect(msgspec.Struct, frozen=True):
    """Go on at another path of this service, by GET (303)."""

    path: str
    cookies: tuple[Cookie, ...] = ()


class Plain(msgspec.Struct, frozen=True):
    """Bytes of another kind: a stylesheet, an icon, a probe."""

    body: bytes
    kind: str
    status: int = 200
    may_be_kept: bool = False

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "body")


class Empty(msgspec.Struct, frozen=True):
    """Done; nothing to say (204)."""


Reply = Json | Page | Redirect | Plain | Empty | Refused
