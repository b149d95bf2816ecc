"""Answers every call of XML-RPC with the same bytes, in a process of its own: `python -m bench.rpc_origin`.

It runs on the last core, where the other servers of the benchmark run, and ends with its parent.
"""

from __future__ import annotations

import asyncio
import os
import sys

import uvloop

from bench.origins import end_with_parent
from bench.rows import HOST

ANSWER = (
    b"<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value><int>5</int></value>\n</param>\n</params>\n"
    b"</methodResponse>\n"
)
RESPONSE = (
    b"HTTP/1.1 200 OK\r\nServer: origin\r\nDate: Mon, 23 Nov 2026 20:02:00 GMT\r\nContent-Type: text/xml\r\n"
    b"Content-Length: %d\r\n\r\n" % len(ANSWER)
) + ANSWER


class Origin(asyncio.Protocol):
    """Answers when the end of a call has come."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.tail = b""

    def data_received(self, data: bytes) -> None:
        self.tail = (self.tail + data)[-32:]
        if self.tail.rstrip().endswith(b"</methodCall>"):
            self.tail = b""
            self.transport.write(RESPONSE)


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Origin, HOST, 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    end_with_parent()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {os.cpu_count() - 1})
    uvloop.run(serve())
