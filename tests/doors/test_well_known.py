"""What is looked up under `/.well-known/`: security.txt and the page that changes a password."""

from datetime import datetime, timedelta

import pytest

from sekisho.doors.checking import check
from sekisho.doors.ops import well_known
from sekisho.doors.settings import SettingsError, gather
from tests.support.houses import SECURE

pytestmark = pytest.mark.spec("X5")
CONTACTS = "security@example.com, https://example.com/report"


def fields(answer):
    """The fields of a security.txt, each a list, as RFC 9116 §2.2 reads them."""
    found = {}
    for line in answer.text.splitlines():
        name, _, value = line.partition(": ")
        found.setdefault(name, []).append(value)
    return found


@pytest.fixture
def telling(build_house):
    """A service that says whom to tell."""
    return build_house(is_dev=False, public_url=SECURE, security_contact=CONTACTS)


def test_security_txt_says_whom_to_tell_in_which_languages_and_where_it_belongs(telling):
    answer = telling.api.get("/.well-known/security.txt")
    assert (200, "text/plain; charset=utf-8") == (answer.status, answer.header("Content-Type"))
    said = fields(answer)
    assert ["mailto:security@example.com", "https://example.com/report"] == said["Contact"]
    assert ["ja, en"] == said["Preferred-Languages"]
    assert [f"{SECURE}/.well-known/security.txt"] == said["Canonical"]
    assert {"Contact", "Preferred-Languages", "Canonical", "Expires"} == set(said)


@pytest.mark.parametrize("later", [timedelta(0), timedelta(hours=13), timedelta(days=1200)])
def test_security_txt_always_ends_within_the_next_year_and_never_yet(telling, clock, later):
    clock.move(days=later.days, seconds=later.seconds)
    (end,) = fields(telling.api.get("/.well-known/security.txt"))["Expires"]
    assert timedelta(days=30) < datetime.fromisoformat(end) - clock.now() < timedelta(days=365)


def test_who_reads_the_answers_to_our_mail_hears_of_it_where_nobody_else_is_set(build_house):
    reply_to = "Example <help@example.com>"
    telling = build_house(is_dev=False, public_url=SECURE, reply_to=reply_to)
    said = fields(telling.api.get("/.well-known/security.txt"))
    assert ["mailto:help@example.com"] == said["Contact"]


def test_without_a_contact_there_is_no_security_txt(secure_house):
    assert 404 == secure_house.api.get("/.well-known/security.txt").status


def test_a_service_of_this_machine_claims_no_place(build_house):
    """RFC 9116 §2.5.2: a web address there begins with https."""
    here = build_house(security_contact="tel:+81-3-0000-0000", security_languages="ja")
    said = fields(here.api.get("/.well-known/security.txt"))
    assert {"Contact", "Preferred-Languages", "Expires"} == set(said)
    assert (["tel:+81-3-0000-0000"], ["ja"]) == (said["Contact"], said["Preferred-Languages"])


def test_where_no_language_is_set_none_is_named(build_house):
    here = build_house(security_contact="security@example.com", security_languages="")
    assert {"Contact", "Expires"} == set(fields(here.api.get("/.well-known/security.txt")))


def test_the_page_that_changes_a_password_is_a_redirect_away_and_no_form(secure_house):
    answer = secure_house.api.get("/.well-known/change-password")
    assert (303, b"") == (answer.status, answer.body)
    assert "/account/security/methods/add/password" == answer.header("Location")


@pytest.mark.parametrize(
    "path",
    [
        "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200",
        "/.well-known/change-password/",
        "/.well-known/",
        "/.well-known",
        "/security.txt",
    ],
)
def test_what_is_nobodys_is_not_there(telling, path):
    assert 404 == telling.api.get(path).status


@pytest.mark.attack("088")
@pytest.mark.parametrize(
    "contact",
    [
        "http://example.com/report",
        "nobody",
        "https://example.com/a b",
        "https://example.com/\nCanonical: https://evil.example",
        "mailto:two@example.com?subject=x\r\n",
        "https://example.com/報告",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_contact_is_refused_at_start_up(contact, tmp_path):
    with pytest.raises(SettingsError, match="SEKISHO_SECURITY_CONTACT"):
        check(gather(tmp_path, {"security_contact": contact}, {}))


@pytest.mark.parametrize("languages", ["日本語", "ja en", "ja, en\nExpires: x"])
def test_what_is_no_language_is_refused(languages):
    with pytest.raises(ValueError, match="no languages"):
        well_known.read_languages(languages)
