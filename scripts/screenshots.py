# ruff: noqa: INP001, T201 - run by hand, no package
"""Photographs every page in every state and every letter: languages, day and night, widths.

Run by hand, `uv run python -m scripts.screenshots FOLDER [WORD ...]`: with words, only the states
and letters that have one of them in their name. Needs a Chromium, and no server.
"""

import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from sekisho.ground.words import LANGUAGES
from tests.browser import running, showing

THEMES = ("light", "dark")
PAGE_WIDTHS = (320, 1280)
LETTER_WIDTHS = (320, 600)  # a phone, and the reading pane of a mail program
HEIGHT = 640  # a picture is as high as its page


def main(arguments: list[str]) -> int:
    """Take the pictures; say how many."""
    executable = running.find_engine()
    if not arguments or executable is None:
        print(__doc__ if executable else "There is no Chromium here.", file=sys.stderr)
        return 2
    folder, wanted = Path(arguments[0]), arguments[1:]
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, showing.serving() as origin:
        chromium = playwright.chromium.launch(
            executable_path=executable, args=[*running.WITHOUT_SANDBOX]
        )
        taken = sum(
            photograph(chromium, origin, folder, wanted, language=language, theme=theme)
            for language, theme in product(LANGUAGES, THEMES)
        )
        chromium.close()
    write_texts(folder, wanted)
    print(f"{taken} pictures in {folder}")
    return 0


def photograph(
    chromium: Browser, origin: str, folder: Path, wanted: list[str], *, language: str, theme: str
) -> int:
    """Photograph everything in one language and light."""
    context = chromium.new_context(color_scheme=theme, reduced_motion="reduce", base_url=origin)
    context.clock.install(time=0)  # countdowns stand still
    page = context.new_page()
    taken = 0
    for name, address, width in subjects(wanted, language):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.goto(address)
        page.screenshot(path=folder / f"{name}-{language}-{theme}-{width}.png", full_page=True)
        taken += 1
    context.close()
    return taken


def subjects(wanted: list[str], language: str) -> Iterator[tuple[str, str, int]]:
    """Names, addresses and widths."""
    for state, width in product(chosen(showing.STATES, wanted), PAGE_WIDTHS):
        name = state.replace("/", "-").replace(".html#", "-")
        yield name, showing.address(language, state), width
    for kind, width in product(chosen(showing.LETTER_KINDS, wanted), LETTER_WIDTHS):
        yield f"letter-{kind}", showing.letter_address(language, kind), width


def chosen(names: tuple[str, ...], wanted: list[str]) -> list[str]:
    """The names that have a wanted word in them; all, when no word is."""
    return [name for name in names if not wanted or any(word in name for word in wanted)]


def write_texts(folder: Path, wanted: list[str]) -> None:
    """Write the letters' plain parts beside their pictures."""
    for kind, language in product(chosen(showing.LETTER_KINDS, wanted), LANGUAGES):
        letter = showing.letter(language, kind)
        text = f"{letter.subject}\n\n{letter.text}"
        (folder / f"letter-{kind}-{language}.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
