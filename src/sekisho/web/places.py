"""Places as the API shows them."""

import msgspec

from sekisho.ground.visitor import place_words


class PlaceShape(msgspec.Struct):
    """A rough place: country code, and in the caller's language."""

    country: str | None
    text: str


def show_place(country: str | None, language: str) -> PlaceShape:
    """Return a place as the API shows it."""
    return PlaceShape(country, place_words(country, language))
