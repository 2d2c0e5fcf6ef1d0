"""How far the enrolment of a phone is, for programs."""

from functools import partial

from sekisho.ground import ids
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import device_words
from sekisho.journeys.security_info import pushes
from sekisho.journeys.security_info.means import Means
from sekisho.journeys.security_info.shapes import Pairing
from sekisho.records.sessions import Session, guard
from sekisho.web.calls import Call
from sekisho.web.refusals import show
from sekisho.web.replies import Json, Reply
from sekisho.web.routing import Route


def routes(means: Means) -> tuple[Route, ...]:
    """Return the way in for programs."""
    inside = partial(guard.for_programs, means.db, means.policy.sessions)
    return (
        Route(
            "GET",
            "/api/v1/methods/{method}/pairing",
            inside(partial(look, means)),
            answers={200: Pairing},
            refusals=(*guard.READS, Reason.NOT_FOUND),
            tells="Look how far the enrolment of a phone is; `number` is to be typed on it.",
        ),
    )


def look(means: Means, call: Call, session: Session) -> Reply:
    """Look: `GET /api/v1/methods/{method}/pairing`."""
    seen = pushes.look(means.db, session, ids.read("mtd", call.params["method"]) or 0)
    if isinstance(seen, Refused):
        return seen
    return Json(
        Pairing(
            id=ids.show("mtd", seen.method.id),
            name=seen.method.name,
            state=seen.state,
            expires_at=show(seen.ends_at),
            number=seen.number or None,
            device=device_words(seen.device, call.visitor.language) if seen.device else None,
        )
    )
