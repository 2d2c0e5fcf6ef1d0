"""The comparison of methods for programs: what policies and `acr` refer to."""

import msgspec

from sekisho.authenticators import KINDS
from sekisho.ground.refusal import Reason
from sekisho.journeys.help import comparing
from sekisho.web.calls import Call
from sekisho.web.replies import Json, Reply
from sekisho.web.routing import Route


class MethodKind(msgspec.Struct):
    """A kind of method: its assurance level alone (NIST SP 800-63B-4; 0: none), its properties."""

    kind: str
    assurance: int
    phishing_resistant: bool
    out_of_band: bool
    restricted: bool


class MethodKindList(msgspec.Struct):
    """All kinds that this service knows, the strongest first."""

    data: list[MethodKind]
    next: str | None


def routes() -> tuple[Route, ...]:
    """Return the ways in for programs."""
    return (
        Route(
            "GET",
            "/api/v1/method_kinds",
            list_kinds,
            answers={200: MethodKindList},
            refusals=(Reason.WRONG_HOST, Reason.UNAVAILABLE),
            tells="List the kinds of methods with their assurance; no session is needed.",
        ),
    )


def list_kinds(call: Call) -> Reply:
    """List kinds: `GET /api/v1/method_kinds`."""
    del call
    found = [
        MethodKind(
            kind=kind.name,
            assurance=kind.assurance,
            phishing_resistant=kind.is_phishing_resistant,
            out_of_band=kind.is_out_of_band,
            restricted=kind.is_restricted,
        )
        for kind in comparing.strongest_first(KINDS)
    ]
    return Json(MethodKindList(found, None))
