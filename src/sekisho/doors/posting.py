"""The post office from its settings: letters, the signer of mail, the providers of each channel."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sekisho.doors import policies
from sekisho.doors.settings import REFERENCE, Settings, SettingsError
from sekisho.ground.db import Database
from sekisho.records import contacts
from sekisho.records.delivery import dkim, letters
from sekisho.records.delivery.callbacks import CallbackKeys
from sekisho.records.delivery.channels import CHANNELS
from sekisho.records.delivery.failover import Failover, Patience
from sekisho.records.delivery.letters import Form
from sekisho.records.delivery.post_office import PostOffice, Provider, mailbox
from sekisho.records.delivery.providers import choose
from sekisho.records.delivery.providers.inbox import Inbox

if TYPE_CHECKING:  # httpx2 comes with it, which a service with e-mail alone does not pay
    from sekisho.records.delivery.carriers import Lookup

HOOKS = "/hooks/twilio"  # where Twilio tells results to, behind the public URL
_PHONES = {"sms": "sms_providers", "voice": "voice_providers"}
_ENV = {setting.name: setting.env for setting in REFERENCE}


def open_office(settings: Settings, forms: Mapping[str, Form], inbox: Inbox | None) -> PostOffice:
    """Return how messages leave the house: by their providers, in `dev` into the inbox.

    Raises SettingsError when a letter of the operator's lost its code or gained a link (spec D8).
    """
    written = letters_of(settings, forms)
    mail_from = mailbox(settings.text("mail_from") or "no-reply@localhost.test")
    if not mail_from.name:
        mail_from = mailbox(f"{settings.text('service_name')} <{mail_from.address}>")
    reply_to = settings.text("reply_to")
    return PostOffice(
        mail_from=mail_from,
        letters=written,
        providers=_providers(settings, inbox),
        dkim=_signer(settings, mail_from.domain),
        reply_to=mailbox(reply_to) if reply_to else None,
        policy=policies.posts(settings),
    )


def letters_of(settings: Settings, forms: Mapping[str, Form]) -> letters.Letters:
    """Return the letters as this service writes them.

    Raises SettingsError when one of the operator's lost its code or gained a link (spec D8).
    """
    origin = settings.text("public_url") or "http://localhost"
    own = settings.text("letters")
    written = letters.load(
        forms, Path(own) if own else None, settings.text("service_name"), _host_of(origin)
    )
    problems = letters.check(written)
    if problems:
        message = f"SEKISHO_LETTERS: {problems[0]}"
        raise SettingsError(message)
    return written


def phone_channels(settings: Settings, *, is_dev: bool) -> frozenset[str]:
    """Return the channels that reach phones here; in `dev` the inbox takes them all."""
    return frozenset(name for name, urls in _PHONES.items() if is_dev or settings.text(urls))


def callback_keys(settings: Settings, inbox: Inbox | None) -> CallbackKeys:
    """Return what the callbacks of the gateways are verified with: nothing in `dev`."""
    urls = " ".join(settings.text(name) for name in _PHONES.values()).strip()
    if inbox is not None or not urls:
        return CallbackKeys()
    # Here, not above: 0.2 s that a service with e-mail alone does not pay.
    from sekisho.records.delivery.providers import gateways  # noqa: PLC0415

    return gateways.callback_keys(urls)


def watched(settings: Settings, office: PostOffice, db: Database) -> PostOffice:
    """Return the office that asks a carrier of a number before a code goes to it, where one is set.

    Raises SettingsError when its URL cannot be read.
    """
    url = settings.text("phones.carrier")
    if not url:
        return office
    # As above.
    from sekisho.records.delivery.carriers import WebhookLookup  # noqa: PLC0415

    try:
        lookup = WebhookLookup(url)
    except ValueError as error:
        message = f"{_ENV['phones.carrier']}: {error}"
        raise SettingsError(message) from error
    return replace(office, before=partial(look_up, db, lookup))


def look_up(db: Database, lookup: "Lookup", number: str) -> None:
    """Ask what a carrier knows of a number, and keep it (attack 081)."""
    found = lookup.look(number, db.clock.now())
    if found is not None:
        db.write(
            "contacts.note_change",
            lambda work: contacts.note_change(
                work, number, found.changed_at, is_voip=found.is_voip
            ),
        )


def _providers(settings: Settings, inbox: Inbox | None) -> dict[str, Provider]:
    if inbox is not None:
        return dict.fromkeys(CHANNELS, inbox)
    url = settings.text("smtp_url")
    if not url or not settings.text("mail_from"):
        missing = "SEKISHO_MAIL_FROM" if url else "SEKISHO_SMTP_URL"
        message = f"{missing} is not set: without it no code can be sent"
        raise SettingsError(message)
    phones = {
        channel: gateways_of(settings, name)
        for channel, name in _PHONES.items()
        if settings.text(name)
    }
    return {"email": choose(url), **phones}


def gateways_of(settings: Settings, name: str) -> Failover:
    """Return the gateways of a channel, with failover between them (spec D3).

    Raises SettingsError when one of their URLs cannot be read.
    """
    # As above.
    from sekisho.records.delivery.providers import gateways  # noqa: PLC0415

    patience = Patience(slow=timedelta(seconds=settings.number("delivery.slow_seconds")))
    origin = settings.text("public_url").rstrip("/").lower()
    callback = f"{origin}{HOOKS}" if origin else None
    try:
        return gateways.open_gateways(settings.text(name), callback, patience)
    except ValueError as error:
        message = f"{_ENV[name]}: {error}"
        raise SettingsError(message) from error


def _signer(settings: Settings, domain: str) -> dkim.Signer | None:
    selector, path = settings.text("dkim_selector"), settings.text("dkim_key_file")
    if not selector and not path:
        return None
    if not selector or not path:
        missing = "SEKISHO_DKIM_KEY_FILE" if selector else "SEKISHO_DKIM_SELECTOR"
        message = f"{missing} is not set: mail is signed with both, or with neither"
        raise SettingsError(message)
    return dkim.load(Path(path), settings.text("dkim_domain") or domain, selector)


def _host_of(origin: str) -> str:
    return origin.partition("://")[2].rstrip("/")
