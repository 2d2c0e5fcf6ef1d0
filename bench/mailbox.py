"""The mailbox: the sink's process, and the codes that it tells, by address."""

import asyncio
import sys
from pathlib import Path

from bench import processes
from bench.processes import Started

ROOT = Path(__file__).parents[1]


class Mailbox:
    """What arrived, by address. A class because it holds the sink and its socket."""

    def __init__(self, folder: Path) -> None:
        """Start a sink that leaves its log and socket in `folder`."""
        self.smtp_port = processes.free_port()
        self._socket = folder / "sink.socket"
        self._codes: dict[str, str] = {}
        self._waiting: dict[str, asyncio.Future[str]] = {}
        self._reading: asyncio.Task[None] | None = None
        self._writer: asyncio.StreamWriter | None = None  # held, or the socket closes
        self.sink: Started = processes.start(
            "sink",
            [sys.executable, "-m", "bench.sink", str(self.smtp_port), str(self._socket)],
            folder,
            {"PYTHONPATH": str(ROOT)},
        )
        processes.wait_until(self.sink, lambda: processes.listens(self.smtp_port))

    async def open(self) -> None:
        """Begin to hear what arrives."""
        reader, self._writer = await asyncio.open_unix_connection(str(self._socket))
        self._reading = asyncio.create_task(self._read(reader))

    def expect(self, address: str) -> None:
        """Forget the address's earlier code, before a new one is asked for."""
        self._codes.pop(address, None)

    async def code(self, address: str, seconds: float = 30) -> str:
        """Return the code that was sent to the address, waiting for it."""
        code = self._codes.get(address)
        if code is not None:
            return code
        waiting = self._waiting[address] = asyncio.get_running_loop().create_future()
        return await asyncio.wait_for(waiting, seconds)

    def close(self) -> None:
        """End the sink."""
        if self._reading is not None:
            self._reading.cancel()
        self.sink.stop()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            address, _, code = line.decode().rstrip("\n").partition("\t")
            if not code:
                continue
            self._codes[address] = code
            waiting = self._waiting.pop(address, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(code)
