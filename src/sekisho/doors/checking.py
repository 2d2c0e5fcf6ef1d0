"""What a setting must be beyond its bounds: readable as what it names.

Checked before anything starts, so that no serving process finds it out by itself.
"""

from collections.abc import Callable

from sekisho.doors import lists
from sekisho.doors.ops import well_known
from sekisho.doors.settings import REFERENCE, Settings, SettingsError
from sekisho.ground import networks, phones, words
from sekisho.records.delivery.post_office import mailbox
from sekisho.records.delivery.providers import choose
from sekisho.records.spending import read_prices

_STORES = ("sqlite", "postgresql")
_VALKEYS = ("valkey", "valkeys", "redis", "rediss", "unix")
_ENV = {setting.name: setting.env for setting in REFERENCE}


def check(settings: Settings) -> None:
    """See that each setting can be read; SettingsError names the one that cannot."""
    for name, read in {**_READERS, "phones.country": _home_of(settings)}.items():
        value = settings.text(name)
        if not value:
            continue
        try:
            read(value)
        except ValueError as error:
            message = f"{_ENV[name]}: {error}"
            raise SettingsError(message) from error


def _zone(name: str) -> None:
    if not words.zone_named(name):
        message = f"{name!r} is no time zone; write it as Asia/Tokyo or UTC"
        raise ValueError(message)


def _store(url: str) -> None:
    if url.partition("://")[0] not in _STORES:
        message = "write it as sqlite:///PATH or postgresql://USER@HOST/NAME"
        raise ValueError(message)


def _valkey(url: str) -> None:
    if url.partition("://")[0] not in _VALKEYS:
        message = "write it as valkey://HOST:6379"
        raise ValueError(message)


def _list_of_breaches(url: str) -> None:
    if not url.startswith(("https://", "http://")):
        message = "write it as https://api.pwnedpasswords.com"
        raise ValueError(message)


def _home_of(settings: Settings) -> Callable[[str], object]:
    def read(country: str) -> None:
        allowed = settings.text("phones.countries")
        if country not in phones.read_countries(allowed):
            message = f"{country!r} is not among SEKISHO_PHONES_COUNTRIES={allowed}"
            raise ValueError(message)

    return read


def _gateways(urls: str) -> None:
    # Here, not above: 0.2 s that a service with e-mail alone does not pay.
    from sekisho.records.delivery.providers import gateways  # noqa: PLC0415

    gateways.open_gateways(urls).close()


def _carrier(url: str) -> None:
    # As above.
    from sekisho.records.delivery.carriers import WebhookLookup  # noqa: PLC0415

    WebhookLookup(url).close()


_READERS: dict[str, Callable[[str], object]] = {
    "database_url": _store,
    "smtp_url": choose,
    "sms_providers": _gateways,
    "voice_providers": _gateways,
    "phones.countries": phones.read_countries,
    "phones.prices": read_prices,
    "phones.carrier": _carrier,
    "contacts.refused_domains": lists.read_domains,
    "mail_from": mailbox,
    "reply_to": mailbox,
    "time_zone": _zone,
    "valkey_url": _valkey,
    "trusted_proxies": networks.parse_networks,
    "security_contact": well_known.read_contacts,
    "security_languages": well_known.read_languages,
    "passwords.breaches_url": _list_of_breaches,
}
