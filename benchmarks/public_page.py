"""How fast is the page of promises served? Run: python benchmarks/public_page.py [seconds].

Serves the demonstration on loopback with two workers and calls the page over kept connections from
this same machine: the load generator shares the cores. Prints requests a second, the 50th and 99th
percentile of the time of one, and the memory of the workers.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

CONNECTIONS, PATH = 16, "/loften/"


async def _calls(port: int, until: float, times: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    while time.monotonic() < until:
        began = time.monotonic()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        times.append(time.monotonic() - began)
        if b"connection: close" in head.lower():
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()


async def _load(port: int, seconds: float) -> list[float]:
    times: list[float] = []
    until = time.monotonic() + seconds
    await asyncio.gather(*(_calls(port, until, times) for _ in range(CONNECTIONS)))
    return times


def _memory(pid: int) -> int:
    """Return the resident memory [MB] of a process and those it started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    own = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return own // 1_000_000 + sum(_memory(int(child)) for child in children)


def main() -> None:
    """Serve, load, print."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    samlad = Path(sys.executable).with_name("samlad")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "SAMLAD_DATA": folder, "SAMLAD_DEMO": "1", "PORT": str(port)}
        subprocess.run([samlad, "demo"], env=environ, check=True, capture_output=True)
        serving = subprocess.Popen([samlad, "serve"], env=environ)
        try:
            for _ in range(150):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}{PATH}", timeout=1)
                    break
                except OSError:
                    time.sleep(0.2)
            asyncio.run(_load(port, 2))
            times = sorted(asyncio.run(_load(port, seconds)))
            memory = _memory(serving.pid)
        finally:
            serving.terminate()
            serving.wait(30)
    n = len(times)
    print(
        f"{n / seconds:.0f} requests/s, p50 {1000 * times[n // 2]:.1f} ms, "
        f"p99 {1000 * times[int(n * 0.99)]:.1f} ms, {CONNECTIONS} connections; "
        f"web and worker {memory} MB"
    )


if __name__ == "__main__":
    main()
