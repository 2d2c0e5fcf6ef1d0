"""A new password by a flow that proved who it is, without a session (spec V1, V5).

It is set once, signs nobody in, turns nothing off, ends every session and all that was pending.
"""

from sekisho.ground.db import Database, Work
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import Visitor
from sekisho.journeys.security_info import passwords
from sekisho.journeys.security_info.means import Means
from sekisho.records import accounts, contacts, flows, methods, proofs, sessions
from sekisho.records.methods import Method, New, State

_WAITS = methods.Policy()
_MOST = 2  # the present one, and the one that takes its place


def bounds(db: Database, means: Means, ticket: flows.Ticket) -> tuple[int, int] | None:
    """Return how short and long the new password may be; None where none can be set here."""

    def look(work: Work) -> tuple[int, int] | None:
        flow = flows.find(work, ticket.flow)
        if flow is None or _proof(work, ticket, flow) is None:
            return None
        return passwords.bounds_of(work, means.policy, flow.account or 0)

    return db.read(look)


def set_new(
    means: Means, visitor: Visitor, ticket: flows.Ticket, typed: str | None
) -> Method | Refused:
    """Set a new password; the flow's proof is spent with it."""
    db = means.db
    if typed is None:
        detail = "one text value is wanted"
        return Refused(Reason.INVALID_INPUT, pointer="/password", detail=detail)
    waiting = db.write("password.begin_reset", lambda work: _begin(work, means, ticket))
    if isinstance(waiting, Refused):
        return waiting
    made = passwords.hashed(means, waiting, typed)
    if isinstance(made, Refused):
        return made
    return db.write("password.reset", lambda work: _keep(work, means, visitor, ticket, made))


def _begin(work: Work, means: Means, ticket: flows.Ticket) -> Method | Refused:
    """Return the password that waits to be chosen in this flow; its tries are counted."""
    flow = flows.find(work, ticket.flow)
    stepped_at = flow.stepped_at if flow else ticket.opened_at
    is_open = flow is None or flow.state is flows.State.OPEN
    is_over = work.now >= flows.ends_at(ticket.opened_at, stepped_at, means.policy.flows)
    if ticket.is_reset and is_open and not is_over:
        return Refused(Reason.PROVE_MORE, act=proofs.RESET, purpose=ticket.purpose.word)
    if flow is None or flow.account is None or _proof(work, ticket, flow) is None:
        return Refused(Reason.FLOW_EXPIRED)
    held = methods.of_account(work, flow.account)
    for one in held:
        is_waiting = one.kind == passwords.KIND and one.state is State.PENDING
        if is_waiting and work.now < one.created_at + _WAITS.pending:
            return one
    new = New(passwords.KIND, "", b"", None)
    begun = methods.begin(work, flow.account, work.new_id(), new, _MOST)
    return begun if isinstance(begun, Method) else Refused(Reason.TOO_MANY_METHODS)


def _keep(
    work: Work,
    means: Means,
    visitor: Visitor,
    ticket: flows.Ticket,
    made: tuple[int, tuple[str, ...], bytes | None],
) -> Method | Refused:
    flow = flows.find(work, ticket.flow)
    if flow is None or flow.account is None:
        return Refused(Reason.FLOW_EXPIRED)
    account = flow.account
    accounts.hold(work, account)
    proof = _proof(work, ticket, flow)
    if proof is None:
        return Refused(Reason.FLOW_EXPIRED)
    pending = [one for one in contacts.every(work, account) if one.state is contacts.State.PENDING]
    waiting = [
        one
        for one in methods.of_account(work, account)
        if one.state is State.PENDING and one.kind != passwords.KIND
    ]
    kept = passwords.keep(work, means.policy, visitor, (account, 0), made)
    if isinstance(kept, Refused):
        return kept
    proofs.spend(work, proof)
    for contact in pending:
        contacts.drop(work, contact.id)
    for method in waiting:
        methods.drop(work, method)
    sessions.end_all(work, account, None, means.policy.sessions)
    return kept


def _proof(work: Work, ticket: flows.Ticket, flow: flows.Flow) -> int | None:
    if not ticket.is_reset or flow.account is None:
        return None
    bound = proofs.digest(work.keys, flow.account, proofs.RESET, {})
    return proofs.find(work, flow.account, ticket.flow, bound)
