"""Killed at every named step of writing, and started again: nothing acknowledged is lost.

Each step is met by its own act, once just before its commit and once just after; then the service
and its supervisor are gone, as by kill -9. An act stops twice: when all is ready, and when the
answer is lost. `python -m tests.campaigns.kills` kills at random.
"""

import ast
import contextlib
import random
import re
from pathlib import Path

import pytest

import sekisho
from tests.campaigns import kills
from tests.support import running, smtp_sink
from tests.support.calling import ask, bearer, begin, browser, wrong
from tests.support.dying import DIES_AT
from tests.support.killing import GONE, LEASE_SECONDS, Service, lost
from tests.support.running import Mailbox, awaited

SOURCE = Path(sekisho.__file__).parent
LABEL = re.compile(r">([A-Z][0-9])<")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def service(request, tmp_path_factory, mailbox, store_of):
    found = Service(tmp_path_factory.mktemp("kills") / "data", store_of(request.param), mailbox)
    yield found
    assert [] == found.running.errors
    found.running.stop()


@pytest.fixture
def address(service, address):
    """Somebody with an account: so that strangers' sign-ins tell the owner."""
    flow = ask(service.caller, address)
    assert 200 == flow.answer(service.code(address, flow)).status
    return address


def asks(service, address, *, is_kept):
    flow = begin(service.caller, address)
    yield
    lost(flow.ask)
    yield
    # Who lost the answer looks at the flow: what was kept went out, though nobody was told so.
    flow.challenge = flow.look().json["challenge"]
    assert is_kept == (flow.challenge is not None)
    if not is_kept:
        assert 201 == flow.ask().status
    assert 200 == flow.answer(service.code(address, flow)).status


def is_charged(service, address, *, is_kept):
    flow = ask(service.caller, address)
    code = service.code(address, flow)
    yield
    lost(lambda: flow.answer(code))
    yield
    answers = [flow.answer(wrong(code, nth)).code for nth in range(1, 7)]
    judged = 4 if is_kept else 5
    assert ["code_wrong"] * judged + ["too_many_tries"] * (6 - judged) == answers
    assert "too_many_tries" == flow.answer(code).code


def passes(service, address, *, is_kept):
    flow = ask(service.caller, address)
    code = service.code(address, flow)
    yield
    lost(lambda: flow.answer(code))
    yield
    again = flow.answer(code)
    assert (409 if is_kept else 200) == again.status
    assert "code_used" == flow.answer(code).code
    # Signed in once, and its owner hears of it once the lease of a mail under way is over.
    label = flow.challenge["label"]
    token = again if again.status == 200 else signs_in(service, address)
    events = service.caller.get("/api/v1/events", bearer(token)).json["data"]
    assert 1 == sum((one["kind"], one["label"]) == ("signed_in", label) for one in events)
    awaited(lambda: len(service.mailbox.notices(address)) >= (2 if is_kept else 1))


def signs_in(service, address):
    flow = ask(service.caller, address)
    return flow.answer(service.code(address, flow))


def is_wrong(service, address, *, is_kept):
    del is_kept  # the event alone may be lost; the try was charged before
    flow = ask(service.caller, address)
    code = service.code(address, flow)
    yield
    lost(lambda: flow.answer(wrong(code)))
    yield
    assert ["code_wrong"] * 4 == [flow.answer(wrong(code, nth)).code for nth in range(1, 5)]
    assert "too_many_tries" == flow.answer(code).code


def ends(method, path, *, own):
    """Return the act of ending a session, one's own or another of one's own."""

    def act(service, address, *, is_kept):
        mine, other = signs_in(service, address), signs_in(service, address)
        ended = mine if own else other
        place = path.format(session=ended.json["session"]["id"])
        yield
        lost(lambda: service.caller.send(method, place, None, bearer(mine)))
        yield
        seen = service.caller.get("/api/v1/session", bearer(ended)).status
        assert (401 if is_kept else 200) == seen

    return act


def is_touched(service, address, *, is_kept):
    del is_kept  # a last use that was not noted is noted at the next
    passed = signs_in(service, address)
    service.running.kill()
    awaited(lambda: running.is_free(service.port))
    service.start_again(later=360)
    yield
    lost(lambda: service.caller.get("/api/v1/session", bearer(passed)))
    yield
    assert 200 == service.caller.get("/api/v1/session", bearer(passed)).status


def is_replaced(service, address, *, is_kept):
    person = browser(service.running.origin)
    before = signs_in(service, address)
    person.jar["sekisho_session"] = before.json["session"]["token"]
    asked = person.submit("/sign-in", {"name": address}, at="/account/devices/end-all")
    path = asked.header("Location")
    label = LABEL.search(person.get(path).text)[1]
    code = service.mailbox.code(address, label)
    token = person.form_token(path)
    yield
    form = {"code": code, "form_token": token}
    lost(lambda: person.form(path, form, {"Origin": person.origin}))
    yield
    # The new session was never given to anybody; the old one may outlive it until it ends.
    seen = service.caller.get("/api/v1/session", bearer(before)).status
    assert (401 if is_kept else 200) == seen


