"""Settings: one written table. From `sekisho.toml`, then the environment, then flags.

`[codes] tries` is `SEKISHO_CODES_TRIES`; secrets also as `…_FILE`. A value beyond its bounds is
refused at start-up with the value that would do. The reference page is made from this table.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sekisho.doors.setting import Plain, Setting, SettingsError, checked

__all__ = ["REFERENCE", "Setting", "Settings", "SettingsError", "environment", "gather"]


def _text(
    name: str, what: str, default: str = "", *, secret: bool = False, one_of: tuple[str, ...] = ()
) -> Setting:
    return Setting(name, default, "", None, None, what, is_secret=secret, one_of=one_of)


def _number(
    name: str, default: int, unit: str, lowest: int, highest: int | None, what: str
) -> Setting:
    return Setting(name, default, unit, lowest, highest, what)


REFERENCE: tuple[Setting, ...] = (
    _text("public_url", "where people reach the service; http only for loopback and *.localhost"),
    _text(
        "database_url",
        "sqlite:///PATH or postgresql://…; default: a file in the data folder",
        secret=True,
    ),
    _text("smtp_url", "smtp://user:pass@host:port?starttls=required, or smtps://…", secret=True),
    _text(
        "sms_providers",
        "gateways for SMS, the preferred one first, between blanks: twilio://… or webhook://…",
        secret=True,
    ),
    _text("voice_providers", "the same for calls that read a code", secret=True),
    _text("mail_from", "the sender, such as Example <no-reply@example.com>"),
    _text("reply_to", "where answers go, when not to the sender"),
    _text("service_name", "the name that pages and letters carry", "Sekisho"),
    _text("sign_up", "may a new address make an account?", "closed", one_of=("open", "closed")),
    _text("time_zone", "for people whose own is unknown (an IANA name)", "UTC"),
    _text("valkey_url", "valkey://… or redis://…, the first filter of coarse limits", secret=True),
    _text("trusted_proxies", "networks whose X-Forwarded-For counts, comma separated"),
    _text(
        "worker",
        "is mail sent inside the serving process, or apart by `sekisho worker`?",
        "inside",
        one_of=("inside", "apart"),
    ),
    _text(
        "root_key_file",
        "the root key; default: DIR.key beside the data folder, in dev DIR/root.key",
    ),
    _text("letters", "a folder with the operator's own letters"),
    _text(
        "security_contact",
        "who to tell of a weakness, for security.txt: addresses or https URLs, comma separated",
    ),
    _text("security_languages", "languages that reports of it may be in", "ja, en"),
    _text("dkim_domain", "the domain that signs mail; default: the sender's"),
    _text("dkim_selector", "the DKIM selector; without it mail is not signed here"),
    _text("dkim_key_file", "the DKIM private key (RSA from 2048 bits, or Ed25519)"),
    _text("env", "`production` makes `sekisho dev` refuse to start"),
    _number("codes.digits", 6, "digits", 6, 8, "digits of a code (spec C1)"),
    _number("codes.sign_in_minutes", 5, "minutes", 1, 10, "how long a sign-in code works (C2)"),
    _number("codes.security_minutes", 10, "minutes", 1, 10, "how long a security code works (C2)"),
    _number("codes.tries", 5, "tries", 1, 5, "wrong answers that one code takes (C6)"),
    _number(
        "guesses.stranger_hour", 10, "tries", 1, 10, "strangers' tries at short codes an hour (C6)"
    ),
    _number("guesses.stranger_day", 20, "tries", 1, 20, "the same a day"),
    _number("guesses.stranger_90_days", 100, "tries", 1, 100, "the same in 90 days"),
    _number(
        "guesses.stranger_long_day", 200, "tries", 1, 200, "strangers' tries at long codes a day"
    ),
    _number("guesses.long_digits", 8, "digits", 8, 8, "digits of a long code"),
    _number("guesses.familiar_hour", 20, "tries", 1, 20, "a familiar browser's tries an hour"),
    _number("guesses.familiar_day", 50, "tries", 1, 50, "the same a day"),
    _number(
        "guesses.familiar_in_a_row", 100, "tries", 1, 100, "wrong ones in a row that close its lane"
    ),
    Setting(
        "resend.pauses_seconds",
        (30, 60, 120, 300),
        "seconds",
        1,
        3600,
        "before each new code (C10)",
    ),
    _number("resend.flow", 5, "codes", 1, 10, "codes that one flow may ask for"),
    _number("resend.ten_minutes", 5, "codes", 1, 50, "codes to one contact in ten minutes"),
    _number("resend.day", 50, "codes", 1, 500, "codes to one contact a day"),
    _number(
        "resend.reserve_ten_minutes",
        2,
        "codes",
        1,
        20,
        "kept beside for codes that are not for signing in, in ten minutes",
    ),
    _number("resend.reserve_day", 12, "codes", 1, 100, "the same a day"),
    _number(
        "floods.first_hour",
        5,
        "messages",
        1,
        20,
        "that strangers' requests send to one contact at first (F3)",
    ),
    _number("floods.day", 10, "messages", 1, 50, "the same a day"),
    _number("limits.requests_hour_ip", 60, "requests", 1, None, "of one address an hour (F1)"),
    _number("limits.requests_hour_net", 300, "requests", 1, None, "of one /24 or /64"),
    _number("limits.requests_hour_all", 10_000, "requests", 1, None, "of all strangers"),
    _number(
        "limits.answers_factor", 5, "times", 1, None, "answers are limited at so many times that"
    ),
    _number("flows.idle_minutes", 30, "minutes", 10, 60, "how long a flow waits for its next step"),
    _number("flows.most_minutes", 60, "minutes", 10, 120, "how long a flow lives at most"),
    _number("sessions.idle_hours", 24, "hours", 1, 720, "how long an unused session lives (S3)"),
    _number("sessions.absolute_days", 30, "days", 1, 90, "how long a session lives at most"),
    _text(
        "passkeys.rp_id",
        "the domain that passkeys are bound to, when not the public URL's host but one above it",
    ),
    _text(
        "passkeys.related_origins",
        "further origins that may use these passkeys, such as https://www.example.com, by commas",
    ),
    _number("passkeys.minutes", 5, "minutes", 1, 10, "how long a browser may take to answer (M5)"),
    _number("passkeys.most", 20, "passkeys", 1, 100, "of one account"),
    _number("passwords.shortest", 8, "characters", 8, 64, "of a password beside another proof"),
    _number("passwords.shortest_alone", 15, "characters", 15, 64, "where it stands alone (M6)"),
    _number("passwords.longest", 256, "characters", 64, 512, "of a password; none is cut off"),
    _number("passwords.memory_kib", 19_456, "KiB", 19_456, 262_144, "of memory that a hash takes"),
    _number("passwords.passes", 2, "passes", 2, 4, "over that memory"),
    _number("passwords.at_once", 1, "hashes", 1, 16, "that one process computes at once"),
    _number("passwords.waiting", 64, "hashes", 0, 256, "that wait for them; more are refused"),
    _text(
        "passwords.breaches_url",
        "a range API of breached passwords, such as https://api.pwnedpasswords.com; none is asked"
        " without it",
    ),
    _number(
        "trust.days", 30, "days", 0, 90, "after a second step, without one there; 0: never (S2)"
    ),
    _number(
        "trust.unused_days", 60, "days", 1, 400, "unused, a browser leaves the list of devices"
    ),
    _number("contacts.most", 10, "contacts", 2, 50, "of one account (P1)"),
    _text("contacts.refused_domains", "a file of domains whose addresses are not taken (P4)"),
    _text("phones.countries", "where codes go by SMS and voice (ISO 3166, comma separated)", "JP"),
    _text("phones.country", "the country that a number without its own is read in", "JP"),
    _text(
        "phones.carrier",
        "webhook://… that knows when a number changed its SIM; nobody is asked without it",
        secret=True,
    ),
    _text("phones.prices", "what a message costs, in thousandths of your currency", "JP=10"),
    _number(
        "phones.prefix_hour", 30, "codes", 1, None, "to one block of 10,000 numbers an hour (F5)"
    ),
    _number("phones.day_cost", 20_000, "thousandths", 0, None, "that all codes to phones a day"),
    _number(
        "phones.least_percent",
        20,
        "percent",
        0,
        100,
        "of a block's codes that must be typed in 15 minutes, or it is stopped",
    ),
    _text("push.digits", "typed on the phone; 6 for AAL2 (M4)", "2", one_of=("2", "6")),
    _number("push.minutes", 5, "minutes", 1, 5, "how long a phone is asked"),
    _number("push.hour", 3, "asks", 1, 3, "without success an hour; then the phones rest"),
    _number("push.day", 10, "asks", 1, 10, "the same a day"),
    _number("push.most", 5, "phones", 1, 20, "of one account"),
    _number("checkups.every_days", 90, "days", 30, 365, "until contacts are asked about (P7)"),
    _number(
        "checkups.second_step_days",
        28,
        "days",
        7,
        90,
        "after which a second step is to be tried",
    ),
    _number("checkups.stale_days", 365, "days", 90, 1100, "without an answer, a contact is stale"),
    _number("tests.pause_seconds", 60, "seconds", 30, 3600, "between test messages to one contact"),
    _number("tests.day", 5, "messages", 1, 20, "test messages to one contact a day (P9)"),
    _number("activity.shown_days", 30, "days", 7, 90, "how long owners see their events (A1)"),
    _number("activity.kept_days", 90, "days", 30, 400, "how long events are kept"),
    _number("delivery.connections", 4, "connections", 1, 32, "of each channel at once"),
    _number(
        "delivery.slow_seconds",
        3,
        "seconds",
        1,
        9,
        "after which a gateway is slow and the next one tried (D3)",
    ),
    _number("server.threads", 128, "threads", 8, 1024, "that may wait for requests to arrive"),
    _number("server.at_once", 4, "requests", 1, 64, "that one process answers at once"),
)
_BY_NAME = {setting.name: setting for setting in REFERENCE}
_FILES = (
    "database_url",
    "smtp_url",
    "sms_providers",
    "voice_providers",
    "phones.carrier",
    "valkey_url",
)
_DEV = {"sign_up": "open"}


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force; secrets stay out of its repr."""

    folder: Path
    values: Mapping[str, Plain] = field(repr=False)

    def text(self, name: str) -> str:
        """Return a setting that is text."""
        return str(self.values[name])

    def number(self, name: str) -> int:
        """Return a setting that is a number."""
        value = self.values[name]
        if not isinstance(value, int):
            raise TypeError(name)
        return value

    def numbers(self, name: str) -> tuple[int, ...]:
        """Return a setting that is a list of numbers."""
        value = self.values[name]
        if not isinstance(value, tuple):
            raise TypeError(name)
        return value


