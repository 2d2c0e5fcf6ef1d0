"""The house, put together from its settings: database, site, routes, mail. Knows no server."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from importlib import resources
from pathlib import Path

from sekisho.authenticators import Means, flow_api, passkey, password
from sekisho.authenticators.passkey import api as passkey_api
from sekisho.doors import caring, policies, posting, proofs, pushing, sweeping
from sekisho.doors.dev import pages as dev_pages
from sekisho.doors.ops import pages as ops_pages
from sekisho.doors.ops import well_known
from sekisho.doors.settings import Settings, SettingsError
from sekisho.doors.worker import Worker
from sekisho.ground import networks
from sekisho.ground.chance import SystemChance
from sekisho.ground.clock import SystemClock, instant
from sekisho.ground.db import Database, Store, sql
from sekisho.ground.sqlite import SqliteStore
from sekisho.journeys import security_info, sign_in
from sekisho.journeys.my_account import api as account_api
from sekisho.journeys.my_account import pages as account_pages
from sekisho.journeys.recent_activity import api as activity_api
from sekisho.journeys.recent_activity import pages as activity_pages
from sekisho.journeys.security_info import api as security_api
from sekisho.journeys.security_info import method_api, method_home, reset_api, reset_pages
from sekisho.journeys.security_info import pages as security_pages
from sekisho.journeys.security_info.means import Means as Managing
from sekisho.journeys.sign_in import pages as sign_in_pages
from sekisho.migrations import schema
from sekisho.records import flows, limits
from sekisho.records.delivery import hooks, letters
from sekisho.records.delivery.channels import sms
from sekisho.records.delivery.letters import Form
from sekisho.records.delivery.post_office import PostOffice, mailbox
from sekisho.records.delivery.providers.inbox import Inbox
from sekisho.records.sessions import guard
from sekisho.web import rendering
from sekisho.web.routing import Route
from sekisho.web.site import Site

_HERE = Path(str(resources.files("sekisho")))
_STATIC = _HERE / "web/static"
_FEATURES = (
    "authenticators/push",
    "journeys/sign_in",
    "journeys/my_account",
    "journeys/recent_activity",
    "journeys/help",
    "journeys/notice_choices",
    "journeys/contact_tests",
    "journeys/security_info",
    "doors/dev",
    "doors/ops",
)
_FACTS: dict[str, str | int] = {
    "device": "Chrome on Windows",
    "place": "Japan (estimated)",
    "asked_at": 0,
}
_CONTACT = {**_FACTS, "contact": "ta*****@example.com"}
_METHOD = {**_FACTS, "kind": "totp"}
_CODES = _HERE / "authenticators/code/letters"
_PHONE = _CODES / "phone"
_NOTICES = _HERE / "records/notices/letters"
_FLOOD = _HERE / "records/limits/letters/code_flood"
_TEST = _HERE / "journeys/contact_tests/letters/test_message"
_STEP_UP = {**_FACTS, "what": "add a contact to your account"}
LETTERS = {
    "sign_in": Form(_CODES / "sign_in", has_code=True, facts=_FACTS, phone=_PHONE),
    "sign_up": Form(_CODES / "sign_up", has_code=True, facts=_FACTS, phone=_PHONE),
    "reset_password": Form(_CODES / "reset_password", has_code=True, facts=_FACTS, phone=_PHONE),
    "step_up": Form(_CODES / "step_up", has_code=True, facts=_STEP_UP, phone=_PHONE),
    "verify_contact": Form(_CODES / "verify_contact", has_code=True, facts=_FACTS, phone=_PHONE),
    "contact_added": Form(_NOTICES / "contact_added", facts=_CONTACT),
    "contact_removed": Form(_NOTICES / "contact_removed", facts=_CONTACT),
    "method_added": Form(_NOTICES / "method_added", facts=_METHOD),
    "method_removed": Form(_NOTICES / "method_removed", facts=_METHOD),
    "password_changed": Form(_NOTICES / "password_changed", facts=_FACTS),
    "two_step_on": Form(_NOTICES / "two_step_on", facts=_FACTS),
    "two_step_off": Form(_NOTICES / "two_step_off", facts=_FACTS),
    "second_step_failed": Form(_NOTICES / "second_step_failed", facts=_FACTS),
    "recovery_code_used": Form(_NOTICES / "recovery_code_used", facts=_FACTS),
    "recovery_code_typed": Form(_NOTICES / "recovery_code_typed", facts=_FACTS),
    "trust_ended": Form(_NOTICES / "trust_ended", facts={**_FACTS, "browser": "Chrome on Windows"}),
    "test_message": Form(_TEST, facts=_FACTS, phone=_TEST),
    "new_sign_in": Form(_NOTICES / "new_sign_in", facts=_FACTS),
    "guesses_blocked": Form(_NOTICES / "guesses_blocked", facts=_FACTS),
    "code_flood": Form(_FLOOD, facts=_FACTS, phone=_FLOOD),
    **pushing.letters(_HERE, _FACTS),
}
_OF_DEV = "security@example.test"  # so that all there is can be tried out
_META = sql("SELECT name, value FROM meta")


@dataclass(frozen=True, slots=True)
class House:
    """A running service without its server."""

    db: Database
    site: Site
    routes: tuple[Route, ...]
    worker: Worker | None
    means: Means
    inbox: Inbox | None = field(repr=False)


def database_url(settings: Settings) -> str:
    """Return where the store is."""
    url = settings.text("database_url")
    return url or f"sqlite:///{settings.folder.absolute() / 'sekisho.db'}"


def open_database(settings: Settings, *, is_dev: bool) -> Database:
    """Open a store that is migrated and made under this root key.

    Raises SettingsError, StoreError or KeyFileError with what to do.
    """
    url, chance = database_url(settings), SystemChance()
    keys = schema.keys_of(url, key_path(settings, is_dev=is_dev), chance)
    store = _store(url, settings.number("server.at_once"))
    with store.reading() as tx:
        known: dict[str, str] = dict(tx.fetch(_META, {}))
    clock = SystemClock(
        not_before=instant(int(known.get("high_water", "0"))),
        ahead=timedelta(seconds=float(known.get("ahead", "0")) if is_dev else 0),
    )
    return Database(store, clock, chance, keys)


def key_path(settings: Settings, *, is_dev: bool) -> Path:
    """Return where the root key lies: beside the data folder, in `dev` inside it."""
    named = settings.text("root_key_file")
    if named:
        return Path(named)
    folder = settings.folder.absolute()
    return folder / "root.key" if is_dev else folder.with_name(f"{folder.name}.key")


def build(settings: Settings, *, is_dev: bool, sends: bool = True) -> House:
    """Put the house together; `sends` is false where mail is sent by workers apart."""
    return furnish(settings, open_database(settings, is_dev=is_dev), is_dev=is_dev, sends=sends)


def furnish(settings: Settings, db: Database, *, is_dev: bool, sends: bool) -> House:
    """Put the house together over a database that is open."""
    inbox = Inbox(settings.folder) if is_dev else None
    pages = rendering.load([_HERE / feature / "templates" for feature in _FEATURES])
    origin = "" if is_dev else origin_of(settings)
    site = Site(
        db=db,
        pages=pages,
        service_name=settings.text("service_name"),
        zone=settings.text("time_zone"),
        origin=origin,
        trusted=networks.parse_networks(settings.text("trusted_proxies")),
        is_secure=origin.startswith("https://"),
    )
    worker = None
    if sends:
        office = pushing.with_push(post_office(settings, inbox), db, origin, is_dev=is_dev)
        office = posting.watched(settings, office, db)
        worker = Worker(db, office, sweeping.steps(db, settings))
    means = proofs.means(settings, db, origin, is_dev=is_dev)
    return House(db, site, _routes(settings, site, means, inbox), worker, means, inbox)


def post_office(settings: Settings, inbox: Inbox | None) -> PostOffice:
    """Return how messages leave the house; in `dev` all go into the inbox.

    Raises SettingsError when a letter of the operator's lost its code or gained a link (spec D8).
    """
    return posting.open_office(settings, LETTERS, inbox)


def segments_of_a_text(settings: Settings) -> int:
    """Return how many segments a code takes in Japanese, with this service's name and host."""
    return sms.length(letters.sample(posting.letters_of(settings, LETTERS), "sms.txt")).segments


