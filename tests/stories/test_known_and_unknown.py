"""A name without an account is answered like one with an account, byte by byte and in its time."""

import re
import time

import pytest

from tests.support.by_page import WAYS, Page
from tests.support.people import begin, wrong
from tests.support.signing import WRONG, signing
from tests.support.whole import LAST_FOUR

pytestmark = pytest.mark.spec("C11")
KNOWN, UNKNOWN = "aya@example.org", "ema@example.org"
_ID = re.compile(rb"\b(flw|opt|chl|ses|acc|evt|msg|req)_[0-9a-z]{13}")
_SECRET = re.compile(rb'"secret":"[^"]*"')
_LABEL = re.compile(rb'"label":"[A-Z][2-9]"')
_TOKEN = re.compile(rb'(name="form_token" value=")[^"]*')
_CHALLENGE = re.compile(rb'(?<=challenge)[": &#34;]+[\w-]{43}')
_NUMBER = re.compile(rb'(?<="number":")\d\d|(?<=<span>)\d(?=</span>)')
_TICKET = re.compile(rb"(<bdi[^>]*>|\b)[A-Z][2-9](</bdi>)?")


def masked(answer, name):
    """The answer less what chance draws (ids, secret, label, tokens) and the hint's letters."""
    local = name.partition("@")[0][:2].encode()
    body = _SECRET.sub(b"", _ID.sub(b"ID", answer.body))
    body = _TOKEN.sub(rb"\1T", _LABEL.sub(b"L", body))
    body = _NUMBER.sub(b"N", _CHALLENGE.sub(b"C", body)).replace(b"<wbr>", b"")
    body = body.replace(name.encode(), b"NAME")
    body = _TICKET.sub(b"L", body).replace(local + b"*****", b"HINT")
    headers = tuple(
        sorted(
            (field.lower(), re.sub(r"flw_\w+", "ID", value.partition("=")[0]))
            for field, value in answer.headers
        )
    )
    lengths = tuple(len(it) for field, it in answer.headers if field.lower() == "set-cookie")
    return answer.status, headers, lengths, body


def by_api(house, name, language):
    """Everything that a stranger can do with a name by the API; a number is a wait in seconds."""
    client = house.client(language=language)
    attempt = begin(client, name)
    yield attempt.begun
    yield attempt.look()
    yield attempt.ask()
    yield attempt.ask()
    yield attempt.look()
    yield from (attempt.type(wrong("000000", by)) for by in range(3))
    yield attempt.type("no code")
    yield attempt.type(["000000"])
    yield attempt.type("000000")
    yield 40
    yield attempt.ask()
    yield from (attempt.type(wrong("000000", by)) for by in range(6))
    yield 360
    yield attempt.type("000000")
    yield attempt.ask()
    yield attempt.type("000000")
    yield 1860
    yield attempt.look()
    yield attempt.ask()


def by_page(house, name, language):
    """Everything that a stranger can do with a name in the browser."""
    client = house.client(language=language)
    sent = client.submit("/sign-in", {"name": name})
    yield sent
    path = sent.header("Location")
    yield client.get(path)
    yield from (client.submit(path, {"code": wrong("000000", by)}, path) for by in range(3))
    again = path.replace("/code", "/resend")
    yield client.submit(again, {}, path)
    yield 40
    yield client.submit(again, {}, path)
    yield from (client.submit(path, {"code": wrong("000000", by)}, path) for by in range(6))


def people_of(house):
    """A house where one of the two names is known."""
    house.make_account(KNOWN)
    return house


@pytest.mark.attack("089")
@pytest.mark.parametrize("sign_up", ["open", "closed"])
@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("road", [by_api, by_page])
def test_the_same_road_gives_the_same_bytes(build_house, sign_up, language, road):
    house = people_of(build_house(sign_up=sign_up))
    roads = (road(house, name, language) for name in (KNOWN, UNKNOWN))
    for step, (known, unknown) in enumerate(zip(*roads, strict=True)):
        if isinstance(known, int):
            house.clock.move(seconds=known)
        else:
            assert (step, masked(known, KNOWN)) == (step, masked(unknown, UNKNOWN))


@pytest.mark.attack("089")
@pytest.mark.parametrize("sign_up", ["open", "closed"])
def test_the_number_of_requests_tells_nothing(build_house, sign_up):
    """Pauses, lengths of codes and refusals grow alike."""
    house = people_of(build_house(sign_up=sign_up))
    told = {}
    for name in (KNOWN, UNKNOWN):
        steps = []
        for number in range(12):
            attempt = begin(house.client(f"198.18.{number}.7"), name)
            asked = attempt.ask().json
            steps.append((asked["digits"], asked["resends_left"]))
            steps.append(tuple(attempt.type("000000").json.get("left", "-") for _ in range(3)))
        told[name] = steps
    assert told[KNOWN] == told[UNKNOWN]


