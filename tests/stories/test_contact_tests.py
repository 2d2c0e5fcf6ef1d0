"""Does it arrive? A test message to a contact of one's own, by page and by API (spec P9)."""

import pytest

from sekisho.ground import ids
from sekisho.records import delivery
from sekisho.records.delivery import Report
from sekisho.records.delivery.rules import Rejected
from tests.support.people import at_once, begin, person
from tests.support.settled import SECOND, Settled

pytestmark = pytest.mark.spec("P9")


def sends(settled, contact):
    return settled.posts(f"/api/v1/contacts/{contact}/test", {})


def looks(settled, contact):
    return settled.person.gets(f"/api/v1/contacts/{contact}/test").json


def of(letters):
    return [one for one in letters if one.purpose == "test_message"]


def test_a_test_goes_to_a_new_contact_and_to_a_proved_one(settled, house, clock):
    contact = settled.adds()
    answer = sends(settled, contact)
    assert (201, "queued") == (answer.status, answer.json["state"])
    assert {"contact", "hint", "message", "state", "timeline", "failing_since"} == set(answer.json)
    (letter,) = of(house.inbox.all(SECOND))
    assert (None, None) == (letter.code, letter.label)
    assert "://" not in letter.text
    assert "handed_over" == looks(settled, contact)["state"]
    assert 200 == settled.confirms(contact, house.inbox.code(SECOND)).status
    clock.move(minutes=1)
    assert 201 == sends(settled, contact).status
    assert 2 == len(of(house.inbox.all(SECOND)))
    assert "test_sent" in [one["kind"] for one in settled.person.events()]


def test_before_a_first_test_there_is_nothing_to_tell(settled):
    (only,) = settled.contacts()
    seen = looks(settled, only["id"])
    assert (None, None, []) == (seen["message"], seen["state"], seen["timeline"])


def test_one_a_minute_and_five_a_day(settled, clock):
    (only,) = settled.contacts()
    told = []
    for _ in range(6):
        told.append(sends(settled, only["id"]).status)
        early = sends(settled, only["id"])
        told.append(early.code)
        clock.move(minutes=1)
    assert [201, "too_soon"] * 4 + [201, "too_many_requests"] + [429, "too_many_requests"] == told
    assert early.json["retry_at"]
    clock.move(days=1)
    settled.person.signs_in()
    assert 201 == sends(settled, only["id"]).status


@pytest.mark.attack("078")
def test_tests_of_many_accounts_share_a_limit(settled, ben, clock):
    mine = settled.adds("shared@example.net")
    ben.signs_in()
    other = Settled(ben)
    clock.move(minutes=11)
    theirs = other.adds("Shared@example.net")
    assert 201 == sends(settled, mine).status
    assert "too_soon" == sends(other, theirs).code


@pytest.mark.attack("078")
def test_a_flood_by_strangers_takes_no_test_away_and_a_test_no_code(settled, house, clock):
    for number in range(1, 30):
        begin(house.client(f"192.0.2.{number}"), settled.person.address).ask()
    (only,) = settled.contacts()
    assert 201 == sends(settled, only["id"]).status
    assert 1 == len(of(house.inbox.all(settled.person.address)))
    before = len(house.inbox.codes(settled.person.address))
    settled.person.asks_for_a_code()
    assert before + 1 == len(house.inbox.codes(settled.person.address))


@pytest.mark.attack("010", "078")
def test_a_test_goes_to_a_contact_of_ones_own_alone(settled, ben, house):
    ben.signs_in()
    (theirs,) = Settled(ben).contacts()
    assert "not_found" == sends(settled, theirs["id"]).code
    assert "not_found" == settled.person.gets(f"/api/v1/contacts/{theirs['id']}/test").code
    arrived = settled.posts(f"/api/v1/contacts/{theirs['id']}/test/arrived", {})
    assert "not_found" == arrived.code
    gone = settled.has_added()
    settled.removes(gone)
    assert "not_found" == sends(settled, gone).code
    assert [] == of(house.inbox.all())
    assert "not_signed_in" == house.api.post(f"/api/v1/contacts/{gone}/test", {}).code


