"""What moves on a page and what is spoken: the countdown, the status region, errors and focus."""

import re

import pytest
from playwright.sync_api import expect

LIFE = 300  # seconds (spec C2)
SOON = 120


@pytest.mark.spec("C2")
def test_the_countdown_is_seen_and_only_its_turns_are_spoken(asha):
    """WCAG 4.1.3: seconds are for the eye; two sentences are for the ear."""
    asha.context.clock.install()
    asha.asks_for_a_code()
    shown = asha.page.locator(".countdown")
    expect(shown).to_be_visible()
    expect(shown).to_have_attribute("aria-hidden", "true")
    expect(shown).to_have_text(re.compile(r"4.*5\d"))
    before = shown.inner_text()
    asha.page.clock.run_for(2000)
    expect(shown).not_to_have_text(before)
    asha.hears("")

    asha.page.clock.fast_forward((LIFE - SOON) * 1000)
    asha.page.clock.run_for(1000)
    asha.hears(asha.words("code.soon_over"))
    expect(shown).to_have_class(re.compile("countdown-late"))

    asha.page.clock.fast_forward(SOON * 1000)
    asha.page.clock.run_for(1000)
    asha.hears(asha.words("code.over_status"))
    expect(asha.field()).to_be_hidden()
    asha.reads(asha.words("code.over"))
    expect(asha.page.get_by_role("button", name=asha.words("code.new_button"))).to_be_visible()


def test_errors_get_the_focus_and_their_lines_lead_to_the_field(asha):
    asha.opens("/sign-in")
    asha.presses("name.button")
    summary = asha.page.locator("[data-errors]")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("heading")).to_have_text(asha.words("frame.problem"))
    summary.get_by_role("link").click()
    field = asha.page.get_by_label(asha.words("name.label"))
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(asha.words("name.missing"))
    expect(field).to_be_in_viewport()


def test_an_error_of_a_code_says_the_same_in_both_places(asha):
    asha.asks_for_a_code()
    asha.types("")
    asha.is_told(asha.words("code.missing", digits=6))
    expect(asha.page.locator("[data-errors]")).to_be_focused()
    expect(asha.page.locator("#code-error")).to_have_text(asha.words("code.missing", digits=6))
    asha.page.locator("[data-errors] a").press("Enter")
    expect(asha.field()).to_be_focused()
