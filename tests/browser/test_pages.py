"""Every page in every state: axe finds nothing, nothing is too wide or too small to hit.

One window per language walks through all states; each is a case of its own, shown and judged once.
"""

from contextlib import ExitStack
from functools import cache

import pytest

from sekisho.ground.words import LANGUAGES
from tests.browser import showing
from tests.browser.judging import AXE, FOUND, NARROW, WIDER

LEAST = 44  # pixels that a finger hits
OPEN = "document.querySelectorAll('details').forEach(one => { one.open = true; })"
# A box to tick is hit by its label too, and a card by all of it.
SMALL = """least => [...document.querySelectorAll("a, button, summary, input:not([type=hidden])")]
  .filter(one => one.checkVisibility() && !one.matches(".skip"))
  .map(one => one.closest(".choice, .card-link") ?? one)
  .map(one => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
  .filter(([shown, box]) => box.height < least || box.width < least)
  .map(([shown, box]) => `${shown} ${box.width}x${box.height}`)"""
# A part of a sentence stands in its line; a box of flex or grid would put it in a column.
TORN = """() => [...document.querySelectorAll(".whole")]
  .filter(one => /flex|grid/.test(getComputedStyle(one.parentElement).display))
  .map(one => one.parentElement.outerHTML.slice(0, 80))"""
# WCAG 1.4.12: lines 1.5, paragraphs 2, letters 0.12, words 0.16 of the letter's size.
SPACED = """() => { const sheet = new CSSStyleSheet(); sheet.replaceSync(`* {
  line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
  p { margin-block-end: 2em !important }`); document.adoptedStyleSheets.push(sheet); }"""


@pytest.fixture(scope="module")
def window(chromium):
    """Call it for the page of a browser that has axe, one for each language."""
    with ExitStack() as opened:
        origin = opened.enter_context(showing.serving())

        @cache
        def open_window(_language):
            context = chromium.new_context(
                viewport=NARROW, reduced_motion="reduce", base_url=origin
            )
            opened.callback(context.close)
            context.add_init_script(AXE)
            return context.new_page()

        yield open_window


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", showing.STATES)
def test_axe_finds_nothing_and_a_narrow_screen_holds_all(window, language, state):
    """WCAG 1.4.10, 1.4.12, 2.5.8: at 320 px nothing scrolls sideways, also with wide letters."""
    page = window(language)
    page.goto(showing.address(language, state))
    page.evaluate(OPEN)
    found = {
        "too wide": page.evaluate(WIDER),
        "too small to hit": page.evaluate(SMALL, LEAST),
        "axe, by day": page.evaluate(FOUND, {}),
        "axe, by night": by_night(page) if language == LANGUAGES[0] else [],
        "torn": page.evaluate(TORN),
        "too wide with wide letters": page.evaluate(
            f"() => {{ ({SPACED})(); return ({WIDER})(); }}"
        ),
    }
    assert {} == {judge: said for judge, said in found.items() if said}


def by_night(page):
    """Colours are those of the sheet, whatever the language."""
    page.emulate_media(color_scheme="dark")
    said = page.evaluate(FOUND, {"runOnly": ["color-contrast"]})
    page.emulate_media(color_scheme="light")
    return said
