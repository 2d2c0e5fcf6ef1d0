"""The demo people of `dev`, and the making of accounts that an operator vouches for."""

from sekisho.ground import addresses
from sekisho.ground.addresses import EmailAddress
from sekisho.ground.db import Database, Work
from sekisho.ground.visitor import Visitor
from sekisho.records import accounts, activity, contacts
from sekisho.records.activity import Event, Kind

DEMO = (("aiko@example.test", "ja"), ("ben@example.test", "en"), ("taro@example.com", "ja"))
OPERATOR = Visitor(ip="127.0.0.1", agent="")


def settle(db: Database) -> None:
    """Make the demo people who are not there yet."""
    for address, language in DEMO:
        email = addresses.parse_email(address)
        if email is not None:
            make(db, email, language)


def make(db: Database, email: EmailAddress, language: str | None) -> int | None:
    """Make an account for an address; None when an account has it already."""
    return db.write("people.make", lambda work: _make(work, email, language))


def _make(work: Work, email: EmailAddress, language: str | None) -> int | None:
    if contacts.find(work, contacts.blind(work.keys, email)) is not None:
        return None
    account = accounts.draw(work)
    contact = contacts.add(work, account, email)
    accounts.create(work, account, contact, language, None)
    activity.record(work, Event(Kind.ACCOUNT_CREATED, account, OPERATOR, reasons=("by_operator",)))
    return account