def origin_of(settings: Settings) -> str:
    """Return the public URL's origin, lower case.

    Raises SettingsError when it is missing, or plain http for a host that is not this machine.
    """
    url = settings.text("public_url").rstrip("/").lower()
    scheme, _, host = url.partition("://")
    if not host or "/" in host or "@" in host or scheme not in ("http", "https"):
        message = "SEKISHO_PUBLIC_URL is missing or no origin; write it as https://id.example.com"
        raise SettingsError(message)
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    is_here = name in ("localhost", "127.0.0.1", "[::1]") or name.endswith(".localhost")
    if scheme == "http" and not is_here:
        message = f"SEKISHO_PUBLIC_URL={url} is refused: http is for this machine, use https://"
        raise SettingsError(message)
    return url


def _routes(settings: Settings, site: Site, means: Means, inbox: Inbox | None) -> tuple[Route, ...]:
    channels = posting.phone_channels(settings, is_dev=inbox is not None)
    db, policy = site.db, policies.sign_ins(settings, means, channels)
    gate = limits.open_gate(policies.port(settings), _counter(settings))
    seen, own = policies.activity(settings), policies.account(settings, policy)
    parties = passkey.setup_of(means).parties
    secured = policies.security_info_of(settings, policy, parties)
    managed = Managing(db, secured, password.desk_of(means))
    roads = (
        sign_in.road(db, policy, gate),
        sign_in.road(db, policy, gate, flows.Purpose.RESET_PASSWORD),
        security_info.road(db, secured),
    )
    programs = (
        *flow_api.routes(db.keys, roads, partial(guard.session_of, db, policy.sessions)),
        *account_api.routes(db, own),
        *security_api.routes(db, secured),
        *method_api.routes(managed),
        *reset_api.routes(managed),
        *pushing.routes(settings, site, gate),
        *activity_api.routes(db, seen, policy.sessions),
        *caring.programs(db, settings, secured),
    )
    dev = dev_pages.routes(db, inbox) if inbox is not None else ()
    return (
        *sign_in_pages.routes(db, policy, gate),
        *account_pages.routes(db, own),
        *activity_pages.routes(db, seen, policy.sessions),
        *security_pages.routes(managed),
        *caring.pages(db, settings, secured),
        *reset_pages.routes(managed),
        *programs,
        *hooks.routes(db, site.origin, posting.callback_keys(settings, inbox)),
        *pushing.pages(site, _STATIC),
        *ops_pages.routes(db, programs, _STATIC),
        *_documents(settings, site, is_dev=inbox is not None),
        *dev,
    )


