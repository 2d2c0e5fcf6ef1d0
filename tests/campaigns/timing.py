"""Known and unknown names take the same time (spec C11, attack 088), against a running service.

    python -m tests.campaigns.timing --pairs 10000 --store sqlite|postgresql [--sign-up open]

Each pair walks the road (begin, ask, look, a wrong answer) with a name that has an account and
with one that has none, in random order, on one connection. Prints the median difference of each
step with its 95 % bootstrap interval. Exit 1 where a median is beyond 1 ms, or an interval beyond
2 ms.
"""

import argparse
import random
import statistics
import sys
import time
from collections import defaultdict

from sekisho.doors import house, people
from sekisho.doors.settings import gather
from sekisho.ground import addresses
from tests.campaigns.ground import Ground, say, served
from tests.campaigns.wire import Answer, Wire

MOST_MEDIAN, MOST_INTERVAL = 1.0, 2.0  # milliseconds
RESAMPLES = 2000
STEPS = ("begin", "ask", "look", "answer")


def main() -> int:
    """Run the pairs and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=10_000)
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--sign-up", choices=("open", "closed"), default="closed")
    chosen = parser.parse_args()
    draw = random.Random(chosen.pairs)
    began = time.monotonic()
    with served(chosen.store, SEKISHO_SIGN_UP=chosen.sign_up) as ground:
        make_accounts(ground, chosen.pairs)
        pairs = walk(ground, chosen.pairs, draw)
    seconds = time.monotonic() - began
    say(f"{chosen.store}, sign-up {chosen.sign_up}: {chosen.pairs} pairs, {seconds:.0f} s")
    verdicts = [tell(step, pairs[step], draw) for step in STEPS]
    return 0 if all(verdicts) else 1


def make_accounts(ground: Ground, count: int) -> None:
    """Make an account for each pair, beside the running service, as an operator does."""
    db = house.open_database(gather(ground.folder, {}, ground.environment), is_dev=False)
    for number in range(count):
        email = addresses.parse_email(known(number))
        assert email is not None
        assert people.make(db, email, "en") is not None
    db.store.close()


def known(number: int) -> str:
    """A name that has an account; as long as its twin."""
    return f"aa{number:06d}@example.org"


def unknown(number: int) -> str:
    """A name that has none."""
    return f"bb{number:06d}@example.org"


def walk(ground: Ground, count: int, draw: random.Random) -> dict[str, list[float]]:
    """Milliseconds that the known name took longer, by step, for each pair."""
    wire = ground.wire()
    for number in range(20):  # what is compiled, cached and connected at first
        road(wire, f"warm{number}@example.org", number)
    differences: dict[str, list[float]] = defaultdict(list)
    for number in range(count):
        names = [known(number), unknown(number)]
        draw.shuffle(names)
        taken = {name: road(wire, name, number) for name in names}
        for step in STEPS:
            mine, other = taken[known(number)][step], taken[unknown(number)][step]
            differences[step].append((mine - other) * 1000)
    return differences


def road(wire: Wire, name: str, number: int) -> dict[str, float]:
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
    option = {"option": flow["options"][0]["id"]}
    asked = step("ask", "POST", f"{path}/challenges", option)
    assert asked.status == 201, asked.body
    step("look", "GET", path)
    wrong = step(
        "answer", "POST", f"{path}/challenges/{asked.json['id']}/answer", {"code": "000000"}
    )
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
        f" known slower in {longer:.1%}  {'ok' if is_within else 'TOO FAR APART'}"
    )
    return is_within


if __name__ == "__main__":
    sys.exit(main())
