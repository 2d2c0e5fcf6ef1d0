"""What password managers and browsers look up: where passkeys are managed, whose they are (X5)."""

import msgspec

from sekisho.web.calls import Call
from sekisho.web.replies import Json
from sekisho.web.routing import Route


class PasskeyEndpoints(msgspec.Struct, frozen=True):
    """Where a passkey is made and managed (W3C passkey-endpoints §3)."""

    enroll: str
    manage: str


class RelatedOrigins(msgspec.Struct, frozen=True):
    """The origins that may use this domain's passkeys (WebAuthn §5.11.1)."""

    origins: list[str]


def routes(origin: str, related: tuple[str, ...], enroll: str, manage: str) -> tuple[Route, ...]:
    """Return the well-known documents; `origin` is "" where any host is accepted (dev)."""

    def endpoints(call: Call) -> Json:
        here = origin or f"http://{call.host}"
        return Json(PasskeyEndpoints(enroll=f"{here}{enroll}", manage=f"{here}{manage}"))

    def origins(call: Call) -> Json:
        return Json(RelatedOrigins([origin or f"http://{call.host}", *related]))

    return (
        Route("GET", "/.well-known/passkey-endpoints", endpoints),
        Route("GET", "/.well-known/webauthn", origins),
    )
