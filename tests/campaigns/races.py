"""Races against a running service ("done when" 3 of the issue): answers let go by their last byte.

    python -m tests.campaigns.races --rounds 1000 --store sqlite|postgresql

Each round 64 right answers at once: exactly one may pass. Then 1,000 wrong answers at once over 50
flows on 10 accounts: of each account at most ten may be compared. Exit 1 when it was otherwise.
"""

import argparse
import sys
import time
from collections import Counter

from tests.campaigns.ground import Flow, Ground, begin, say, served
from tests.campaigns.wire import Answer, Wire

PARALLEL = 64
ACCOUNTS, FLOWS_EACH, GUESSES = 10, 5, 1000
MOST_COMPARED = 10  # spec C6: strangers' tries at short codes in an hour
ROUNDS_EACH = 20  # rounds that one account is signed in to; a contact gets 50 messages a day
COMPARED = ("code_wrong", "code_earlier")


def main() -> int:
    """Run both campaigns and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    chosen = parser.parse_args()
    began = time.monotonic()
    with served(chosen.store, workers=2, SEKISHO_SIGN_UP="open") as ground:
        is_well = race_right_answers(ground, chosen.rounds)
        is_well = race_wrong_answers(ground) and is_well
    seconds = time.monotonic() - began
    say(f"{chosen.store}: {'all is well' if is_well else 'BROKEN'}, {seconds:.0f} s")
    return 0 if is_well else 1


def race_right_answers(ground: Ground, rounds: int) -> bool:
    """Exactly one of 64 right answers passes, in every round, and makes the round's one session."""
    wires = [ground.wire() for _ in range(PARALLEL)]
    told: Counter[str] = Counter()
    passed: Counter[int] = Counter()
    sessions: dict[int, str] = {}
    for number in range(rounds):
        account = number // ROUNDS_EACH
        name = f"r{account}@example.org"
        flow = begin(wires[0], name, f"198.18.{number % 250}.{number // 250}")
        code = ground.mailbox.code(name, flow.label)
        answers = at_once(wires, [(flow, code)] * PARALLEL)
        right = [answer for answer in answers if answer.status == 200]
        passed[len(right)] += 1
        told.update(answer.code for answer in answers)
        for answer in right:
            sessions[account] = answer.json["session"]["token"]
    counted = count_sessions(wires[0], sessions)
    say(f"  {rounds} rounds of {PARALLEL} right answers; how many passed: {dict(passed)}")
    say(f"  answers: {dict(told)}; sessions in the end: {counted}")
    is_known = set(told) <= {"200", "code_used", "too_many_tries"}
    return {1: rounds} == dict(passed) and counted == rounds and is_known


def race_wrong_answers(ground: Ground) -> bool:
    """Of 1,000 wrong answers at once no account has more than ten compared."""
    wires = [ground.wire() for _ in range(GUESSES)]
    flows: list[tuple[int, Flow]] = []
    for account in range(ACCOUNTS):
        for number in range(FLOWS_EACH):
            source = f"198.19.{account}.{number}"
            flows.append((account, begin(wires[0], f"w{account}@example.org", source)))
    wanted = [(flows[guess % len(flows)], f"{guess:06d}") for guess in range(GUESSES)]
    answers = at_once(wires, [(flow, code) for (_, flow), code in wanted])
    told = Counter(answer.code for answer in answers)
    compared: Counter[int] = Counter()
    for ((account, _), _), answer in zip(wanted, answers, strict=True):
        compared[account] += answer.code in COMPARED
    say(f"  {GUESSES} wrong answers over {len(flows)} flows: {dict(told)}")
    say(f"  compared by account: {[compared[account] for account in range(ACCOUNTS)]}")
    return max(compared.values()) <= MOST_COMPARED and set(told) <= {*COMPARED, "too_many_tries"}


def at_once(wires: list[Wire], answers: list[tuple[Flow, str]]) -> list[Answer]:
    """Answer on as many connections, all let go together."""
    for wire, (flow, code) in zip(wires, answers, strict=True):
        wire.hold("POST", flow.path, {"code": code}, flow.headers)
    for wire in wires:
        wire.let_go()
    return [wire.read() for wire in wires]


def count_sessions(wire: Wire, tokens: dict[int, str]) -> int:
    """How many sessions these accounts have in all."""
    lists = (
        wire.ask("GET", "/api/v1/sessions", headers={"Authorization": f"Bearer {token}"})
        for token in tokens.values()
    )
    return sum(len(found.json["data"]) for found in lists)


if __name__ == "__main__":
    sys.exit(main())
