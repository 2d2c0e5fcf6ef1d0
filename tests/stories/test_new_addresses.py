"""A new address is asked about where it may not be what its owner means (spec P4)."""

import pytest

from sekisho.doors.checking import check
from sekisho.doors.settings import SettingsError, gather
from tests.support.people import person
from tests.support.settled import Settled

pytestmark = pytest.mark.spec("P4")
ADD = "/account/security/add"
LIKE = "taro@аррӏе.com"  # Cyrillic


def adds(settled, address):
    parameters = {"kind": "email", "address": address}
    settled.proves("contacts.add", parameters)
    return settled.posts("/api/v1/contacts", parameters)


def opens(settled):
    page = settled.person.client
    page.jar["sekisho_session"] = settled.person.token
    return page


@pytest.mark.attack("076")
def test_a_program_is_warned_and_the_address_taken_all_the_same(settled):
    answer = adds(settled, LIKE)
    assert 201 == answer.status
    (warning,) = answer.json["warnings"]
    assert "look_alike" == warning["doubt"]
    assert "apple.com" in warning["message"]
    assert "xn--80ak6aa92e.com" in warning["message"]
    assert [] == adds(settled, "taro@example.net").json["warnings"]


@pytest.mark.attack("076")
def test_the_page_asks_before_anything_is_sent(settled, house):
    page = opens(settled)
    before = len(house.inbox.all())
    asked = page.submit(ADD, {"address": LIKE}, at=ADD)
    assert 200 == asked.status
    assert "are of another alphabet" in asked.text
    assert before == len(house.inbox.all())
    other = page.submit(
        ADD, {"address": "taro@gοοgle.com", "sure": "taro@xn--80ak6aa92e.com"}, at=ADD
    )
    assert (200, True) == (other.status, "google.com" in other.text)
    went_on = page.submit(ADD, {"address": LIKE, "sure": "taro@xn--80ak6aa92e.com"}, at=ADD)
    assert 303 == went_on.status


def test_a_slip_is_asked_about_and_either_spelling_is_taken(settled):
    page = opens(settled)
    asked = page.submit(ADD, {"address": "taro@gmial.com"}, at=ADD).text
    assert 'name="address" value="taro@gmail.com"' in asked
    assert 'name="sure" value="taro@gmial.com"' in asked
    assert 303 == page.submit(ADD, {"address": "taro@gmail.com"}, at=ADD).status


@pytest.mark.parametrize(
    "address", ["..hana@docomo.ne.jp", "ha..na@ezweb.ne.jp", "hana.@docomo.ne.jp", "-.hana@au.com"]
)
def test_old_addresses_of_japanese_carriers_are_taken_as_they_are(settled, house, address):
    answer = adds(settled, address)
    assert (201, []) == (answer.status, answer.json["warnings"])
    assert 200 == settled.confirms(answer.json["id"], house.inbox.code(address)).status


@pytest.fixture
def refusing(tmp_path):
    path = tmp_path / "domains.txt"
    path.write_text("# for a day only\nmailinator.example\n\n@日本語.jp  # and its own\n", "utf-8")
    return str(path)


@pytest.mark.parametrize(
    "address",
    ["taro@mailinator.example", "taro@a.b.MAILINATOR.example", "taro@日本語.jp"],
)
def test_a_domain_that_the_operator_lists_is_refused_before_a_code_is_asked_for(
    build_house, refusing, address
):
    house = build_house(contacts__refused_domains=refusing)
    settled = Settled(person(house, "asha@example.org", "198.51.100.10"))
    settled.person.signs_in()
    body = {"purpose": "step_up", "act": "contacts.add"}
    parameters = {"kind": "email", "address": address}
    answer = settled.posts("/api/v1/flows", {**body, "parameters": parameters})
    assert (422, "address_refused") == (answer.status, answer.code)
    page = opens(settled)
    fields = {"address": address, "sure": "taro@xn--wgv71a119e.jp"}
    refused = page.submit(ADD, fields, at=ADD)
    assert (422, True) == (refused.status, "are not taken here" in refused.text)
    assert 201 == adds(settled, "taro@notmailinator.example").status


@pytest.mark.attack("057")
def test_no_account_is_made_for_such_an_address_and_one_that_exists_still_opens(
    build_house, refusing
):
    house = build_house(contacts__refused_domains=refusing)
    for name in ("asha@mailinator.example", "ben@mailinator.example"):
        page = house.client()
        asked = page.submit("/sign-in", {"name": name})
        assert "If an account uses the address" in page.get(asked.header("Location")).text
    assert [] == house.inbox.all()
    house.make_account("asha@mailinator.example")
    house.clock.move(minutes=2)
    page = house.client()
    asked = page.submit("/sign-in", {"name": "asha@mailinator.example"})
    place = asked.header("Location")
    assert "If an account uses the address" in page.get(place).text
    code = house.inbox.code("asha@mailinator.example")
    assert "/account" == page.submit(place, {"code": code}, at=place).header("Location")


def test_without_a_list_no_domain_is_refused(settled):
    assert 201 == adds(settled, "taro@mailinator.example").status


@pytest.mark.parametrize("text", ["not a domain\n", "example.com\nhttp://x\n"])
def test_a_list_that_cannot_be_read_is_refused_at_start_up(text, tmp_path):
    path = tmp_path / "domains.txt"
    path.write_text(text)
    with pytest.raises(SettingsError, match=r"SEKISHO_CONTACTS_REFUSED_DOMAINS.*line"):
        check(gather(tmp_path, {"contacts.refused_domains": str(path)}, {}))
    with pytest.raises(SettingsError, match="cannot read"):
        check(gather(tmp_path, {"contacts.refused_domains": str(tmp_path / "none")}, {}))


@pytest.mark.spec("P5")
def test_a_sign_in_address_that_is_the_only_contact_is_warned_of(settled):
    page = opens(settled)
    assert "This is your only contact" in page.get("/account/security").text
    settled.has_added()
    assert "This is your only contact" not in page.get("/account/security").text
