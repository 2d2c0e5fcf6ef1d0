"""Push as flows meet it: the phones are asked, waited for, and their approval is used up once.

Waiting costs no try: an answer that comes too early is refused before anything is charged.
"""

from datetime import datetime

from msgspec.structs import replace

from sekisho.authenticators import push
from sekisho.authenticators.rules import Approval, Asker, Given, Means, Policy
from sekisho.ground.db import Work
from sekisho.ground.refusal import Reason, Refused
from sekisho.records import accounts, contacts, flows, limits
from sekisho.records.flows import Flow, Purpose

KIND = push.KIND
_WORDS = {push.State.WAITING: "waiting", push.State.APPROVED: "approved"}


def policy_of(means: Means) -> push.Policy:
    """Return what phones follow.

    Raises TypeError where the house was put together without it.
    """
    own = means.own.get(KIND)
    if not isinstance(own, push.Policy):
        raise TypeError(KIND)
    return own


def ask(
    work: Work, policy: Policy, asker: Asker, flow: Flow | None, whose: tuple[int, int], lane: int
) -> tuple[flows.Challenge, Approval] | Refused:
    """Ask the phones of `whose` account (or its stand-in), or the one that is named beside it.

    A limit is told only to who is known or has proved something (attack 046).
    """
    subject, method = whose
    wanted = _wanted(work, asker, flow, subject, lane)
    put = push.ask(work, replace(wanted, method=method), policy_of(policy.means))
    if isinstance(put, Refused):
        return replace(put, kind=KIND)
    challenge = flows.Challenge(
        id=put.id,
        digits=put.digits,
        label="",
        mac=b"",
        sent_at=work.now,
        ends_at=put.ends_at,
        resend_at=work.now,  # another way need not wait
        message=put.message,
        method=method,
        kind=KIND,
    )
    return challenge, Approval(put.number, "waiting", put.resend_at)


def may_ask(policy: Policy, flow: Flow, now: datetime) -> Refused | None:
    """Say why the phones may not be asked again yet in the same flow, or None."""
    again_at = _again_at(policy, flow)
    if flow.challenge.kind == KIND and now < again_at:
        return Refused(Reason.TOO_SOON, retry_at=again_at, kind=KIND)
    return None


def look(work: Work, policy: Policy, flow: Flow | None) -> Approval | None:
    """Return what who waits is shown, where the phones are the flow's newest challenge."""
    if flow is None or flow.challenge.kind != KIND:
        return None
    seen = push.look(work, flow.challenge.id)
    if seen is None:
        return None
    is_denied = seen.state is push.State.DENIED
    word = "denied" if is_denied else "over" if seen.is_over else _WORDS[seen.state]
    return Approval(seen.number, word, _again_at(policy, flow))


def charge(
    work: Work, policy: Policy, flow: Flow, given: Given
) -> tuple[flows.Charged, push.Question] | Refused:
    """Charge the one answer that an approval is good for; before there is one, nothing."""
    if given.text is None:
        return Refused(Reason.INVALID_INPUT, pointer=f"/{KIND}", detail="true", kind=KIND)
    found = push.approved(work, flow.id, flow.challenge.id)
    if isinstance(found, Refused):
        state = flows.state_of(flow, policy.flows, work.now)
        if state is flows.State.EXPIRED:
            return Refused(Reason.FLOW_EXPIRED)
        is_open = state is flows.State.OPEN
        return replace(found if is_open else Refused(Reason.CODE_USED), kind=KIND)
    # An approval lives as long again as its question did: from when it was given.
    newest = replace(flow.challenge, ends_at=found.usable_until)
    once = flows.charge_once(work, replace(flow, challenge=newest), policy.flows)
    return once if isinstance(once, Refused) else (once, found)


def _again_at(policy: Policy, flow: Flow) -> datetime:
    return flow.challenge.sent_at + policy_of(policy.means).pause


def _wanted(work: Work, asker: Asker, flow: Flow | None, subject: int, lane: int) -> push.Wanted:
    ticket = asker.ticket
    owner = accounts.find(work, subject)
    name = _name_of(work, subject) or ticket.name
    is_proved = bool(flow and flow.proved) or ticket.purpose is Purpose.STEP_UP
    return push.Wanted(
        account=subject,
        flow=ticket.flow,
        purpose=int(ticket.purpose),
        lane=lane,
        visitor=asker.visitor,
        name=name,
        to=name,
        language=(owner.language if owner else None) or ticket.language,
        zone=(owner.zone if owner else None) or ticket.zone,
        act=ticket.act,
        is_known=owner is not None,
        is_open=is_proved or lane != limits.STRANGER,
    )


def _name_of(work: Work, account: int) -> str:
    """Return how an account is named on its phones: its sign-in name."""
    named = next((one for one in contacts.of_account(work, account) if one.is_name), None)
    return contacts.address(work.keys, named.id, named.sealed).text if named else ""
