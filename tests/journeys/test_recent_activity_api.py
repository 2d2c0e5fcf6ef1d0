"""Recent activity for programs: what happened, to whom it is shown, and how far back."""

from datetime import datetime

import pytest

from tests.support.people import wrong

pytestmark = pytest.mark.spec("A1")
FIELDS = {
    "id",
    "at",
    "kind",
    "outcome",
    "label",
    "ip",
    "place",
    "network",
    "device",
    "app",
    "reasons",
}


def kinds(person):
    return [event["kind"] for event in person.events()]


def test_an_event_has_every_field_of_the_contract(house, asha, clock):
    clock.move(seconds=1)
    asha.signs_in()
    newest = asha.events()[0]
    assert set(newest) >= FIELDS
    assert {"country", "text"} == set(newest["place"])
    assert clock.now() == datetime.fromisoformat(newest["at"])


def test_a_sign_in_by_a_stranger_leaves_its_whole_trail(house, asha, clock):
    clock.move(seconds=1)
    asha.asks_for_a_code()
    code = house.inbox.code()
    for typed in (wrong(code), "no code", code):
        clock.move(seconds=1)
        asha.types(typed)
    events = asha.events()
    told = [event["kind"] for event in events]
    assert {"notice_sent", "signed_in"} == set(told[:2])  # of one moment
    assert ["code_unreadable", "code_wrong", "code_asked", "account_created"] == told[2:]
    by_kind = {event["kind"]: event for event in events}
    label = asha.attempt.asked[0].json["label"]
    shown = [by_kind[kind]["label"] for kind in ("code_asked", "code_wrong", "signed_in")]
    assert [label] * 3 == shown
    assert ["new_device"] == by_kind["signed_in"]["reasons"]
    assert ("198.51.100.10", "Chrome on Windows") == tuple(
        by_kind["signed_in"][field] for field in ("ip", "device")
    )


def test_what_others_try_is_seen_by_the_owner(house, asha):
    from_elsewhere = house.client("203.0.113.99", "curl/8.5")
    asha.client, own = from_elsewhere, asha.client
    attempt = asha.asks_for_a_code()
    code = house.inbox.code()
    for _ in range(6):
        attempt.type(wrong(code))
    house.clock.move(minutes=10)
    asha.client = own
    asha.signs_in()
    theirs = [event for event in asha.events() if event["ip"] == "203.0.113.99"]
    assert {"code_asked": 1, "code_wrong": 5, "tries_refused": 1} == {
        kind: sum(event["kind"] == kind for event in theirs)
        for kind in {event["kind"] for event in theirs}
    }
    assert {"curl"} == {event["device"] for event in theirs}


def test_an_earlier_code_and_an_end_are_events(house, asha, clock):
    attempt = asha.asks_for_a_code()
    early = house.inbox.code()
    clock.move(seconds=30)
    attempt.ask()
    attempt.type(early)
    asha.types(house.inbox.code())
    asha.client.post("/api/v1/sessions/end_all", {"keep_current": True}, asha.bearer)
    assert {"code_earlier", "sessions_ended"} <= set(kinds(asha))
    asha.client.delete("/api/v1/session", asha.bearer)
    asha.signs_in()
    assert "signed_out" in kinds(asha)


@pytest.mark.spec("R3")
@pytest.mark.parametrize(
    ("ip", "country", "text"),
    [
        pytest.param("133.11.0.1", "JP", "Japan", id="a university in Tokyo"),
        pytest.param("2001:200::1", "JP", "Japan", id="WIDE, IPv6"),
        pytest.param("203.0.113.7", None, "unknown", id="no country's"),
    ],
)
def test_the_place_comes_from_the_shipped_table(house, asha, clock, ip, country, text):
    clock.move(seconds=1)
    asha.client = house.client(ip)
    asha.signs_in()
    newest = asha.events()[0]
    assert (ip, country) == (newest["ip"], newest["place"]["country"])
    assert text in newest["place"]["text"]


def test_pages_of_events_join_without_gap_or_overlap(house, asha):
    asha.signs_in()
    whole = [event["id"] for event in asha.events()]
    found, path = [], "/api/v1/events?limit=2"
    for _ in range(len(whole)):
        page = asha.gets(path).json
        found += [event["id"] for event in page["data"]]
        if page["next"] is None:
            break
        path = f"/api/v1/events?limit=2&after={page['next']}"
    assert whole == found


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=-1", "limit=x", "limit=٣", "after=x"]
)
def test_a_query_of_another_shape_is_invalid_input(house, asha, query):
    asha.signs_in()
    assert (422, "invalid_input") == (
        asha.gets(f"/api/v1/events?{query}").status,
        asha.gets(f"/api/v1/events?{query}").code,
    )


def test_events_are_shown_for_thirty_days(house, asha, clock):
    asha.signs_in()
    clock.move(days=31)
    asha.signs_in()
    assert {clock.now()} == {datetime.fromisoformat(event["at"]) for event in asha.events()}


def test_events_are_kept_for_ninety_days_and_then_swept(house, asha, clock, db):
    asha.signs_in()
    before = len(asha.events())
    clock.move(days=20)
    house.sweep()
    asha.signs_in()
    assert len(asha.events()) > before
    clock.move(days=91)
    house.sweep()
    asha.signs_in()
    assert len(asha.events()) <= before
