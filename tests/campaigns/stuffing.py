"""Lists of stolen passwords against a running service (attack 085, spec C6, M10).

    python -m tests.campaigns.stuffing --pairs 2000 --sources 200 --store sqlite|postgresql

Pairs of a name and a password, each name once, mixed over many sources: names without an account,
names whose password was changed since, and for one in thirty the right one. Half of the accounts
have two-step verification on. Then 40 passwords at one name. Exit 1 when it was otherwise than: the
right password alone opens no account with two-step verification, and its owner hears of the failed
second proof; who is let in was right, and the owner hears of it; wrong passwords and unknown names
are told the same; of one name no more are compared than strangers have in an hour.
"""

import argparse
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass
from functools import partial

from sekisho.authenticators import password
from sekisho.doors import house
from sekisho.doors.settings import gather
from sekisho.records import accounts
from tests.campaigns.ground import Ground, say, served
from tests.campaigns.timing import PASSWORD, give_password, make_account
from tests.campaigns.wire import Answer, Wire

MOST_COMPARED = 10  # spec C6: strangers' tries in an hour
KNOWN = 10  # one name of so many has an account
AT_ONE = 40


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of the list."""

    name: str
    is_right: bool
    two_step: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """A flow in which a password was tried."""

    path: str
    headers: dict[str, str]


def main() -> int:
    """Run the list and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--sources", type=int, default=200)
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    chosen = parser.parse_args()
    began = time.monotonic()
    settings = {"SEKISHO_SIGN_UP": "closed", "SEKISHO_LIMITS_REQUESTS_HOUR_ALL": "10000000"}
    accounts = chosen.pairs // KNOWN + 1  # one of them is in no pair
    with served(chosen.store, **settings) as ground:
        furnish(ground, accounts)
        is_well = run_list(ground, listed(chosen.pairs, accounts), chosen.sources)
        is_well = run_at_one(ground, accounts - 1, accounts + chosen.pairs) and is_well
    seconds = time.monotonic() - began
    say(f"{chosen.store}: {'all is well' if is_well else 'BROKEN'}, {seconds:.0f} s")
    return 0 if is_well else 1


def furnish(ground: Ground, count: int) -> None:
    """Make the accounts, beside the running service."""
    db = house.open_database(gather(ground.folder, {}, ground.environment), is_dev=False)
    salt = db.chance.octets(password.SALT_BYTES)
    history = password.change(db.keys, PASSWORD, (), password.Policy(), salt)
    assert isinstance(history, tuple)
    for number in range(count):
        account = make_account(db, name_of(number))
        give_password(db, account, history)
        if number % 2:
            turn_on = partial(accounts.turn_two_step, account=account, is_on=True)
            db.write("campaign", turn_on)
    db.store.close()


def name_of(number: int) -> str:
    """The name of an account, or beyond the last of none."""
    return f"p{number:05d}@example.org"


def listed(count: int, accounts: int) -> list[Pair]:
    """The list: a tenth of its names have an account, one in thirty lines is right."""
    draw = random.Random(count)
    found = []
    for number in range(count):
        at = accounts + number if number % KNOWN else number // KNOWN
        found.append(Pair(name_of(at), number % (3 * KNOWN) == 0, bool(at % 2)))
    draw.shuffle(found)
    return found


def run_list(ground: Ground, pairs: list[Pair], sources: int) -> bool:
    """Try each pair once; say whether all was as it should be."""
    wire, told, broken = ground.wire(), Counter[str](), 0
    owed: Counter[str] = Counter()
    for number, pair in enumerate(pairs):
        at = number % sources
        source = f"{20 + at // 250}.{at % 250}.7.{number % 250}"
        answer, flow = tries(wire, pair.name, source, PASSWORD if pair.is_right else f"{PASSWORD}?")
        state = str(answer.json.get("state", "")) if answer.status == 200 else answer.code
        told[state] += 1
        wanted = ("open" if pair.two_step else "passed") if pair.is_right else "code_wrong"
        broken += state != wanted or ("session" in answer.json) is not (state == "passed")
        broken += state == "open" and fails_second(wire, flow, answer).code != "code_wrong"
        owed[pair.name] += answer.status == 200
    say(f"  {len(pairs)} pairs from {sources} sources: {dict(told)}, otherwise {broken}")
    unpaid = {name: count for name, count in owed.items() if count and not heard(ground, name)}
    say(f"  owners who never heard that their password was right: {len(unpaid)}")
    return not broken and not unpaid


def run_at_one(ground: Ground, known: int, unknown: int) -> bool:
    """Many passwords at one name with an account and at one without: as many are compared."""
    wire, compared = ground.wire(), {}
    for name in (name_of(known), name_of(unknown)):
        told = [
            tries(wire, name, f"198.51.{number}.7", f"{PASSWORD} {number}")[0].code
            for number in range(AT_ONE)
        ]
        compared[name] = told.count("code_wrong")
    say(f"  {AT_ONE} passwords at one name; compared: {list(compared.values())}")
    return len(set(compared.values())) == 1 and max(compared.values()) <= MOST_COMPARED


def tries(wire: Wire, name: str, source: str, typed: str) -> tuple[Answer, Tried]:
    """Try a password at a name."""
    headers = {"X-Forwarded-For": source}
    body = {"purpose": "sign_in", "name": name}
    begun = wire.ask("POST", "/api/v1/flows", body, headers).json
    flow = Tried(f"/api/v1/flows/{begun['id']}/challenges", headers | _secret(begun))
    return answers(wire, flow, begun["options"], "password", typed), flow


def fails_second(wire: Wire, flow: Tried, opened: Answer) -> Answer:
    """Type a code that is wrong, in the place of the second proof."""
    return answers(wire, flow, opened.json["options"], "email_code", "000000")


def answers(
    wire: Wire, flow: Tried, options: list[dict[str, str]], kind: str, typed: str
) -> Answer:
    """Choose a kind, and answer."""
    option = next(one["id"] for one in options if one["kind"] == kind)
    asked = wire.ask("POST", flow.path, {"option": option}, flow.headers)
    assert asked.status == 201, asked.body
    body = {"password" if kind == "password" else "code": typed}
    return wire.ask("POST", f"{flow.path}/{asked.json['id']}/answer", body, flow.headers)


def _secret(begun: dict[str, str]) -> dict[str, str]:
    return {"Sekisho-Flow": begun["secret"]}


def heard(ground: Ground, name: str, seconds: float = 60) -> bool:
    """Wait until the owner of a name has a notice."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ground.mailbox.notices(name):
            return True
        time.sleep(0.2)
    return False


if __name__ == "__main__":
    sys.exit(main())
