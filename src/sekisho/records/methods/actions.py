"""The verbs of methods, alike for every kind. What is compared, and with what, the kind knows.

Each writes the method's row once; two of them in one work would meet in that row.
"""

from dataclasses import replace

from sekisho.ground.clock import micros
from sekisho.ground.db import Work
from sekisho.ground.refusal import Reason, Refused
from sekisho.records.methods import rules, store
from sekisho.records.methods.rules import Full, Method, New, Policy, State, Tried, Used


def owner_of(account: int, method: int) -> bytes:
    """Return whom a method's secret is sealed for: it opens for no other row and account."""
    return b"method" + account.to_bytes(8, "big") + method.to_bytes(8, "big")


def begin(work: Work, account: int, method: int, new: New, most: int) -> Method | Full:
    """Begin a method under an id drawn by `work.new_id`; it counts when it is confirmed.

    It takes the place of the account's pending one of its kind (attack 035).
    """
    full = rules.may_add(store.of_account(work, account), new.kind, most)
    if full is not None:
        return full
    begun = Method(
        id=method,
        account=account,
        kind=new.kind,
        name=new.name,
        state=State.PENDING,
        sealed=new.sealed,
        public=new.public,
        counter=0,
        failures=0,
        created_at=work.now,
    )
    store.begin(work, begun)
    return begun


def charge(work: Work, account: int, method: int, policy: Policy) -> Tried | Refused:
    """Count a try in its own committed work, before anything is compared (spec C6)."""
    found = store.find(work, account, method)
    return Refused(Reason.NOT_FOUND) if found is None else count(work, found, policy)


def count(work: Work, found: Method, policy: Policy) -> Tried | Refused:
    """Count a try at a method that this work has read."""
    refused = rules.may_try(found, policy, work.now)
    if refused is not None:
        return refused
    counted = rules.tried(found, policy)
    store.keep_try(work, found.id, found.failures, counted.in_a_row)
    return counted


def confirm(
    work: Work, account: int, method: int, used: Used, policy: Policy, *, most: int
) -> Method | Refused | Full:
    """Make a pending method active after its first right answer."""
    held = store.of_account(work, account)
    found = next((one for one in held if one.id == method), None)
    refused = rules.may_confirm(found, policy, work.now)
    if found is None or refused is not None:
        return refused or Refused(Reason.NOT_FOUND)
    full = rules.may_add(held, found.kind, most)
    if full is not None:
        return full
    confirmed = rules.confirmed(found, used, work.now)
    store.confirm(work, confirmed)
    return confirmed


def succeed(work: Work, account: int, method: int, used: Used, policy: Policy) -> Method | Refused:
    """Make a pending method active in the place of the active one of its kind, which is removed."""
    found = store.find(work, account, method)
    refused = rules.may_confirm(found, policy, work.now)
    if found is None or refused is not None:
        return refused or Refused(Reason.NOT_FOUND)
    confirmed = rules.confirmed(found, used, work.now)
    store.confirm(work, confirmed)
    store.remove_others(work, found)
    return confirmed


def rename(work: Work, account: int, method: int, name: str) -> Method | Refused:
    """Give a method another name, one that `rules.read_name` returned."""
    found = store.find(work, account, method)
    if found is None:
        return Refused(Reason.NOT_FOUND)
    store.rename(work, found, name)
    return replace(found, name=name)


def remove(work: Work, account: int, method: int) -> Method | Refused:
    """Remove a method and return what it was; its secret is gone, its row stays for 30 days.

    Whether the account can do without it (spec P5, M8) is the caller's to judge.
    """
    found = store.find(work, account, method)
    if found is None:
        return Refused(Reason.NOT_FOUND)
    store.remove(work, found)
    return found


def drop(work: Work, found: Method) -> None:
    """Remove a method that this work has read."""
    store.remove(work, found)


def sweep(work: Work, policy: Policy) -> int:
    """Delete up to 1,000 methods that were removed long ago, and pending ones long over."""
    return store.sweep(work, micros(work.now - policy.kept), micros(work.now - 2 * policy.pending))
