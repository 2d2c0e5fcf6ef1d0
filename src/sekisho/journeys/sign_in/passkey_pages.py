"""The passkey of the sign-in page: offered before any name, by a browser that has one.

The page holds its flow and its challenge under seal; nothing is kept until it is answered.
"""

import json

from sekisho.authenticators import passkey
from sekisho.authenticators.passkey import Challenge
from sekisho.ground.db import Database
from sekisho.ground.visitor import Visitor
from sekisho.journeys.sign_in.rules import Policy
from sekisho.records import flows

_JOINT = "~"  # in neither seal


def offer(db: Database, policy: Policy, visitor: Visitor) -> dict[str, object]:
    """Return what the page's form is given; nothing where there are no passkeys at this origin."""
    setup = passkey.setup_of(policy.means)
    party = setup.parties.at(visitor.service_origin)
    if party is None or "passkey" not in policy.means.kinds:
        return {}
    work, purpose = db.aside(), flows.Purpose.SIGN_IN
    ticket = flows.begin(work, purpose, "", visitor.language, visitor.zone or policy.zone)
    drawn = passkey.draw_proof(work, ticket.flow, int(purpose), None, setup.policy)
    secret = flows.seal_ticket(ticket, db.keys, db.chance)
    return {
        "options": json.dumps(passkey.request_options(party, drawn, setup.policy)),
        "state": f"{secret}{_JOINT}{passkey.seal(work, drawn)}",
        "seconds": int(setup.policy.lives.total_seconds()),
    }


def taken(db: Database, state: str) -> tuple[flows.Ticket, Challenge, str] | None:
    """Return the flow, the challenge and the flow's secret that a page held, if they are ours."""
    secret, _, sealed = state.partition(_JOINT)
    ticket = flows.open_ticket(secret, db.keys)
    if ticket is None or ticket.name:
        return None
    drawn = passkey.unseal(db.keys, sealed, ticket.flow, int(flows.Purpose.SIGN_IN))
    return None if drawn is None else (ticket, drawn, secret)
