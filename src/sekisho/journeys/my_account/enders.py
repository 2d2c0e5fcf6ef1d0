"""What "sign out everywhere" ends beside the sessions: one table, one line each (spec S1, 107)."""

from collections.abc import Callable
from dataclasses import dataclass

from sekisho.authenticators import push
from sekisho.ground.db import Work
from sekisho.records import accounts, methods, trust


@dataclass(frozen=True, slots=True)
class Ender:
    """One thing that lets somebody in, or in more easily; `end_all` says how many it ended."""

    word: str  # of the receipt: `also.<word>` of the API, `ended_all.<word>` of the page
    end_all: Callable[[Work, int], int]


PHONES = "push_devices"


def _end_phones(work: Work, account: int) -> int:
    """End the phones that approve: one may have been bound in a stolen session (attack 107).

    Where two-step verification has nothing beside them the first one stays, which was there before
    whatever happened: else this would shut its owner out.
    """
    owner, held = accounts.find(work, account), methods.of_account(work, account)
    active = [one for one in held if one.state is methods.State.ACTIVE]
    phones = [one.id for one in active if one.kind == push.KIND]
    is_needed = owner is not None and owner.two_step and len(phones) == len(active)
    return push.end_all(work, account, but=min(phones, default=0) if is_needed else 0)


ENDERS = (Ender("trusted_devices", trust.end_all), Ender(PHONES, _end_phones))


def end_all(work: Work, account: int) -> dict[str, int]:
    """End all of it, and return the receipt."""
    return {ender.word: ender.end_all(work, account) for ender in ENDERS}
