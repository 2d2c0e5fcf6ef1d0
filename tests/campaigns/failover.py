"""`python -m tests.campaigns.failover`: 1,000 codes while gateways die and dawdle. (spec D3)

Two roads, each over a real outbox: the first gateway dead and the second slow; and the first killed
under way, the second silent, the third well. All codes arrive before they end, none twice from one
gateway, and the breaker of the sick one opens within five seconds.
"""

import argparse
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from sekisho.ground.chance import SystemChance
from sekisho.ground.clock import SystemClock, wait_clock
from sekisho.ground.db import Database
from sekisho.ground.sqlite import SqliteStore
from sekisho.migrations import schema
from sekisho.records import delivery
from sekisho.records.delivery import Policy
from sekisho.records.delivery.failover import Failover
from sekisho.records.delivery.mailroom import Mailroom
from sekisho.records.delivery.post_office import PostOffice
from sekisho.records.delivery.providers import gateways
from tests.campaigns.ground import say
from tests.support import letters
from tests.support.gateways import FakeGateway, dead_url, running
from tests.support.material import draw_keys

HANDS = 16
OPENS_WITHIN = 5.0  # seconds; the figure
SILENT = 60.0  # seconds: nobody waits so long, so what came there counts as lost
CODE_SECONDS = 300  # SPEC C2: a sign-in code lives five minutes


def main() -> int:
    """Go both roads and return the number of faults."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--slow", type=float, default=1.0, help="seconds of the slow gateway")
    wanted = parser.parse_args()
    return dead_then_slow(wanted.messages, wanted.slow) + killed_under_way(wanted.messages)


def dead_then_slow(messages: int, seconds: float) -> int:
    """Send while the first gateway is dead and the second slow; return the number of faults."""
    with running(delay=seconds) as slow:
        urls = f"{dead_url()} {slow.twilio_url()}"
        return _road("dead, slow", urls, messages, [slow], lambda: None)


def killed_under_way(messages: int) -> int:
    """Send while the first is killed, the second silent and the third well."""
    with ExitStack() as dying, running(delay=SILENT) as silent, running() as well:
        first = dying.enter_context(running())
        urls = " ".join(one.twilio_url() for one in (first, silent, well))

        def kill() -> None:
            if len(first.requests) >= messages // 10:
                dying.close()

        return _road("killed, silent, well", urls, messages, [first, silent, well], kill)


def _road(
    name: str, urls: str, count: int, fakes: list[FakeGateway], between: Callable[[], None]
) -> int:
    with tempfile.TemporaryDirectory() as folder:
        db = _database(Path(folder))
        provider = gateways.open_gateways(urls)
        begun = wait_clock()
        opened = _send(db, provider, Path(folder), count, between)
        took = wait_clock() - begun
        sent = db.read(lambda work: delivery.recent(work, count))
        db.store.close()
    states = Counter(one.state.word for one in sent)
    arrived = {number for fake in fakes if fake.delay < SILENT for number in fake.numbers()}
    twice = sum(times > 1 for fake in fakes for times in Counter(fake.numbers()).values())
    first = min(opened.values(), default=float("inf")) - begun
    say(f"{name}: {len(arrived):,} of {count:,} arrived in {took:.1f} s, {twice} twice from one")
    say(f"  states {dict(states)}; a breaker opened after {first:.2f} s ({', '.join(opened)})")
    is_late = took > CODE_SECONDS or first > OPENS_WITHIN
    return count - len(arrived) + twice + is_late + (states["handed_over"] != count)


def _database(folder: Path) -> Database:
    path = folder / "sekisho.db"
    schema.migrate(f"sqlite:///{path}")
    return Database(SqliteStore(path), SystemClock(), SystemChance(), draw_keys())


def _send(
    db: Database, provider: Failover, folder: Path, count: int, between: Callable[[], None]
) -> dict[str, float]:
    """Post and send all; return when each breaker was first seen open."""
    office = letters.post_office(folder, letters.Outlet(), policy=Policy(connections=HANDS))
    office = PostOffice(office.mail_from, office.letters, {"sms": provider}, policy=office.policy)
    bell, opened = threading.Event(), dict[str, float]()
    room = Mailroom(db, office, bell)
    ends_at = db.clock.now() + (letters.letter().ends_at - letters.START)  # type: ignore[operator]  # a code has an end
    for number in range(count):
        letter = letters.letter(channel="sms", to=f"+8190{number:08}", ends_at=ends_at)
        db.write("post", lambda work, letter=letter: delivery.post(work, letter))
    until = wait_clock() + CODE_SECONDS
    while wait_clock() < until and _waits(db, count):
        room.turn()
        for name, health in provider.health().items():
            if health.is_open:
                opened.setdefault(name, wait_clock())
        between()
        bell.wait(0.1)
        bell.clear()
    room.finish(30)
    return opened


def _waits(db: Database, count: int) -> bool:
    sent = db.read(lambda work: delivery.recent(work, count))
    return any(one.state.word in {"waiting", "claimed"} for one in sent)


if __name__ == "__main__":
    sys.exit(main())
