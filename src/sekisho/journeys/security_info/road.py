"""The road of a step-up, for the one face of flows."""

from functools import partial

from sekisho.authenticators import Road
from sekisho.ground.db import Database
from sekisho.journeys.security_info import step_up
from sekisho.journeys.security_info.rules import Policy
from sekisho.records import flows


def road(db: Database, policy: Policy) -> Road:
    """Return the four steps of a step-up."""
    return Road(
        flows.Purpose.STEP_UP,
        needs_session=True,
        begin=partial(step_up.begin, db, policy),
        look=partial(step_up.look, db, policy),
        ask=partial(step_up.ask, db, policy),
        answer=partial(step_up.answer, db, policy),
    )
