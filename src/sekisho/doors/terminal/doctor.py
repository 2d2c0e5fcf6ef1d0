"""`sekisho doctor`: each thing that a working set-up needs, whether it is there, and what to do."""

import sys
from dataclasses import dataclass
from pathlib import Path

from sekisho.doors import checking, house, posting
from sekisho.doors.settings import Settings, SettingsError, environment, gather
from sekisho.doors.terminal.outcomes import FAILED, fail, tell, tell_json, told
from sekisho.ground import addresses
from sekisho.ground.clock import SystemClock
from sekisho.ground.keys import KeyFileError
from sekisho.migrations import schema
from sekisho.migrations.schema import StoreError
from sekisho.records import spending
from sekisho.records.delivery.providers import smtp


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: its name, whether it holds, and what to do when it does not."""

    name: str
    is_good: bool
    told: str


def run(folder: Path, what: str, address: str | None, *, as_json: bool) -> None:
    """Check, print, and exit 1 when something is missing."""
    with told():
        settings = gather(folder, {}, environment())
        checking.check(settings)
    found = _mail(settings, address) if what == "mail" else _set_up(settings)
    if as_json:
        tell_json({"data": [{"name": o.name, "good": o.is_good, "told": o.told} for o in found]})
    else:
        for one in found:
            tell(f"{'ok  ' if one.is_good else 'MISS'}  {one.name}: {one.told}")
    if not all(one.is_good for one in found):
        sys.exit(FAILED)


def _set_up(settings: Settings) -> list[Finding]:
    return [
        _origin(settings),
        _key(settings),
        *_store(settings),
        *_sender(settings),
        *_phones(settings),
        _clock(),
    ]


def _origin(settings: Settings) -> Finding:
    try:
        return Finding("public URL", is_good=True, told=house.origin_of(settings))
    except SettingsError as error:
        return Finding("public URL", is_good=False, told=str(error))


def _key(settings: Settings) -> Finding:
    path = house.key_path(settings, is_dev=False)
    if not path.exists():
        return Finding("root key", is_good=True, told=f"{path} will be made at the first start")
    inside = settings.folder.absolute() in path.absolute().parents
    if inside:
        return Finding(
            "root key",
            is_good=False,
            told=f"{path} lies in the data folder; move it out, so that no backup holds both",
        )
    return Finding("root key", is_good=True, told=f"{path} (keep a copy where no backup goes)")


def _store(settings: Settings) -> list[Finding]:
    url = house.database_url(settings)
    kind = url.partition(":")[0]
    if kind == "sqlite" and not settings.folder.exists():
        return [Finding("store", is_good=True, told="will be made at the first start")]
    try:
        at = schema.revision(url)
        if at != schema.HEAD:
            return [Finding("store", is_good=False, told=f"{kind}: run `sekisho migrate`")]
        stops = _stops(settings)
    except (StoreError, KeyFileError, SettingsError) as error:
        return [Finding("store", is_good=False, told=str(error))]
    except Exception as error:  # noqa: BLE001 - whatever the driver says, the operator reads it
        return [Finding("store", is_good=False, told=f"{kind} does not answer: {_line(error)}")]
    return [Finding("store", is_good=True, told=f"{kind}, schema {at}"), *stops]


def _stops(settings: Settings) -> list[Finding]:
    """Say which codes to phones are stopped, and why (spec F5)."""
    db = house.open_database(settings, is_dev=False)
    try:
        found = db.read(spending.stopped)
    finally:
        db.store.close()
    return [Finding("codes to phones", is_good=False, told=_stop(one)) for one in found]


def _stop(one: spending.Stopped) -> str:
    until = f"until {one.until:%Y-%m-%d %H:%M} UTC"
    if one.why == "day":
        return f"stopped {until}: the day's cost reached SEKISHO_PHONES_DAY_COST"
    return f"to {one.prefix}**** stopped {until}: too few are typed, which looks like SMS pumping"


def _sender(settings: Settings) -> list[Finding]:
    try:
        office = house.post_office(settings, None)
    except (SettingsError, ValueError) as error:
        return [Finding("mail", is_good=False, told=str(error))]
    signs = office.dkim is not None
    dkim = "signed here" if signs else "not signed here; set SEKISHO_DKIM_* unless your relay signs"
    return [
        Finding("mail", is_good=True, told=f"from {office.mail_from.address}"),
        Finding("DKIM", is_good=True, told=dkim),
    ]


def _phones(settings: Settings) -> list[Finding]:
    """Read the gateways for SMS and calls, and measure what a text costs."""
    named = {"SMS": "sms_providers", "calls": "voice_providers"}
    found = [_gateways(settings, name, urls) for name, urls in named.items()]
    if settings.text("sms_providers") and all(one.is_good for one in found):
        found.append(_text_length(settings))
    return found


def _gateways(settings: Settings, name: str, urls: str) -> Finding:
    if not settings.text(urls):
        env = f"SEKISHO_{urls.upper()}"
        return Finding(name, is_good=True, told=f"not set up; {env} names your gateways")
    try:
        gateways = posting.gateways_of(settings, urls)
    except SettingsError as error:
        return Finding(name, is_good=False, told=str(error))
    gateways.close()
    where = settings.text("phones.countries")
    return Finding(name, is_good=True, told=f"by {', '.join(gateways.health())}, to {where}")


def _text_length(settings: Settings) -> Finding:
    """Measure a code's text in Japanese, which is the longer one (spec D6)."""
    try:
        segments = house.segments_of_a_text(settings)
    except (SettingsError, ValueError) as error:
        return Finding("text", is_good=False, told=str(error))
    if segments == 1:
        return Finding("text", is_good=True, told="a code in Japanese fits one segment")
    told = f"a code in Japanese takes {segments} segments; a shorter SEKISHO_SERVICE_NAME saves one"
    return Finding("text", is_good=True, told=told)


def _mail(settings: Settings, address: str | None) -> list[Finding]:
    """Reach the mail server as a message would: connect, TLS, sign in; with an address, send."""
    email = addresses.parse_email(address or "")
    if address and email is None:
        fail(f"{address!r} is no e-mail address")
    found = _sender(settings)
    url = settings.text("smtp_url")
    if not all(one.is_good for one in found) or not url:
        return found
    problem = smtp.provider(url).check()
    said = problem or "connects, and takes what we say to it"
    found.append(Finding("mail server", is_good=problem is None, told=said))
    if email is not None and problem is None:
        found.append(_test_message(settings, email.text))
    return found


def _test_message(settings: Settings, to: str) -> Finding:
    from sekisho.doors.terminal import test_message  # noqa: PLC0415  # only when one is sent

    problem = test_message.send(settings, to)
    return Finding("test message", is_good=problem is None, told=problem or f"handed over for {to}")


def _clock() -> Finding:
    steady = SystemClock().is_steady()
    return Finding("clock", is_good=steady, told="steady" if steady else "it jumps; check NTP")


def _line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
