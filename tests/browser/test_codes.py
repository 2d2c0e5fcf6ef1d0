"""Codes as people meet them: wrong, earlier, late, used, too many, asked for again, pasted."""

import pytest
from playwright.sync_api import expect

# What a pause and a code's life are, in seconds, and a little more (spec C2, C10).
PAUSE = 31
LIFE = 301
TRIES = 5


@pytest.mark.spec("C6")
def test_a_wrong_code_is_told_with_the_tries_that_are_left_when_they_are_few(asha):
    label = asha.asks_for_a_code()
    wrong, said = asha.wrong_code(), asha.words("refusal.code_wrong_labelled", label=label)
    asha.types(wrong)
    asha.is_told(said)
    asha.types(wrong)
    left = asha.words("refusal.tries_left.other", count=3)
    asha.is_told(asha.words("frame.sentences", first=said, second=left))
    asha.types(asha.code())
    asha.is_at("/account")


@pytest.mark.spec("C6")
def test_after_too_many_tries_one_button_gives_a_new_code(asha):
    asha.asks_for_a_code()
    wrong, right = asha.wrong_code(), asha.code()
    for _ in range(TRIES):
        asha.types(wrong)
        expect(asha.page.locator("[data-errors]")).to_be_visible()
    asha.is_told(asha.words("refusal.code_wrong_none_left"))
    asha.heading_is("code.title_over")
    expect(asha.field()).to_have_count(0)
    asha.server.advance(PAUSE)
    asha.page.goto(asha.page.url)
    asha.presses("code.new_button")
    asha.heading_is("code.title")
    assert right != asha.code()
    asha.types(asha.code())
    asha.is_at("/account")


@pytest.mark.spec("C4", "C10")
def test_a_new_code_voids_the_earlier_one_which_is_told_from_a_wrong_one(asha):
    asha.asks_for_a_code()
    earlier = asha.code()
    asks_again(asha)
    asha.hears(asha.words("code.sent_again", label=asha.label()))
    asha.types(earlier)
    sent = asha.page.locator(".ticket-facts time").first.inner_text()
    asha.is_told(asha.words("refusal.code_earlier_from", label=asha.label(), sent=sent))
    asha.types(asha.code())
    asha.is_at("/account")


def asks_again(asha):
    """Wait for the pause to end, on the service's clock, and ask."""
    label = asha.label()
    asha.server.advance(PAUSE)
    asha.page.goto(asha.page.url)
    asha.presses("code.new_button")
    expect(asha.page.locator(".ticket-mark bdi")).not_to_have_text(label)


@pytest.mark.spec("C2")
def test_a_code_that_came_too_late_leaves_the_page_and_gives_a_new_one(asha):
    """WCAG 2.2.1: the code dies, one button gives a new one, nothing is typed again."""
    asha.asks_for_a_code()
    late = asha.code()
    asha.server.advance(LIFE)
    asha.types(late)
    is_told_around(asha, "refusal.code_expired_at", until="|")
    asha.heading_is("code.title_over")
    asha.presses("code.new_button")
    asha.heading_is("code.title")
    asha.types(asha.code())
    asha.is_at("/account")
    asha.reads(asha.address)


@pytest.mark.spec("C3")
@pytest.mark.attack("007")
def test_a_code_works_once_also_in_the_tab_beside(asha):
    asha.asks_for_a_code()
    first, at, code = asha.page, asha.page.url, asha.code()
    second = asha.opens_another_tab()
    second.goto(at)
    asha.page = first
    asha.types(code)
    asha.is_at("/account")
    asha.page = second
    asha.types(code)
    expect(asha.page.get_by_role("link", name=asha.words("ended.account"))).to_be_visible()
    asha.follows("ended.account")
    asha.is_at("/account")


def test_the_button_for_a_new_code_comes_when_asking_helps(asha):
    asha.context.clock.install()
    asha.asks_for_a_code()
    button = asha.page.get_by_role("button", name=asha.words("code.new_button"))
    expect(asha.page.locator(".wait")).to_be_visible()
    expect(button).to_be_hidden()
    asha.page.clock.fast_forward(PAUSE * 1000)
    expect(button).to_be_visible()
    expect(asha.page.locator(".wait")).to_be_hidden()


@pytest.mark.spec("C10")
def test_who_asks_too_soon_is_told_when(person, language):
    asha = person(language, java_script_enabled=False)
    asha.asks_for_a_code()
    asha.presses("code.new_button")
    is_told_around(asha, "refusal.too_soon_wait", wait="|")
    asha.types(asha.code())
    asha.is_at("/account")


def is_told_around(asha, key, **gap):
    """The error says the sentence, whatever time stands in its gap."""
    for words in asha.words(key, **gap).split("|"):
        expect(asha.page.locator("[data-errors] li")).to_contain_text(words)


def full_width(letter):
    return letter["code"].translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})


def spaced(letter):
    return f" {letter['code'][:3]} {letter['code'][3:]} "


def a_sentence(letter):
    return letter["subject"]


def the_whole_message(letter):
    return letter["text"]


@pytest.mark.spec("C7")
@pytest.mark.parametrize("copied", [full_width, spaced, a_sentence, the_whole_message])
def test_whatever_of_the_message_is_pasted_signs_in(asha, copied):
    """WCAG 3.3.8: nothing has to be remembered or typed over."""
    label = asha.asks_for_a_code()
    asha.pastes(copied(asha.server.letter(asha.address, label)))
    asha.page.keyboard.press("Enter")
    asha.is_at("/account")


def test_what_is_no_code_is_told_and_stays_harmless(asha):
    asha.asks_for_a_code()
    asha.types("abc")
    asha.is_told(asha.words("code.missing", digits=6))
    asha.types(asha.code())
    asha.is_at("/account")


def test_a_name_that_is_no_address_is_told_and_kept(asha):
    asha.opens("/sign-in")
    asha.types_the_name("taro＠")
    asha.is_told(asha.words("name.missing"))
    expect(asha.page.get_by_label(asha.words("name.label"))).to_have_value("taro＠")