def is_sent(service, address, *, is_kept):
    del is_kept  # handed over at least once in any case
    flow = begin(service.caller, address)
    yield
    with contextlib.suppress(
        *GONE
    ):  # the worker dies with the mail in its hand, maybe before we hear
        flow.ask()
    yield
    flow.challenge = flow.look().json["challenge"]
    if (
        flow.challenge is None
    ):  # another mail was in its hand, and it died before it read this request
        flow.ask()
    assert 200 == flow.answer(service.code(address, flow)).status


ACTS = {
    "sign_in.ask": asks,
    "sign_in.charge": is_charged,
    "sign_in.pass": passes,
    "sign_in.wrong": is_wrong,
    "sign_in.replace": is_replaced,
    "my_account.sign_out": ends("DELETE", "/api/v1/session", own=True),
    "my_account.end_one": ends("DELETE", "/api/v1/sessions/{session}", own=False),
    "my_account.end_all": ends("POST", "/api/v1/sessions/end_all", own=False),
    "sessions.touch": is_touched,
    "delivery.exchange": is_sent,
}
BY_ITSELF = ("mark_time", "sweep.flows", "sweep.books", "sweep.events", "sweep.sessions")
BY_COMMAND = {
    "people.make": lambda address: ("account", "create", "--email", f"new-{address}"),
    "account.reopen": lambda address: ("account", "reopen", address),
}
ELSEWHERE = {
    "delivery.sweep": "does what sweep.flows does, ten minutes after the start",
    "dev.clock": "only in dev, where test_lives shows that the clock is kept",
    "contacts.note_change": "test_kills_with_phones",
    "delivery.report": "test_kills_with_phones",
    "push.forget": "test_kills_with_phones",
}

# Steps of security info: each is died at in one process, and every request repeated, by
# tests/stories/test_dying.py.
IN_STORIES = frozenset(step.removesuffix(":before") for step in DIES_AT)


@pytest.mark.spec("C3", "C6", "D2", "S1")
@pytest.mark.attack("121")
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", ACTS)
def test_killed_at_a_step_it_keeps_all_or_nothing(service, address, step, when):
    act = ACTS[step](service, address, is_kept=when == "after")
    next(act)
    service.arm(f"{step}:{when}")
    next(act)
    service.is_gone()
    service.start_again(later=LEASE_SECONDS)
    with pytest.raises(StopIteration):
        next(act)


@pytest.mark.attack("121")
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", BY_ITSELF)
def test_killed_at_what_it_does_by_itself_it_starts_again(service, address, step, when):
    service.running.kill()
    awaited(lambda: running.is_free(service.port))
    service.arm(f"{step}:{when}")
    service.start_to_die()
    service.start_again()
    assert 200 == signs_in(service, address).status


@pytest.mark.attack("121")
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", BY_COMMAND)
def test_a_command_that_is_killed_is_given_again(service, address, step, when):
    arguments = BY_COMMAND[step](address)
    service.arm(f"{step}:{when}")
    assert -9 == service.command(*arguments)
    made_already = (step, when) == ("people.make", "after")
    assert (3 if made_already else 0) == service.command(*arguments)
    assert 200 == signs_in(service, address).status


def test_every_named_step_is_killed_at():
    trees = [ast.parse(path.read_text()) for path in SOURCE.rglob("*.py")]
    named = {
        node.args[0]
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "write"
        and "db" in ast.unparse(node.func.value)
    }
    plain = {one.value for one in named if isinstance(one, ast.Constant)}
    assert {*ACTS, *BY_COMMAND, *ELSEWHERE, *IN_STORIES, "mark_time"} == plain
    composed = [ast.unparse(one) for one in named if not isinstance(one, ast.Constant)]
    assert ["f'sweep.{name}'"] == composed


@pytest.mark.spec("C3", "C6", "D2")
@pytest.mark.attack("121", "002")
def test_killed_at_random_under_load_the_clients_ledger_holds(tmp_path, store_of, kind):
    """What `python -m tests.campaigns.kills --kills 1000` does, at the size of a test."""
    with smtp_sink.sink() as sink:
        mailbox = Mailbox(sink)
        env = {**mailbox.environment, **store_of(kind), "SEKISHO_SIGN_UP": "open"}
        env["SEKISHO_TRUSTED_PROXIES"] = "127.0.0.0/8"
        campaign = kills.Campaign(tmp_path / "data", env, random.Random(7))
        ledger = kills.run(campaign, mailbox, kills=4, clients=4)
    assert [] == ledger.broken
    assert ledger.passed
    assert 5 == sum(campaign.killed.values())


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request):
    return request.param
