"""What passkeys and passwords take beside the store: whose passkeys are, and where hashes wait."""

from sekisho.authenticators import CODES, Means, passkey, password
from sekisho.doors import policies, posting
from sekisho.doors.settings import Settings, SettingsError
from sekisho.ground.db import Database


def parties(settings: Settings, origin: str) -> passkey.Parties:
    """Return whose passkeys are; `origin` is "" where any host is accepted (dev).

    Raises SettingsError for what no browser takes.
    """
    found = policies.parties_of(settings, is_dev=not origin)
    try:
        found.at(origin or "http://localhost")
    except passkey.PartyError as error:
        raise SettingsError(str(error)) from error
    return found


def means(settings: Settings, db: Database, origin: str, *, is_dev: bool) -> Means:
    """Return what proving needs; `origin` is "" where any host is accepted (dev)."""
    channels = posting.phone_channels(settings, is_dev=is_dev)
    by_phone = [CODES[one] for one in ("sms", "voice") if one in channels]
    return Means(
        own={
            "password": desk(settings, db),
            "push": policies.pushes(settings),
            "passkey": passkey.Setup(policies.passkeys(settings), parties(settings, origin)),
        },
        kinds=(
            "passkey",
            "push",
            "password",
            "totp",
            *by_phone,
            "email_code",
            "recovery_code",
        ),
    )


def desk(settings: Settings, db: Database) -> password.Desk:
    """Return where passwords are hashed and judged: one pool of threads for the process."""
    pool = password.Pool(
        db.store.turns,
        settings.number("passwords.at_once"),
        settings.number("passwords.waiting"),
    )
    url = settings.text("passwords.breaches_url")
    if not url:
        return password.Desk(policies.passwords(settings), pool)
    # Imported here: an HTTP client costs each start, and most services ask no list.
    from sekisho.authenticators.password.breaches import Breaches  # noqa: PLC0415

    return password.Desk(policies.passwords(settings), pool, Breaches(url).knows)
