"""The whole road in a real browser: in, about, and out again (issue 2, "Done when" 1)."""

import pytest
from playwright.sync_api import expect


@pytest.mark.spec("M1", "D5")
def test_a_newcomer_signs_up_out_and_in_again(asha):
    asha.opens("/")
    asha.is_at("/sign-in")
    asha.heading_is("name.title", service="Sekisho")
    asha.types_the_name(asha.address)
    asha.heading_is("code.title")
    asha.reads("as*****@example.com")
    asha.types(asha.code())
    asha.is_at("/account")
    asha.reads(asha.address)
    asha.reads(asha.words("home.last_none"))

    asha.presses("home.sign_out")
    asha.heading_is("signed_out.title")
    asha.follows("signed_out.again")
    asha.types_the_name(asha.address)
    asha.reads(asha.words("code.sent_familiar", hint="as*****@example.com"))
    asha.types(asha.code())
    asha.is_at("/account")


def test_the_road_is_whole_without_javascript(person, language):
    asha = person(language, java_script_enabled=False)
    label = asha.asks_for_a_code()
    asha.types(asha.wrong_code())
    asha.is_told(said_of_a_wrong_code(asha, label))
    expect(asha.page.get_by_role("button", name=asha.words("code.new_button"))).to_be_visible()
    asha.types(asha.code())
    asha.is_at("/account")
    asha.follows("frame.devices")
    asha.reads(asha.words("devices.this"))
    asha.follows("frame.activity")
    asha.reads(asha.words("event.signed_in"))
    asha.follows("home.sign_out_everywhere")
    asha.page.get_by_label(asha.words("end_all.keep")).uncheck()
    asha.presses("end_all.button")
    asha.heading_is("ended_all.title")
    asha.opens("/account")
    asha.is_at("/sign-in")


def said_of_a_wrong_code(asha, label):
    return asha.words("refusal.code_wrong_labelled", label=label)


def test_the_road_is_whole_by_keyboard_alone(asha):
    press, type_ = asha.page.keyboard.press, asha.page.keyboard.type
    asha.opens("/sign-in")
    expect(asha.page.get_by_label(asha.words("name.label"))).to_be_focused()
    type_(asha.address)
    press("Enter")
    expect(asha.field()).to_be_focused()
    type_(asha.code())
    press("Tab")
    press("Enter")
    asha.is_at("/account")
    press("Tab")
    expect(asha.page.get_by_role("link", name=asha.words("frame.skip"))).to_be_focused()
    asha.reaches(asha.page.get_by_role("button", name=asha.words("home.sign_out"), exact=True))
    press("Enter")
    asha.heading_is("signed_out.title")


def test_the_back_button_after_signing_in_leads_home_and_opens_nothing(asha):
    asha.signs_in()
    asha.page.go_back()
    asha.is_at("/account")
    asha.heading_is("home.title")


@pytest.mark.attack("099")
def test_the_back_button_after_signing_out_shows_nothing_of_the_account(asha):
    asha.signs_in()
    asha.follows("frame.devices")
    asha.presses("home.sign_out")
    asha.heading_is("signed_out.title")
    asha.page.go_back()
    asha.is_at("/sign-in")
    expect(asha.page.locator("body")).not_to_contain_text(asha.address)


@pytest.mark.spec("C5")
def test_two_tabs_hold_two_flows_and_neither_opens_the_other(asha):
    asha.asks_for_a_code()
    first, code_of_first = asha.page, asha.code()
    second = asha.opens_another_tab()
    asha.asks_for_a_code("second@example.com")
    label = asha.label()
    asha.types(code_of_first)
    asha.is_told(said_of_a_wrong_code(asha, label))
    asha.page = first
    asha.types(code_of_first)
    asha.is_at("/account")
    asha.reads(asha.address)
    asha.page = second
    asha.types(asha.code("second@example.com"))
    asha.is_at("/account")
    asha.reads("second@example.com")


def test_a_code_page_of_another_browser_says_so_and_leads_on(person, language):
    asha, other = person(language), person(language)
    asha.asks_for_a_code()
    other.opens("/sign-in")
    other.opens(asha.path())
    other.heading_is("ended.unknown.title")
    other.follows("ended.again")
    other.heading_is("name.title", service="Sekisho")


@pytest.mark.parametrize("path", ["/sign-in", "/help/code"])
def test_the_language_switch_keeps_the_page(asha, path):
    asha.opens(path)
    switch(asha)
    asha.is_at(path)
    expect(asha.page.locator("html")).to_have_attribute("lang", asha.language)


def test_the_language_switch_keeps_the_request(asha):
    label = asha.asks_for_a_code()
    at = asha.path()
    switch(asha)
    asha.is_at(at)
    asha.heading_is("code.title")
    assert label == asha.label()
    asha.types(asha.code())
    asha.is_at("/account")
    asha.heading_is("home.title")


def test_the_language_switch_after_a_refusal_comes_back_to_the_page(asha):
    label = asha.asks_for_a_code()
    asha.types(asha.wrong_code())
    asha.is_told(said_of_a_wrong_code(asha, label))
    switch(asha)
    asha.heading_is("code.title")
    assert label == asha.label()


def switch(asha):
    """Choose the other language, by its own name."""
    asha.language = {"en": "ja", "ja": "en"}[asha.language]
    names = {"en": "English (EN)", "ja": "日本語"}
    asha.page.get_by_role("link", name=names[asha.language]).click()
