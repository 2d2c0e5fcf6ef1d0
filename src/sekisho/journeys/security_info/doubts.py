"""Doubts about a new address, in words: questions before a code goes there, never refusals (P4)."""

from sekisho.ground import addresses, look_alikes, words
from sekisho.ground.look_alikes import Warned


def about(text: str) -> tuple[Warned, ...]:
    """Return what to ask about an address as it was typed; nothing for what is no address."""
    email = addresses.parse_email(text)
    return look_alikes.warnings(email) if email else ()


def worded(language: str, warned: Warned) -> str:
    """Return a doubt as its reader sees it."""
    key = f"doubt.{warned.doubt.value}"
    return words.text(language, key, shown=warned.shown, ascii=warned.ascii, like=warned.like)


def settled(text: str, sure: str) -> bool:
    """Say whether there is no doubt, or the person has seen what was asked about this address."""
    email = addresses.parse_email(text)
    return email is None or not look_alikes.warnings(email) or sure == email.text


def asked(text: str, language: str) -> dict[str, object]:
    """Return what the page asks about an address: the doubts, what was meant, what it is."""
    email = addresses.parse_email(text)
    meant = addresses.spelling_suggestion(email) if email else None
    return {
        "doubts": [worded(language, one) for one in about(text)],
        "meant": meant or "",
        "sure": email.text if email else "",
    }
