"""Who asks: the address, the program and the language of one request. Proves nothing."""

import msgspec

from sekisho.ground import agents, places
from sekisho.ground.showing import shown


class Visitor(msgspec.Struct, frozen=True):
    """One request's sender, as far as it can be seen.

    `device` is the token of the device cookie; it proves nothing by itself (spec S2). `trust` holds
    the tokens by which accounts trust this browser, and opens nothing without the other.
    `service_origin` is where the request reached us: passkeys are bound to it.
    """

    ip: str
    agent: str = ""
    language: str = "en"
    zone: str = ""
    device: str = ""
    service_origin: str = ""
    trust: str = ""

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "device", "trust")

    @property
    def country(self) -> str | None:
        """Return the country's code, or None where the place is unknown."""
        return places.country_of(self.ip)

    def place(self, language: str) -> str:
        """Return the rough place in words."""
        return places.text_of(places.place_of(self.ip), language)

    def device_text(self, language: str) -> str:
        """Return the device in words, such as "Chrome on Windows"."""
        return agents.text_of(agents.device_of(self.agent), language)

    @property
    def device_mark(self) -> str:
        """Return the device as it is kept: browser and system, in any language."""
        device = agents.device_of(self.agent)
        return f"{device.browser or ''}|{device.system or ''}"


def device_words(mark: str, language: str) -> str:
    """Return a kept `device_mark` in words."""
    browser, _, system = mark.partition("|")
    return agents.text_of(agents.Device(browser or None, system or None), language)


def place_words(country: str | None, language: str) -> str:
    """Return a kept country in words."""
    return places.text_of(places.Place(country, places.Kind.PUBLIC), language)
