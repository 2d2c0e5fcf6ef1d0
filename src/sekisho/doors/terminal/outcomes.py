"""How a command ends: text or JSON on stdout, words on stderr, and the exit code."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import click
import msgspec

from sekisho.doors.settings import SettingsError
from sekisho.ground.db import Unavailable
from sekisho.ground.keys import KeyFileError
from sekisho.ground.refusal import Reason
from sekisho.migrations.schema import StoreError
from sekisho.records.delivery.dkim import DkimKeyError

FAILED, USAGE, REFUSED = 1, 2, 3


def tell(text: str) -> None:
    """Print a line of the answer."""
    click.echo(text)


def tell_json(shape: object) -> None:
    """Print the answer as JSON."""
    click.echo(msgspec.json.format(msgspec.json.encode(shape)).decode())


def fail(text: str) -> NoReturn:
    """End as failed, with what to do."""
    click.echo(f"sekisho: {text}", err=True)
    sys.exit(FAILED)


def refuse(reason: Reason, text: str) -> NoReturn:
    """End as refused, with the refusal's code."""
    click.echo(f"sekisho: {reason.value}: {text}", err=True)
    sys.exit(REFUSED)


@contextmanager
def told() -> Iterator[None]:
    """Tell what an operator can mend in one line instead of a traceback."""
    try:
        yield
    except (SettingsError, StoreError, KeyFileError, DkimKeyError, ValueError, OSError) as error:
        fail(str(error))
    except Unavailable as error:
        fail(f"the store is not available: {error.__cause__ or error}")
