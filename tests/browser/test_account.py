"""The account in a real browser: devices, signing out everywhere, recent activity, time zones."""

import re

import pytest
from playwright.sync_api import expect

MARKUP = 'Mozilla/5.0 "><script>alert(1)</script><img src=x onerror=alert(2)>{{ 3571 * 7 }}'


@pytest.fixture
def two(person, language):
    """The same person at two browsers."""
    here, there = person(language), person(language)
    there.address = here.address
    here.signs_in()
    here.server.advance(31)
    there.signs_in()
    return here, there


@pytest.mark.spec("S1")
@pytest.mark.attack("063")
def test_signing_out_everywhere_ends_the_other_browser_at_its_next_step(two):
    here, there = two
    there.follows("home.sign_out_everywhere")
    there.reads(there.words("end_all.others.one", count=1))
    there.presses("end_all.button")
    here.opens("/account")
    here.is_at("/sign-in")
    there.reads(there.words("ended_all.count.one", count=1))
    there.follows("frame.home")
    there.is_at("/account")


@pytest.mark.parametrize("language", ["ja"])
@pytest.mark.spec("S1")
def test_one_device_is_ended_from_the_list_and_only_that_one(two):
    here, there = two
    there.follows("frame.devices")
    expect(there.page.locator("#sessions .card")).to_have_count(2)
    expect(there.page.locator("#sessions .card").first).to_contain_text(there.words("devices.this"))
    there.presses("devices.end")
    gone = there.words("devices.ended", device="|").split("|")[0]
    there.reads(gone)
    expect(there.page.get_by_role("status")).to_contain_text(gone)
    expect(there.page.locator("#sessions .card")).to_have_count(1)
    here.opens("/account/devices")
    here.is_at("/sign-in")
    there.opens("/account")
    there.heading_is("home.title")


@pytest.mark.spec("S1", "S2")
def test_a_browser_is_removed_from_the_list_and_is_signed_out(two):
    here, there = two
    there.follows("frame.devices")
    known = there.page.locator("#browsers .card")
    expect(known).to_have_count(2)
    expect(known.first).to_contain_text(there.words("devices.this_browser"))
    known.nth(1).get_by_role("button", name=there.words("devices.remove")).click()
    gone = there.words("devices.removed", device="|").split("|")[0]
    expect(there.page.get_by_role("status")).to_contain_text(gone)
    expect(known).to_have_count(1)
    here.opens("/account")
    here.is_at("/sign-in")
    there.follows("devices.remove_all")
    there.reads(there.words("remove_all.others_none"))
    there.page.get_by_label(there.words("remove_all.keep")).uncheck()
    there.presses("remove_all.button")
    there.reads(there.words("removed_all.count.one", count=1))
    there.opens("/account")
    there.is_at("/sign-in")


@pytest.mark.parametrize("language", ["en"])
@pytest.mark.spec("A1", "N1")
def test_what_happened_stands_in_recent_activity_newest_first(two):
    here, _ = two
    told = here.server.awaited(here.address, lambda one: one["purpose"] == "new_sign_in")
    assert None is told["code"]
    here.opens("/account/activity")
    here.heading_is("activity.title")
    kinds = here.page.locator(".event h3").all_inner_texts()
    expected = ("signed_in", "code_asked", "signed_in", "account_created")
    seen = [kind for kind in kinds if kind != here.words("event.notice_sent")]
    assert [here.words(f"event.{kind}") for kind in expected] == seen
    here.reads(here.words("reason.new_sign_in"))
    here.reads("127.0.0.1")


@pytest.mark.attack("103")
def test_markup_in_the_name_of_a_browser_is_never_markup_on_a_page(person):
    mallory = person("en", user_agent=MARKUP)
    mallory.signs_in()
    for path in ("/account/activity", "/account/devices", "/account", "/dev/inbox"):
        mallory.opens(path)
        mallory.is_at(path)
        mallory.page.wait_for_load_state("networkidle")
        expect(mallory.page.locator("img, main script")).to_have_count(0)
        expect(mallory.page.locator("body")).not_to_contain_text("24997")
    assert [] == mallory.complaints


@pytest.mark.parametrize(
    ("language", "zone", "named"),
    [("en", "Asia/Tokyo", "Japan time"), ("ja", "America/New_York", "ニューヨーク")],
)
def test_times_are_those_of_the_browser_and_say_so(person, language, zone, named):
    asha = person(language, timezone_id=zone)
    asha.asks_for_a_code()
    expect(asha.page.locator(".ticket-facts")).to_contain_text(named)
    shown = asha.page.locator(".ticket-facts time").first
    local = shown.evaluate(
        """one => new Date(one.dateTime).toLocaleTimeString(
             "en-GB", {hour: "2-digit", minute: "2-digit"})"""
    )
    assert local == shown.inner_text()
    assert named in asha.server.letter(asha.address, asha.label())["text"]
    asha.types(asha.code())
    asha.follows("frame.activity")
    asha.reads(named)


def test_times_without_javascript_are_those_of_the_service(person):
    asha = person("en", timezone_id="Asia/Tokyo", java_script_enabled=False)
    asha.asks_for_a_code()
    expect(asha.page.locator(".ticket-facts dd").first).to_have_text(
        re.compile(r"^\d\d:\d\d \(UTC\)$")
    )
