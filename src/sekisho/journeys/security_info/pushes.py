"""Phones that approve, enrolled: begun here, confirmed on the phone by what is typed there."""

from sekisho.authenticators import push
from sekisho.ground.db import Database, Work
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import Visitor
from sekisho.journeys.security_info import naming
from sekisho.journeys.security_info.rules import Enrolling, Policy
from sekisho.records import methods
from sekisho.records.sessions import Session

KIND = push.KIND


def begin(
    work: Work, policy: Policy, visitor: Visitor, session: Session, typed: str
) -> Enrolling | Refused:
    """Begin to bind a phone; its code goes into a picture, and no further than to the phone."""
    name = methods.read_name(typed) or ""
    owner = naming.sign_in_name(work, session.account)
    begun = push.begin(work, session.account, name, visitor, owner, policy.pushes)
    if not isinstance(begun, push.Begun):
        return Refused(Reason.TOO_MANY_METHODS)
    # A fragment: browsers keep it to themselves, and no log ever has it.
    uri = f"{visitor.service_origin}{push.APP}#{begun.code}"
    return Enrolling(begun.method, KIND, begun.ends_at, secret=begun.code, uri=uri)


def look(db: Database, session: Session, method: int) -> push.Enrolment | Refused:
    """Return how far the enrolment of a phone is, with the number to type once it came."""
    seen = db.read(lambda work: push.enrolment(work, session.account, method))
    return seen or Refused(Reason.NOT_FOUND)
