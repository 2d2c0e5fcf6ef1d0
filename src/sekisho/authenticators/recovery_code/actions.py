"""The verbs of recovery codes: make one, confirm that it was saved, put a new one in its place."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never

from sekisho.authenticators.recovery_code import binding, rules
from sekisho.authenticators.recovery_code.binding import Kept
from sekisho.authenticators.rules import Verdict
from sekisho.ground import chance
from sekisho.ground.db import Work
from sekisho.ground.keys import same
from sekisho.ground.refusal import Reason, Refused
from sekisho.records import methods
from sekisho.records.methods import Full, Method, New, State, Used

KIND = "recovery_code"
_MOST = 2  # while a new one waits for its confirmation; then it takes the old one's place


@dataclass(frozen=True, slots=True)
class Made:
    """A new recovery code, in groups: shown now, and never again."""

    method: int
    code: str = field(repr=False)
    at: datetime


def begin(work: Work, account: int) -> Made | Full:
    """Make a recovery code that counts when its last group was typed back; the old one lives on.

    Only for a session that has proved all that the account can (attack 036); that is the caller's
    to judge.
    """
    method, code = work.new_id(), _drawn(work)
    kept = binding.mac(work.keys, account, method, code)
    group = binding.group_mac(work.keys, account, method, code[-rules.GROUP :])
    begun = methods.begin(work, account, method, New(KIND, "", kept, group), _MOST)
    return begun if isinstance(begun, Full) else Made(method, rules.grouped(code), work.now)


def confirm(
    work: Work, account: int, method: int, typed: str, waits: methods.Policy
) -> Method | Refused:
    """Make a pending code the account's only one, after its last group; the try is charged."""
    group = rules.last_group(typed)
    if group is None:
        return Refused(Reason.INVALID_INPUT)
    found = _found(work, account, method)
    if found is None:
        return Refused(Reason.NOT_FOUND)
    told = binding.group_mac(work.keys, account, method, group)
    if found.state is State.PENDING and not same(told, found.public or b""):
        return Refused(Reason.CODE_WRONG)
    return methods.succeed(work, account, method, Used(0, None), waits)


def load(work: Work, account: int, method: int) -> Kept | None:
    """Return what an answer is compared with; a pending code and another account's are none."""
    found = _found(work, account, method)
    if found is None or found.state is not State.ACTIVE:
        return None
    return Kept(account, method, found.sealed, found.public)


def right(work: Work, kept: Kept, verdict: Verdict) -> Method | Refused:
    """Return the code that an answer was right for, if it still stands."""
    refused = _refused(verdict)
    if refused is not None:
        return refused
    found = _found(work, kept.account, kept.method)
    if found is None or found.state is not State.ACTIVE:
        return Refused(Reason.NOT_FOUND)
    if not same(found.sealed, kept.mac):
        return Refused(Reason.CODE_USED)
    return found


def standing(work: Work, account: int) -> Method | Refused:
    """Return the account's code that opens now."""
    held = methods.of_account(work, account)
    found = next((one for one in held if one.kind == KIND and one.state is State.ACTIVE), None)
    return found or Refused(Reason.FLOW_EXPIRED)


def renew(work: Work, found: Method) -> Made:
    """Use a code up and put a new one in its place: of any number of them one commits this."""
    code = _drawn(work)
    sealed = binding.mac(work.keys, found.account, found.id, code)
    changed = replace(found, sealed=sealed, public=found.sealed, counter=found.counter + 1)
    methods.exchange(work, found.counter, changed)
    return Made(found.id, rules.grouped(code), work.now)


def _drawn(work: Work) -> str:
    signs = (chance.pick(work.chance, rules.ALPHABET) for _ in range(rules.DRAWN))
    return rules.completed("".join(signs))


def _found(work: Work, account: int, method: int) -> Method | None:
    found = methods.find(work, account, method)
    return found if found is not None and found.kind == KIND else None


def _refused(verdict: Verdict) -> Refused | None:
    match verdict:
        case Verdict.RIGHT:
            return None
        case Verdict.EARLIER:
            return Refused(Reason.CODE_USED)
        case Verdict.UNREADABLE:
            return Refused(Reason.INVALID_INPUT)
        case Verdict.WRONG:
            return Refused(Reason.CODE_WRONG)
        case _:
            assert_never(verdict)