@pytest.mark.spec("P2")
@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("taro@example.com", "ta*****@example.com"),
        ("abc@example.com", "ab*****@example.com"),
        ("a@example.com", "a*****@example.com"),
        ("averyveryverylongname@example.com", "av*****@example.com"),
    ],
)
def test_a_hint_shows_what_was_typed_and_not_how_long_it_is(house, name, hint):
    assert hint == begin(house.api, name).begun.json["options"][0]["hint"]


@pytest.mark.attack("088")
def test_known_and_unknown_take_the_same_work(closed_house, db):
    """A small look at time; the whole one is `python -m tests.campaigns.timing`.

    Interleaved pairs in turns; only a gross difference (a missing write, a missing letter) shows.
    """
    house = people_of(closed_house)
    seconds = {KNOWN: [], UNKNOWN: []}
    for number in range(60):
        order = (KNOWN, UNKNOWN) if number % 2 else (UNKNOWN, KNOWN)
        for name in order:
            attempt = begin(house.client(f"198.18.{number}.7"), name)
            began = time.perf_counter()
            attempt.ask()
            attempt.type("000000")
            seconds[name].append(time.perf_counter() - began)
        house.clock.move(minutes=61)
    pairs = sorted(one - other for one, other in zip(seconds[KNOWN], seconds[UNKNOWN], strict=True))
    usual = sorted(seconds[KNOWN])[30]
    assert abs(pairs[30]) < max(0.001, usual / 4)


def slips(kind):
    """Answers to a kind that are wrong, or nothing at all, as often as they are told apart."""
    wrong = {"password": {"password": WRONG}, "passkey": {"credential": "{}"}}
    return [{}, *[wrong.get(kind, {"code": "000000"})] * 6, {"push": "true"}]


def every_way_by_page(house, name):
    """Every way on that a stranger is shown, chosen and answered wrongly; then all is forgotten."""
    for number, kind in enumerate(WAYS):
        page = Page(house, name, house.client(f"198.18.{number}.7", language="ja"))
        yield page.sent
        yield page.client.get(page.ways)
        confirm = {"confirm": name if kind == "email_code" else LAST_FOUR}
        yield page.chooses(kind)
        yield page.chooses(kind, **confirm)
        yield 0
        yield page.client.get(page.path)
        yield from (page.gives(**fields) for fields in slips(kind))
        yield page.client.submit(page.path.replace("/code", "/resend"), {}, page.path)
        yield page.client.get(page.path.replace("/code", "/push.json"))
        yield 45
        yield page.client.submit(page.path.replace("/code", "/resend"), {}, page.path)
    forgotten = page.client.submit(page.path.replace("/code", "/forgotten"), {}, page.path)
    yield forgotten
    page.ways = forgotten.header("Location")
    page.path = page.ways.replace("/ways", "/code")
    yield page.client.get(page.ways)
    yield page.chooses("typed")
    yield from (page.gives(code="000000") for _ in range(6))
    yield page.client.get(page.path.replace("/code", "/new-password"))


def every_way_by_api(house, name):
    """The same by the API."""
    for number, kind in enumerate(WAYS):
        sign_in = signing(house.client(f"198.18.{number}.9"), name)
        option = sign_in.options[0 if kind == "typed" else sign_in.kinds().index(kind, 1)]["id"]
        yield sign_in.attempt.begun
        yield sign_in.asks_option(option)
        yield sign_in.asks_option(option, confirm="nobody@example.org")
        yield 45
        yield sign_in.asks_option(option, confirm=LAST_FOUR)
        yield sign_in.attempt.look()
        yield from (sign_in.gives(**fields) for fields in slips(kind))
        yield sign_in.gives(credential={}, code="000000")
        yield 360
        yield sign_in.attempt.look()
        yield sign_in.asks_option(option, confirm=LAST_FOUR)


@pytest.mark.spec("P2", "M9", "V1")
@pytest.mark.attack("089", "091", "057")
@pytest.mark.parametrize(("road", "names"), [(every_way_by_page, 3), (every_way_by_api, 5)])
def test_every_way_gives_the_same_bytes_whoever_the_name_is(supplied, house, clock, road, names):
    """A name of somebody who has everything; nobody's; a contact that waits, that is, that was."""
    clock.move(minutes=5)
    supplied.has_added("ruri@example.org")
    clock.move(minutes=5)
    removed = supplied.has_added("tomo@example.org")
    clock.move(minutes=5)
    assert 204 == supplied.removes(removed).status
    clock.move(minutes=5)
    supplied.adds("sena@example.org")
    supplied.turns_on()
    clock.move(hours=25)
    names = [f"{one}@example.org" for one in ("asha", "emma", "ruri", "tomo", "sena")[:names]]
    roads = [road(house, name) for name in names]
    for step, answers in enumerate(zip(*roads, strict=True)):
        if isinstance(answers[0], int):
            clock.move(seconds=answers[0])
        else:
            told = {masked(one, name): name for one, name in zip(answers, names, strict=True)}
            assert 1 == len(told), (step, *told)
