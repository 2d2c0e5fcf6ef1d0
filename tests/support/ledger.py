"""What clients were told, written down, and what must follow from it after the service died and lives again.

Nothing acknowledged is lost, nothing is spent twice (SECURITY.md R1, R4, R5). An answer that never came binds nobody.
"""

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.support.calling import Caller, Flow, bearer, wrong
from tests.support.running import Mailbox
from tests.support.web_client import Answer

LOST = (http.client.HTTPException, OSError)
MOST_WRONG = 5
_MAIL_SECONDS = 3.0  # a mail in a dead worker's hand waits a minute; whoever waits for it goes on
_RECENT = 40  # facts that are looked at after each restart
_LOOK_SECONDS = 0.02


@dataclass
class Passed:
    """A flow that somebody was told he had passed."""

    flow: Flow
    code: str
    token: dict[str, str]
    has_ended: bool | None = False  # None: asked to end, and not told


@dataclass
class Ledger:
    """All that was acknowledged; threads write it together."""

    passed: list[Passed] = field(default_factory=list)
    wrongs: Counter[str] = field(default_factory=Counter)
    owed: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, answer: Answer) -> None:
        """Count what was told."""
        with self.lock:
            self.told[answer.code or str(answer.status)] += 1
            if answer.status >= 500 and answer.status != 503:
                self.broken.append(f"{answer.status}: {answer.text[:200]}")

    def check_recent(self) -> None:
        """Look at the newest facts again, in a service that has just been started."""
        with self.lock:
            newest = self.passed[-_RECENT:]
        for fact in newest:
            self._check(fact)

    def check_all(self, mailbox: Mailbox, seconds: float) -> None:
        """Look at every fact, and wait for the notices that are owed."""
        for fact in self.passed:
            self._check(fact)
        for flow, count in self.wrongs.items():
            if count > MOST_WRONG:
                self.broken.append(f"{count} answers were compared with the code of {flow}")
        end = time.monotonic() + seconds
        while (left := self._unpaid(mailbox)) and time.monotonic() < end:
            time.sleep(0.5)
        self.broken += [f"{count} notices to {to} never came" for to, count in left.items()]

    def _unpaid(self, mailbox: Mailbox) -> Counter[str]:
        got = {to: len(mailbox.notices(to)) for to in self.owed}
        return Counter({to: owed - got[to] for to, owed in self.owed.items() if owed > got[to]})

    def _check(self, fact: Passed) -> None:
        try:
            again = fact.flow.answer(fact.code)
            seen = fact.flow.caller.get("/api/v1/session", fact.token)
            events = fact.flow.caller.get("/api/v1/events?limit=200", fact.token)
        except LOST:
            return  # killed again meanwhile: looked at after the next start
        if again.status == 200:
            self.broken.append(f"the code of {fact.flow.begun['id']} was good twice")
        if fact.has_ended is True and seen.status == 200:
            self.broken.append("a session that was ended lives")
        if fact.has_ended is False and seen.status == 401:
            self.broken.append("a session that was given is gone")
        if events.status == 200:
            label = fact.flow.challenge["label"]
            signed = [
                e for e in events.json["data"] if (e["kind"], e["label"]) == ("signed_in", label)
            ]
            if len(signed) != 1:
                self.broken.append(f"one right answer, {len(signed)} events of it")


@dataclass
class Person:
    """Somebody who signs up and in, wrongly and twice at once, and out, again and again."""

    caller: Caller
    mailbox: Mailbox
    ledger: Ledger
    name: str
    stop: threading.Event
    rounds: int = 0

    def live(self) -> None:
        """Go on until told to stop; who gets no answer begins anew."""
        while not self.stop.is_set():
            self.rounds += 1
            try:
                self._round(f"{self.name}.{self.rounds}@example.net")
            except LOST:
                self.stop.wait(_LOOK_SECONDS)

    def _round(self, address: str) -> None:
        if self._sign_in(address, is_known=False) is None:
            return
        passed = self._sign_in(address, is_known=True)
        if passed is not None and self.rounds % 2:
            self._end(passed)

    def _sign_in(self, address: str, *, is_known: bool) -> Passed | None:
        begun = self.caller.post("/api/v1/flows", {"purpose": "sign_in", "name": address})
        if begun.status != 201:
            self.ledger.note(begun)
            self.stop.wait(_LOOK_SECONDS)
            return None
        flow = Flow(self.caller, begun.json)
        asked = flow.ask()
        self.ledger.note(asked)
        code = self._code(address, flow) if asked.status == 201 else None
        if code is None:
            return None
        missed = flow.answer(wrong(code))
        self.ledger.note(missed)
        if missed.code == "code_wrong":
            with self.ledger.lock:
                self.ledger.wrongs[flow.begun["id"]] += 1
        return self._pass(flow, code, address, is_known=is_known)

    def _pass(self, flow: Flow, code: str, address: str, *, is_known: bool) -> Passed | None:
        """Send the right answer twice at once."""
        with ThreadPoolExecutor(2) as both:
            answers = [
                a for a in both.map(lambda _: _told(lambda: flow.answer(code)), range(2)) if a
            ]
        for answer in answers:
            self.ledger.note(answer)
        good = [answer for answer in answers if answer.status == 200]
        if len(good) > 1:
            self.ledger.broken.append(f"two of {flow.begun['id']}'s right answers passed")
        if not good:
            return None
        passed = Passed(flow, code, bearer(good[0]))
        with self.ledger.lock:
            self.ledger.passed.append(passed)
            if is_known:
                self.ledger.owed[address] += 1
        return passed

    def _end(self, passed: Passed) -> None:
        passed.has_ended = None
        answer = self.caller.delete("/api/v1/session", passed.token)
        self.ledger.note(answer)
        if answer.status == 204:
            passed.has_ended = True

    def _code(self, address: str, flow: Flow) -> str | None:
        end = time.monotonic() + _MAIL_SECONDS
        label = flow.challenge["label"]
        while time.monotonic() < end and not self.stop.is_set():
            code = self.mailbox.code_now(address, label)
            if code is not None:
                return code
            self.stop.wait(_LOOK_SECONDS)
        return None


def _told(act: Callable[[], Answer]) -> Answer | None:
    try:
        return act()
    except LOST:
        return None


def crowd(count: int, caller: Caller, mailbox: Mailbox, ledger: Ledger) -> list[Person]:
    """People who share a ledger and a moment to stop."""
    stop = threading.Event()
    sources = [caller.with_headers(X_Forwarded_For=f"198.51.100.{n + 1}") for n in range(count)]
    return [
        Person(source, mailbox, ledger, f"p{number}", stop) for number, source in enumerate(sources)
    ]
