"""Every page in every state: axe finds nothing, nothing is too wide or too small to hit.

One window per language walks through all states; each is a case of its own.
"""

import pytest

from sekisho.ground.words import LANGUAGES
from tests.browser import showing
from tests.browser.judging import AXE, FOUND, WIDER

NARROW = {"width": 320, "height": 640}
# A box to tick is hit by its label too, and a card by all of it.
SMALL = """least => [...document.querySelectorAll("a, button, summary, input:not([type=hidden])")]
  .filter(one => one.checkVisibility() && !one.matches(".skip"))
  .map(one => one.closest(".choice, .card-link") ?? one)
  .map(one => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
  .filter(([shown, box]) => box.height < least || box.width < least)
  .map(([shown, box]) => `${shown} ${box.width}x${box.height}`)"""
# WCAG 1.4.12: lines 1.5, paragraphs 2, letters 0.12, words 0.16 of the letter's size.
SPACED = """() => { const sheet = new CSSStyleSheet(); sheet.replaceSync(`* {
  line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
  p { margin-block-end: 2em !important }`); document.adoptedStyleSheets.push(sheet); }"""


@pytest.fixture(scope="module", params=LANGUAGES)
def window(chromium, request):
    """One page of a browser without a server; its language is the parameter."""
    context = chromium.new_context(viewport=NARROW, reduced_motion="reduce")
    showing.serve(context)
    page = context.new_page()
    yield request.param, page
    context.close()


@pytest.fixture(scope="module", params=showing.STATES)
def shown(window, request):
    """A page in one state, with all that is folded away opened; each is shown once."""
    language, page = window
    page.goto(showing.address(language, request.param))
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    return page


def test_axe_finds_nothing_by_day_or_night(shown):
    shown.evaluate(AXE)
    assert [] == shown.evaluate(FOUND, {})
    shown.emulate_media(color_scheme="dark")
    assert [] == shown.evaluate(FOUND, {"runOnly": ["color-contrast"]})
    shown.emulate_media(color_scheme="light")


def test_a_narrow_screen_holds_it_and_fingers_hit_it(shown):
    """WCAG 1.4.10, 1.4.12, 2.5.8: at 320 px nothing scrolls sideways, also with wide letters."""
    assert [] == shown.evaluate(WIDER)
    assert [] == shown.evaluate(SMALL, 44)
    shown.evaluate(SPACED)
    assert [] == shown.evaluate(WIDER)