def gather(
    folder: Path, flags: Mapping[str, str], env: Mapping[str, str], *, is_dev: bool = False
) -> Settings:
    """Gather the settings of a data folder; `dev` has defaults of its own.

    Raises SettingsError for an unknown name, a value beyond its bounds, or an unreadable file.
    """
    found: dict[str, object] = dict(_DEV if is_dev else {})
    found.update(_from_file(folder / "sekisho.toml"))
    for setting in REFERENCE:
        if setting.env in env:
            found[setting.name] = env[setting.env]
        elif setting.name in _FILES and f"{setting.env}_FILE" in env:
            found[setting.name] = _secret(Path(env[f"{setting.env}_FILE"]), setting)
    found.update(flags)
    values = {
        setting.name: checked(setting, found.get(setting.name, setting.default))
        for setting in REFERENCE
    }
    return Settings(folder, values)


def environment() -> Mapping[str, str]:
    """Return the process's environment."""
    return os.environ


def _from_file(path: Path) -> dict[str, object]:
    if not path.exists():
        return {}
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"{path}: {error}"
        raise SettingsError(message) from error
    flat: dict[str, object] = {}
    for name, value in tables.items():
        inner = value.items() if isinstance(value, dict) else ()
        flat.update({f"{name}.{key}": one for key, one in inner})
        if not isinstance(value, dict):
            flat[name] = value
    unknown = sorted(set(flat) - set(_BY_NAME))
    if unknown:
        message = f"{path}: no setting is named {unknown[0]}; `sekisho settings` lists them"
        raise SettingsError(message)
    return flat


def _secret(path: Path, setting: Setting) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        message = f"{setting.env}_FILE: cannot read {path}: {error}"
        raise SettingsError(message) from error
