"""Looking at an account as its owner should from time to time."""

from sekisho.ground.clock import instant
from sekisho.ground.db import Work
from sekisho.records import accounts, contacts, methods, sessions
from sekisho.records.checkups import rules, store
from sekisho.records.checkups.rules import Checked, Checkup, Facts, Policy
from sekisho.records.contacts import State
from sekisho.records.delivery import reached

_EVERY_SESSION = 10**15  # microseconds: also one that idles


def look(work: Work, account: int, policy: Policy) -> Checkup:
    """Gather how an account stands, and what its owner is to be asked."""
    facts = _facts(work, account)
    live = [one for one in facts.contacts if one.state is State.VERIFIED]
    reaching = {one.id: contacts.opened(work.keys, one).text for one in live}
    failures = reached.failures(work, reaching.values())
    checked = []
    for one in live:
        failure = failures.get(reaching[one.id])
        at = failure.at if failure else None
        health = rules.health(one, at, facts, policy, work.now)
        since = at if health is rules.Health.FAILING else None
        checked.append(Checked(one, contacts.hint(work.keys, one), since, health))
    due = rules.second_step_due_at(facts, policy)
    return Checkup(
        contacts=tuple(checked),
        contacts_due_at=rules.contacts_due_at(facts, policy),
        contacts_at=facts.contacts_at,
        second_step_due_at=due,
        steps=rules.steps(facts, checked, due, work.now, policy),
        now=work.now,
    )


def _facts(work: Work, account: int) -> Facts:
    owner = accounts.find(work, account)
    made_at = instant(owner.created_at) if owner else work.now
    contacts_at, second_step_at = store.find(work, account)
    since = None
    if owner is not None and owner.two_step:
        since = instant(owner.two_step_at) if owner.two_step_at else made_at
    return Facts(
        made_at=made_at,
        contacts=contacts.every(work, account),
        methods=methods.of_account(work, account),
        sessions=sessions.of_account(work, account, _EVERY_SESSION),
        two_step_since=since,
        contacts_at=contacts_at,
        second_step_at=second_step_at,
    )
