"""Known and unknown names take the same time (spec C11, attack 088), against a running service.

    python -m tests.campaigns.timing --pairs 10000 --store sqlite|postgresql [--sign-up open]
    python -m tests.campaigns.timing --pairs 2000 --door password

Each round walks the road (begin, ask, look, a wrong answer) with names of several kinds, in random
order, on one connection: with an account and without one; at the door of passwords also with an
account that has one. Prints the median difference of each step between two of them with its 95 %
bootstrap interval. Exit 1 where a median is beyond 1 ms, or an interval beyond 2 ms.
"""

import argparse
import random
import statistics
import sys
import time
from collections import defaultdict

from sekisho.authenticators import password
from sekisho.doors import house, people
from sekisho.doors.settings import gather
from sekisho.ground import addresses
from sekisho.ground.db import Database, Work
from sekisho.records import methods
from sekisho.records.methods import Method, New, Used
from tests.campaigns.ground import Ground, say, served
from tests.campaigns.wire import Answer, Wire

MOST_MEDIAN, MOST_INTERVAL = 1.0, 2.0  # milliseconds
RESAMPLES = 2000
STEPS = ("begin", "ask", "look", "answer")
PASSWORD = "seven quiet herons wade home"
# How names of each kind begin; all are as long as each other.
NAMES = {"known": "aa", "unknown": "bb", "with a password": "cc"}
PAIRS = {
    "code": (("known", "unknown"),),
    "password": (
        ("with a password", "unknown"),
        ("known", "unknown"),
        ("with a password", "known"),
    ),
}
WRONG = {"code": {"code": "000000"}, "password": {"password": f"{PASSWORD}!"}}


def main() -> int:
    """Run the rounds and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=10_000)
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--sign-up", choices=("open", "closed"), default="closed")
    parser.add_argument("--door", choices=tuple(PAIRS), default="code")
    chosen = parser.parse_args()
    draw = random.Random(chosen.pairs)
    settings = {
        "SEKISHO_SIGN_UP": chosen.sign_up,
        "SEKISHO_LIMITS_REQUESTS_HOUR_ALL": str(10 * chosen.pairs + 10_000),
    }
    began = time.monotonic()
    with served(chosen.store, **settings) as ground:
        make_accounts(ground, chosen.pairs, chosen.door)
        taken = walk(ground, chosen.pairs, chosen.door, draw)
    seconds = time.monotonic() - began
    what = f"{chosen.store}, sign-up {chosen.sign_up}, by {chosen.door}"
    say(f"{what}: {chosen.pairs} rounds, {seconds:.0f} s")
    verdicts = []
    for mine, other in PAIRS[chosen.door]:
        say(f" {mine} beside {other}")
        for step in STEPS:
            both = zip(taken[mine, step], taken[other, step], strict=True)
            verdicts.append(tell(step, [(one - two) * 1000 for one, two in both], draw))
    return 0 if all(verdicts) else 1


def make_accounts(ground: Ground, count: int, door: str) -> None:
    """Make an account for each round, beside the running service, as an operator does."""
    db = house.open_database(gather(ground.folder, {}, ground.environment), is_dev=False)
    salt = db.chance.octets(password.SALT_BYTES)
    history = password.change(db.keys, PASSWORD, (), password.Policy(), salt)
    assert isinstance(history, tuple)
    for number in range(count):
        make_account(db, name_of("known", number))
        if door == "password":
            account = make_account(db, name_of("with a password", number))
            give_password(db, account, history)
    db.store.close()


def make_account(db: Database, name: str) -> int:
    """Make one."""
    email = addresses.parse_email(name)
    account = people.make(db, email, "en") if email else None
    assert account is not None
    return account


def give_password(db: Database, account: int, history: tuple[str, ...]) -> None:
    """Give an account its password; they all share one hash, each sealed for its own."""
    new = New("password", "", b"", None)
    begun = db.write("campaign", lambda work: methods.begin(work, account, work.new_id(), new, 2))
    assert isinstance(begun, Method)

    def confirm(work: Work) -> object:
        sealed = password.seal(work, account, begun.id, history)
        used = Used(0, password.STANDS_ALONE, sealed=sealed)
        return methods.succeed(work, account, begun.id, used, methods.Policy())

    assert isinstance(db.write("campaign", confirm), Method)


def name_of(kind: str, number: int) -> str:
    """A name of a kind; as long as its twins."""
    return f"{NAMES[kind]}{number:06d}@example.org"


def walk(
    ground: Ground, count: int, door: str, draw: random.Random
) -> dict[tuple[str, str], list[float]]:
    """The seconds that each kind of name took, by step, for each round."""
    wire = ground.wire()
    kinds = list(dict.fromkeys(one for pair in PAIRS[door] for one in pair))
    for number in range(20):  # what is compiled, cached and connected at first
        road(wire, f"warm{number}@example.org", number, door)
    taken: dict[tuple[str, str], list[float]] = defaultdict(list)
    for number in range(count):
        draw.shuffle(kinds)
        for kind in kinds:
            for step, seconds in road(wire, name_of(kind, number), number, door).items():
                taken[kind, step].append(seconds)
    return taken


def road(wire: Wire, name: str, number: int, door: str) -> dict[str, float]:
    """Walk the road with a name; the seconds that each step took."""
    taken: dict[str, float] = {}
    headers = {"X-Forwarded-For": f"198.18.{number // 250 % 250}.{number % 250}"}

    def step(word: str, method: str, path: str, body: object = None) -> Answer:
        wire.hold(method, path, body, headers)
        began = time.perf_counter()
        wire.let_go()
        answer = wire.read()
        taken[word] = time.perf_counter() - began
        return answer

    flow = step("begin", "POST", "/api/v1/flows", {"purpose": "sign_in", "name": name}).json
    headers["Sekisho-Flow"] = flow["secret"]
    path = f"/api/v1/flows/{flow['id']}"
    kind = {"code": "email_code"}.get(door, door)
    option = next(one["id"] for one in flow["options"] if one["kind"] == kind)
    asked = step("ask", "POST", f"{path}/challenges", {"option": option})
    assert asked.status == 201, asked.body
    step("look", "GET", path)
    answer = f"{path}/challenges/{asked.json['id']}/answer"
    wrong = step("answer", "POST", answer, WRONG[door])
    assert wrong.code == "code_wrong", wrong.body
    return taken


def tell(step: str, differences: list[float], draw: random.Random) -> bool:
    """Print one step's median difference and its interval; say whether it is within bounds."""
    median = statistics.median(differences)
    size = min(len(differences), 2000)
    medians = sorted(statistics.median(draw.choices(differences, k=size)) for _ in range(RESAMPLES))
    scale = (size / len(differences)) ** 0.5  # the interval of the whole is as much narrower
    low, high = (median + (medians[int(RESAMPLES * at)] - median) * scale for at in (0.025, 0.975))
    is_within = abs(median) <= MOST_MEDIAN and max(abs(low), abs(high)) <= MOST_INTERVAL
    longer = sum(one > 0 for one in differences) / len(differences)
    say(
        f"  {step:7} median {median:+.4f} ms, 95 % [{low:+.4f}, {high:+.4f}],"
        f" slower in {longer:.1%}  {'ok' if is_within else 'TOO FAR APART'}"
    )
    return is_within


if __name__ == "__main__":
    sys.exit(main())
