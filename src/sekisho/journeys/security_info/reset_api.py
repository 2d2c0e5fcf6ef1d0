"""A new password by a flow that was passed for it, for programs."""

from functools import partial

import msgspec
from msgspec.structs import replace

from sekisho.authenticators import flow_api
from sekisho.ground.refusal import Reason, Refused
from sekisho.journeys.security_info import resetting
from sekisho.journeys.security_info.means import Means
from sekisho.web.calls import Call
from sekisho.web.replies import Empty, Reply
from sekisho.web.routing import Route


class NewPassword(msgspec.Struct, forbid_unknown_fields=True):
    """The new password, as it is."""

    password: str


def routes(means: Means) -> tuple[Route, ...]:
    """Return the ways in for programs."""
    return (
        Route(
            "POST",
            "/api/v1/flows/{flow}/password",
            partial(set_new, means),
            body=NewPassword,
            answers={204: None},
            refusals=(
                Reason.FLOW_UNKNOWN,
                Reason.FLOW_EXPIRED,
                Reason.PROVE_MORE,
                Reason.INVALID_INPUT,
                Reason.PASSWORD_UNFIT,
                Reason.TOO_MANY_TRIES,
                Reason.TOO_MANY_METHODS,
                Reason.NOT_FOUND,
                Reason.TOO_LARGE,
                Reason.WRONG_HOST,
                Reason.UNAVAILABLE,
            ),
            tells="Set a new password, once, after a flow for `reset_password`, without a session.",
        ),
    )


def set_new(means: Means, call: Call) -> Reply:
    """Set a new password: `POST /api/v1/flows/{id}/password`."""
    ticket = flow_api.ticket_of(means.db.keys, call)
    if isinstance(ticket, Refused):
        return ticket
    given = flow_api.given_of(call.body, ("password",))
    if isinstance(given, Refused):
        return given
    outcome = resetting.set_new(means, call.visitor, ticket, given.text)
    return replace(outcome, language=ticket.language) if isinstance(outcome, Refused) else Empty()
