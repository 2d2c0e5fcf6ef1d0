"""What an endpoint answers with: values that routing turns into HTTP. Refusals are answers too."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sekisho.ground.refusal import Refused


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie to set; an empty value takes it away. All are host-only and SameSite=Lax."""

    name: str
    value: str = field(repr=False)
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Json:
    """A JSON answer; `body` is a struct of the documented shape."""

    body: object = field(repr=False)
    status: int = 200


@dataclass(frozen=True, slots=True)
class Page:
    """A page: a template's name (`sign_in/code.html`) and its own fields."""

    template: str
    context: Mapping[str, object] = field(repr=False)
    status: int = 200
    cookies: tuple[Cookie, ...] = ()
    refused: Refused | None = None


@dataclass(frozen=True, slots=True)
class Redirect:
    """Go on at another path of this service, by GET (303)."""

    path: str
    cookies: tuple[Cookie, ...] = ()


@dataclass(frozen=True, slots=True)
class Plain:
    """Bytes of another kind: a stylesheet, an icon, a probe."""

    body: bytes = field(repr=False)
    kind: str
    status: int = 200
    may_be_kept: bool = False


@dataclass(frozen=True, slots=True)
class Empty:
    """Done; nothing to say (204)."""


Reply = Json | Page | Redirect | Plain | Empty | Refused