def _documents(settings: Settings, site: Site, *, is_dev: bool) -> tuple[Route, ...]:
    ways = method_home.HOME
    related = proofs.parties(settings, site.origin).related
    return (
        *passkey_api.routes(site.origin, related, enroll=f"{ways}/add/passkey", manage=ways),
        *well_known.routes(
            site.origin,
            f"{ways}/add/password",
            well_known.read_contacts(_whom_to_tell(settings, is_dev=is_dev)),
            well_known.read_languages(settings.text("security_languages")),
        ),
    )


def _whom_to_tell(settings: Settings, *, is_dev: bool) -> str:
    """Return who hears of weaknesses: as set, else who reads the answers to our mail."""
    reply_to = settings.text("reply_to")
    read = mailbox(reply_to).address if reply_to else ""
    return settings.text("security_contact") or read or (_OF_DEV if is_dev else "")


def _store(url: str, at_once: int) -> Store:
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite":
        path = Path(rest[1:] if rest.startswith("//") else rest.removeprefix("/"))
        return SqliteStore(path, at_once)
    # Imported here: psycopg is an extra, and SQLite does without it.
    try:
        from sekisho.ground.postgres import PostgresStore  # noqa: PLC0415
    except ImportError as error:
        message = "SEKISHO_DATABASE_URL names PostgreSQL: pip install 'sekisho[postgres]'"
        raise SettingsError(message) from error
    return PostgresStore(url, at_once)


def _counter(settings: Settings) -> limits.Counter | None:
    url = settings.text("valkey_url")
    if not url:
        return None
    try:
        from sekisho.records.limits.valkey import ValkeyCounter  # noqa: PLC0415  # an extra
    except ImportError as error:
        message = "SEKISHO_VALKEY_URL is set: pip install 'sekisho[valkey]'"
        raise SettingsError(message) from error
    return ValkeyCounter(url)
