"""The inbox of `dev`: every message stays here, in memory and in a file that outlives a restart.

The only place where a sent code can be read (spec C9), so the file is its owner's alone.
"""

import os
import threading
from collections import OrderedDict
from pathlib import Path

import msgspec

from sekisho.records.delivery.rules import Accepted, Draft

KEPT = 500
_FILE = "inbox.jsonl"


_PURPOSES = {"sign_up": "sign_in"}  # a letter of its own, a flow of the same purpose (API.md)


class Entry(msgspec.Struct, frozen=True):
    """One message, of the shape that `/dev/inbox.json` gives (API.md)."""

    id: str
    channel: str
    to: str
    subject: str
    text: str
    html: str
    code: str | None
    label: str | None
    purpose: str
    at: str


class Inbox:
    """The newest messages; a class because it holds them, and the file they are written to."""

    def __init__(self, folder: Path) -> None:
        """Load what an earlier run left in `folder`, which must exist."""
        self._path = folder / _FILE
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._lines = 0
        for entry in _read(self._path):
            self._keep(entry)
        self._rewrite()

    def send(self, draft: Draft) -> Accepted:
        """Keep the draft; a second try of the same message takes the place of the first."""
        entry = Entry(
            id=draft.id,
            channel=draft.channel,
            to=draft.to,
            subject=draft.subject,
            text=draft.text,
            html=draft.html,
            code=draft.code,
            label=draft.label,
            purpose=_PURPOSES.get(draft.kind, draft.kind),
            at=draft.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        )
        with self._lock:
            self._keep(entry)
            self._append(entry)
        return Accepted("kept in the inbox of dev")

    def messages(self, to: str | None = None) -> list[Entry]:
        """Return the messages to `to`, or all, newest first."""
        with self._lock:
            entries = list(reversed(self._entries.values()))
        if to is None:
            return entries
        return [entry for entry in entries if entry.to.lower() == to.strip().lower()]

    def close(self) -> None:
        """Nothing is held open."""

    def _keep(self, entry: Entry) -> None:
        self._entries.pop(entry.id, None)
        self._entries[entry.id] = entry
        if len(self._entries) > KEPT:
            self._entries.popitem(last=False)

    def _append(self, entry: Entry) -> None:
        with os.fdopen(_open(self._path, os.O_APPEND), "ab") as file:
            file.write(msgspec.json.encode(entry) + b"\n")
        self._lines += 1
        if self._lines > 2 * KEPT:
            self._rewrite()

    def _rewrite(self) -> None:
        fresh = self._path.with_suffix(".new")
        with os.fdopen(_open(fresh, os.O_TRUNC), "wb") as file:
            file.writelines(msgspec.json.encode(entry) + b"\n" for entry in self._entries.values())
        fresh.replace(self._path)
        self._lines = len(self._entries)


def _open(path: Path, flags: int) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | flags, 0o600)


def _read(path: Path) -> list[Entry]:
    if not path.exists():
        return []
    entries = []
    for line in path.read_bytes().splitlines():
        try:
            entries.append(msgspec.json.decode(line, type=Entry))
        except msgspec.DecodeError:  # the last line of a run that was killed
            continue
    return entries
