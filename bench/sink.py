"""A mail sink: takes every message by SMTP and tells listeners the code in its subject.

A process of its own (`python -m bench.sink SMTP_PORT SOCKET`), so that its work is not counted to
the product. It checks nothing, keeps nothing, and says `address TAB code` for each message.
"""

import asyncio
import re
import sys
from email.header import decode_header, make_header
from unicodedata import normalize

_ADDRESS = re.compile(rb"<([^>]*)>")
_CODE = re.compile(r"(?<!\d)\d{6,8}(?!\d)")
_SUBJECT = re.compile(rb"^subject:(.*(?:\r\n[ \t].*)*)", re.IGNORECASE | re.MULTILINE)
_END_OF_MAIL = b"\r\n.\r\n"
_HELLO = b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 1000000\r\n"

LISTENERS: set[asyncio.StreamWriter] = set()


class Conversation(asyncio.Protocol):
    """One SMTP connection, as RFC 5321 needs it for a sender that behaves."""

    def __init__(self) -> None:
        """Begin with nothing said."""
        self._transport: asyncio.WriteTransport
        self._buffer = b""
        self._to: list[bytes] = []
        self._is_mail = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        transport.write(b"220 sink ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        """Work through whatever is complete."""
        self._buffer += data
        answers = []
        while (answer := self._next()) is not None:
            answers.append(answer)
        self._transport.write(b"".join(answers))

    def _next(self) -> bytes | None:
        end = _END_OF_MAIL if self._is_mail else b"\r\n"
        whole, found, rest = self._buffer.partition(end)
        if not found:
            return None
        self._buffer = rest
        return self._keep(whole) if self._is_mail else self._obey(whole)

    def _obey(self, line: bytes) -> bytes:
        match line[:4].upper():
            case b"EHLO" | b"HELO":
                return _HELLO
            case b"RCPT":
                self._to += _ADDRESS.findall(line)
            case b"MAIL" | b"RSET":
                self._to = []
            case b"DATA":
                self._is_mail = True
                return b"354 go on\r\n"
            case b"QUIT":
                asyncio.get_running_loop().call_soon(self._transport.close)
                return b"221 bye\r\n"
            case _:
                return b"250 fine\r\n"
        return b"250 fine\r\n"

    def _keep(self, mail: bytes) -> bytes:
        self._is_mail = False
        code = code_of(mail)
        for address in self._to:
            _tell(address + b"\t" + code + b"\n")
        return b"250 kept\r\n"


def code_of(mail: bytes) -> bytes:
    """Return the code in the subject, or nothing where it holds none (a notice)."""
    found = _SUBJECT.search(mail.partition(b"\r\n\r\n")[0])
    text = found[1].decode("utf-8", "replace") if found else ""
    subject = str(make_header(decode_header(text))) if "=?" in text else text
    code = _CODE.search(normalize("NFKC", subject))
    return code[0].encode() if code else b""


def _tell(line: bytes) -> None:
    for listener in LISTENERS:
        listener.write(line)


async def _listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    LISTENERS.add(writer)
    await reader.read()
    LISTENERS.discard(writer)
    writer.close()


async def main(port: int, path: str) -> None:
    """Take mail on a port of loopback and tell codes on a unix socket, until ended."""
    loop = asyncio.get_running_loop()
    teller = await asyncio.start_unix_server(_listen, path)
    server = await loop.create_server(Conversation, "127.0.0.1", port, backlog=256)
    async with teller, server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
