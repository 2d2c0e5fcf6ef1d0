"""What accounts and their methods are called."""

from sekisho.authenticators import passkey
from sekisho.ground.db import Work
from sekisho.records import contacts, methods

_ROOM = methods.LONGEST_NAME - len(" 100")


def sign_in_name(work: Work, account: int) -> str:
    """Return how apps and password managers call an account: by the name that it signs in with."""
    found = contacts.of_account(work, account)
    named = next((one for one in found if one.is_name), None)
    return contacts.address(work.keys, named.id, named.sealed).text if named else ""


def free_name(work: Work, account: int, method: int, name: str) -> str:
    """Return the name, with a number where another method of the account has it already."""
    others = [one.name for one in methods.of_account(work, account) if one.id != method]
    return passkey.name_among(name if name not in others else name[:_ROOM], others)
