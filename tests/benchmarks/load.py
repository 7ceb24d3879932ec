"""A load generator that costs little itself: keep-alive connections on raw asyncio streams.

A client library would take more processor time than the server under test on the same machine,
and so make every ratio look better than it is.
"""

import asyncio
import statistics
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Request = bytes


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a load: requests a second, the 99th percentile in ms, and other statuses."""

    per_second: float
    p99_ms: float
    unexpected: int


def get(path: str, *, cookie: str = "") -> Request:
    """Return the bytes of a GET."""
    return _request("GET", path, cookie, "", b"")


def post(path: str, body: str, *, cookie: str) -> Request:
    """Return the bytes of a posted form, as a browser of ours sends it."""
    headers = (
        "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n"
    )
    return _request("POST", path, cookie, headers, body.encode())


def _request(method: str, path: str, cookie: str, headers: str, body: bytes) -> Request:
    cookies = f"Cookie: {cookie}\r\n" if cookie else ""
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{cookies}{headers}\r\n".encode() + body


def run(port: int, connections: Sequence[Iterable[Request]], *, expected: int) -> Load:
    """Send each connection's requests one after the other, all connections at once."""
    return asyncio.run(_run(port, connections, expected))


async def _run(port: int, connections: Sequence[Iterable[Request]], expected: int) -> Load:
    times: list[float] = []
    unexpected: list[int] = []
    started = time.perf_counter()
    await asyncio.gather(
        *(_connection(port, requests, expected, times, unexpected) for requests in connections)
    )
    elapsed = time.perf_counter() - started
    p99 = statistics.quantiles(times, n=100)[98] * 1000
    return Load(len(times) / elapsed, p99, len(unexpected))


async def _connection(
    port: int,
    requests: Iterable[Request],
    expected: int,
    times: list[float],
    unexpected: list[int],
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in requests:
        started = time.perf_counter()
        writer.write(request)
        status = await _response(reader)
        times.append(time.perf_counter() - started)
        if status != expected:
            unexpected.append(status)
    writer.close()
    await writer.wait_closed()


async def _response(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length: ")[2].split(b"\r\n")[0] or 0)
    await reader.readexactly(length)
    return int(head[9:12])
