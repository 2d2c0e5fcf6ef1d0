"""Kill -9 at random under load, again and again, and hold the clients' ledger against what is left.

    python -m tests.campaigns.kills --kills 1000 --store sqlite
    python -m tests.campaigns.kills --kills 1000 --store postgresql

Every other kill comes at a named step of writing, the rest at any moment; each takes the serving
process and its supervisor. Exit 0 when nothing acknowledged was lost and nothing was spent twice.
"""

import argparse
import os
import random
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support import clusters, crashing, running, smtp_sink
from tests.support.ledger import Ledger, crowd
from tests.support.running import Mailbox, free_port

STEPS = (
    "sign_in.ask",
    "sign_in.charge",
    "sign_in.pass",
    "sign_in.wrong",
    "my_account.sign_out",
    "delivery.exchange",
)
LONGEST_LIFE_SECONDS = 0.8
LEASE_SECONDS = 61  # a mail in a dead worker's hand waits so long
MAIL_SECONDS = 60  # for the last notices to be sent, on a busy machine
_LOOK_SECONDS = 0.02


@dataclass
class Campaign:
    """One service on one store, killed again and again."""

    folder: Path
    env: dict[str, str]
    chance: random.Random
    port: int = field(default_factory=free_port)
    killed: dict[str, int] = field(default_factory=dict)

    @property
    def steps(self):
        return self.folder.with_name("step")

    def start(self):
        self.steps.write_text("")
        env = {crashing.STEP_FILE: str(self.steps), **self.env}
        module = "tests.support.crashing"
        return running.serve(self.folder, env=env, port=self.port, module=module)

    def kill(self, service, *, at_step):
        """Kill it once it has lived a little, at a step or at any moment."""
        life = self.chance.uniform(0, LONGEST_LIFE_SECONDS)
        if at_step:
            step = f"{self.chance.choice(STEPS)}:{self.chance.choice(('before', 'after'))}"
            self.steps.write_text(f"{self.chance.randint(1, 6)} {step}")
            end = time.monotonic() + 5
            while service.process.poll() is None and time.monotonic() < end:
                time.sleep(_LOOK_SECONDS)
        else:
            step = "any moment"
            time.sleep(life)
        if service.process.poll() is None:
            step = "any moment"
            service.kill()
        self.killed[step] = self.killed.get(step, 0) + 1
        while not running.is_free(self.port):
            time.sleep(_LOOK_SECONDS)


def run(campaign, mailbox, kills, clients):
    """Kill so often, and return the ledger with what is broken in it."""
    ledger = Ledger()
    service = campaign.start()
    people = crowd(clients, service.caller, mailbox, ledger)
    threads = [threading.Thread(target=person.live) for person in people]
    for thread in threads:
        thread.start()
    try:
        for number in range(kills):
            campaign.kill(service, at_step=number % 2 == 0)
            service = campaign.start()
            ledger.check_recent()
            if number % 50 == 49:
                tell(campaign, ledger, number + 1)
    finally:
        people[0].stop.set()
        for thread in threads:
            thread.join()
    campaign.kill(service, at_step=False)
    campaign.env[crashing.AHEAD] = str(LEASE_SECONDS)
    with running.stopped_after(campaign.start()) as service:
        ledger.check_all(mailbox, MAIL_SECONDS)
        ledger.broken += service.errors
    return ledger


def say(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def tell(campaign, ledger, kills):
    told = ", ".join(f"{what} {count}" for what, count in sorted(ledger.told.items()))
    say(f"{kills} kills, {len(campaign.killed)} kinds; answers: {told}")
    for one in ledger.broken[:20]:
        say(f"BROKEN {one}")


@contextmanager
def campaigning(store, seed):
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sekisho-kills-")))
        mailbox = Mailbox(stack.enter_context(smtp_sink.sink()))
        env = {
            **mailbox.environment,
            "SEKISHO_SIGN_UP": "open",
            "SEKISHO_TRUSTED_PROXIES": "127.0.0.0/8",
        }
        if store == "postgresql":
            os.environ["XDG_RUNTIME_DIR"] = str(folder)  # where the package keeps its lock
            env["SEKISHO_DATABASE_URL"] = stack.enter_context(clusters.cluster()).url
        yield Campaign(folder / "data", env, random.Random(seed)), mailbox


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--store", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--clients", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args(arguments)
    begun = time.monotonic()
    with campaigning(wanted.store, wanted.seed) as (campaign, mailbox):
        ledger = run(campaign, mailbox, wanted.kills, wanted.clients)
    tell(campaign, ledger, wanted.kills)
    for step, count in sorted(campaign.killed.items()):
        say(f"  {count:5} {step}")
    say(
        f"{wanted.store}: {wanted.kills} kills in {time.monotonic() - begun:.0f} s,"
        f" {len(ledger.passed)} sign-ins acknowledged, {sum(ledger.owed.values())} notices owed,"
        f" {len(ledger.broken)} promises broken"
    )
    return 1 if ledger.broken or not ledger.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