def test_of_tests_at_once_one_is_sent(settled, house):
    (only,) = settled.contacts()
    answers = at_once(8, lambda _: sends(settled, only["id"]), house)
    assert [201] + [429] * 7 == sorted(answer.status for answer in answers)
    assert 1 == len(of(house.inbox.all(settled.person.address)))


@pytest.mark.spec("P7", "D4")
def test_what_comes_back_is_shown_and_a_later_delivery_clears_it(settled, house, clock):
    contact = settled.has_added()
    message = ids.read("msg", sends(settled, contact).json["message"])
    house.send_mail()
    told = Report(message, "bounced", "550 gone")
    house.db.write("test", lambda work: delivery.report(work, told))
    seen = looks(settled, contact)
    assert ("bounced", "550 gone") == (seen["state"], seen["timeline"][-1]["detail"])
    assert seen["failing_since"]
    clock.move(minutes=1)
    again = ids.read("msg", sends(settled, contact).json["message"])
    told = Report(again, "delivered", "")
    house.db.write("test", lambda work: delivery.report(work, told))
    seen = looks(settled, contact)
    assert ("delivered", None) == (seen["state"], seen["failing_since"])


def test_the_page_sends_shows_and_takes_the_persons_word(settled, house):
    (only,) = settled.contacts()
    page = settled.person.client
    page.jar["sekisho_session"] = settled.person.token
    path = f"/account/security/contacts/{only['id']}/test"
    assert path in page.get("/account/security").text
    assert "Send a test message" in page.get(path).text
    post = house.mail.send
    house.office.providers["email"].send = lambda _: Rejected("550 no such user")
    sent = page.submit(path, {}, at=path)
    assert 303 == sent.status
    house.send_mail()
    house.office.providers["email"].send = post
    shown = page.follow(sent).text
    assert "It was refused" in shown
    assert "did not get through" in shown
    early = page.submit(path, {}, at=path)
    assert (429, True) == (early.status, "less than a minute ago" in early.text)
    thanks = page.follow(page.submit(f"{path}/arrived", {}, at=path)).text
    assert "Messages reach" in thanks
    assert "did not get through" not in page.get(path).text


def test_the_page_of_a_strangers_contact_is_not_there(settled):
    page = settled.person.client
    page.jar["sekisho_session"] = settled.person.token
    for contact in ("ctc_0000000000000", "nonsense", "ctc_zzzzzzzzzzzzz"):
        assert 404 == page.get(f"/account/security/contacts/{contact}/test").status


@pytest.mark.spec("P3")
@pytest.mark.parametrize(
    ("number", "channel"), [("090-1234-5678", "sms"), ("03-1234-5678", "voice")]
)
def test_a_phone_gets_a_text_and_a_landline_a_call(settled, house, number, channel):
    parameters = {"kind": "phone", "address": number}
    settled.proves("contacts.add", parameters)
    contact = settled.posts("/api/v1/contacts", parameters).json["id"]
    assert 201 == sends(settled, contact).status
    (letter,) = of(house.inbox.all())
    assert (channel, None) == (letter.channel, letter.code)
    page = settled.person.client
    page.jar["sekisho_session"] = settled.person.token
    shown = page.get(f"/account/security/contacts/{contact}/test").text
    assert "Is the phone on" in shown


@pytest.mark.attack("079")
def test_tests_cost_what_codes_cost_and_stop_where_codes_stop(build_house, clock):
    house = build_house(phones__prefix_hour=2)
    settled = Settled(person(house, "asha@example.org", "198.51.100.10"))
    settled.person.signs_in()
    parameters = {"kind": "phone", "address": "090-1234-5678"}
    settled.proves("contacts.add", parameters)
    contact = settled.posts("/api/v1/contacts", parameters).json["id"]
    assert 201 == sends(settled, contact).status
    clock.move(minutes=1)
    answer = sends(settled, contact)
    assert (429, "too_many_requests") == (answer.status, answer.code)
    assert 1 == len(of(house.inbox.all()))
