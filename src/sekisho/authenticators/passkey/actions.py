"""The verbs of passkeys. Whose turn it is to tell (events, notices) is the journeys' matter."""

from dataclasses import replace

from sekisho.authenticators.passkey import rules, store
from sekisho.authenticators.passkey.rules import (
    Challenge,
    Flaw,
    Made,
    Passkey,
    Policy,
    Proved,
    Spent,
)
from sekisho.ground.clock import micros
from sekisho.ground.db import Work
from sekisho.ground.refusal import Refused
from sekisho.records import methods


def spend(work: Work, challenge: Challenge) -> Spent | None:
    """Use a challenge up, or return None where that was done. Commit before judging anything.

    # Threat: 052, one answer judged many times (test_of_twenty_answers_at_once_one_is_judged).
    """
    if store.is_spent(work, challenge):
        return None
    store.spend(work, challenge)
    return Spent(challenge)


def used(challenge: Challenge) -> Spent:
    """Return a challenge that the charge of its flow used up (`flows.charge_once`)."""
    return Spent(challenge)


def load(work: Work, credential: bytes) -> Passkey | None:
    """Return what an answer is judged by: the passkey with the credential id that it names."""
    return store.find(work, credential)


def held(work: Work, account: int) -> list[Passkey]:
    """Return an account's passkeys, oldest first."""
    return store.of_account(work, account)


def add(
    work: Work, account: int, method: int, made: Made, policy: Policy, pending: methods.Policy
) -> Passkey | Flaw | Refused | methods.Full:
    """Keep a passkey that was verified, and make its pending method active.

    # Threat: 058, a credential id that anybody has already (test_a_credential_id_is_had_once).
    """
    if store.is_there(work, made.credential):
        return Flaw.TAKEN
    named = methods.Used(0, None, name=made.name)  # the sign count stands with the key
    confirmed = methods.confirm(work, account, method, named, pending, most=policy.most)
    if not isinstance(confirmed, methods.Method):
        return confirmed
    new = Passkey(
        method=method,
        account=account,
        credential=made.credential,
        public_key=made.public_key,
        sign_count=made.sign_count,
        flags=made.flags,
        aaguid=made.aaguid,
        transports=made.transports,
    )
    store.keep(work, new)
    return new


def conclude(work: Work, proved: Proved) -> Proved | Flaw:
    """Keep what a proof showed; refuse it where the passkey was removed meanwhile.

    A counter that did not rise is noted and accepted: the highest stays, so it is noted again.
    """
    before = store.of_method(work, proved.method)
    if before is None:
        return Flaw.UNKNOWN
    is_back = rules.is_count_back(before.sign_count, proved.sign_count)
    now = replace(
        before,
        sign_count=max(before.sign_count, proved.sign_count),
        flags=proved.flags,
        regressed_at=micros(work.now) if is_back else before.regressed_at,
    )
    store.note(work, before, now)
    methods.touch(work, proved.method)
    return replace(proved, is_count_back=is_back)


def remove(work: Work, account: int, method: int) -> Passkey | None:
    """Remove an account's passkey at once and return it, or None where it has none of this id.

    # Threat: 106, another's passkey is none (test_a_passkey_is_removed_by_its_owner_alone).
    """
    found = store.of_method(work, method)
    if found is None or found.account != account:
        return None
    methods.remove(work, account, method)
    store.remove(work, found)
    return found


def sweep(work: Work, before: int) -> int:
    """Delete up to 1,000 spent challenges that ended before this time; return how many."""
    return store.sweep(work, before)
