"""Two hundred clients at one endpoint for as long as one likes, connections killed at random: no reply is lost or
crossed, and the server's memory stays what it was.

    python -m tests.endpoint.soak --minutes 10

Each reply carries what only its request said. Told is ten times, and at the end: replies, connections killed, and the
resident memory of the server's process. The status is 1 if a reply was wrong or lost, or memory grew.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import subprocess
import sys
import time
from pathlib import Path

CLIENTS = 200

MOST_GROWTH = 1.2
"""The memory at the end, beside that after the first tenth of the time."""

ECHO = b"redis.call('SET', KEYS[1], ARGV[1]) return redis.call('GET', KEYS[1])"
LAST_WORDS = [b"", b"*2\r\n$4\r\nEC", b"*3\r\n$5\r\nBLPOP\r\n$5\r\nnever\r\n$1\r\n0\r\n", b"*1\r\n$5\r\nMULTI\r\n"]
"""What a connection has said last when it is killed."""


class WrongReply(Exception):
    """A reply that no request of this client asked for."""


class Soak:
    """What is sent until `end`, in seconds of the monotonic clock, and what came of it."""

    def __init__(self, port: int, end: float, seed: int) -> None:
        self.port = port
        self.end = end
        self.random = random.Random(seed)
        self.replies = self.killed = 0

    async def client(self, number: int) -> None:
        """One client: when its connection is killed it comes again."""
        sent = 0
        while time.monotonic() < self.end:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            try:
                for _ in range(self.random.randrange(1, 300)):
                    if time.monotonic() >= self.end:
                        break
                    sent += 1
                    await self.exchange(reader, writer, number, b"%d:%d" % (number, sent))
                if self.random.random() < 0.7:
                    self.killed += 1
                    writer.write(self.random.choice(LAST_WORDS))
                    writer.transport.abort()
            finally:
                writer.close()

    async def exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int, token: bytes
    ) -> None:
        """Some requests at once, and their replies."""
        mine = b"key:%d" % number
        queue = b"queue:%d" % number
        pairs = self.random.choices(
            [
                ([b"ECHO", token], bulk(token)),
                ([b"EVAL", ECHO, b"1", mine, token], bulk(token)),
                ([b"SET", mine, token], b"+OK\r\n"),
                ([b"GET", token, token], b"-ERR wrong number of arguments for 'get' command\r\n"),
            ],
            k=self.random.choice([1, 1, 1, 20]),
        )
        pairs += [([b"RPUSH", queue, token], b":1\r\n")]
        pairs += [([b"BLPOP", queue, b"0"], b"*2\r\n" + bulk(queue) + bulk(token))]
        writer.write(b"".join(request(*words) for words, _ in pairs))
        await writer.drain()
        expected = b"".join(reply for _, reply in pairs)
        found = await asyncio.wait_for(reader.readexactly(len(expected)), 60)
        if found != expected:
            raise WrongReply(f"{expected!r} was expected, and {found!r} came")
        self.replies += len(pairs)

    async def run(self, server: int) -> list[int]:
        """Everything at once; answers the kilobytes of the server's process, asked ten times."""
        memory = []
        begun = time.monotonic()
        everyone = asyncio.gather(*(self.client(number) for number in range(CLIENTS)))
        step = (self.end - begun) / 10
        while time.monotonic() < self.end:
            await asyncio.wait([everyone], timeout=min(step, max(0.1, self.end - time.monotonic())))
            if everyone.done():
                break
            memory.append(resident(server))
            print(f"{self.replies} replies, {self.killed} connections killed, {memory[-1]} kB", flush=True)
        await everyone
        return memory


def request(*words: bytes) -> bytes:
    """A command as clients send it."""
    return b"*%d\r\n" % len(words) + b"".join(map(bulk, words))


def bulk(text: bytes) -> bytes:
    """A bulk string."""
    return b"$%d\r\n%b\r\n" % (len(text), text)


def resident(process: int) -> int:
    """Kilobytes of a process that are in memory (Linux)."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


def main() -> int:
    """Soak a server of its own; answer the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    command = [sys.executable, "-m", "ferrous_vm", "serve", "--redis", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline().rpartition(":")[2])
        try:
            soak = Soak(port, time.monotonic() + options.minutes * 60, options.seed)
            memory = asyncio.run(soak.run(server.pid))
        except (WrongReply, TimeoutError, asyncio.IncompleteReadError) as error:
            print(repr(error))
            return 1
        finally:
            server.terminate()
    grown = memory[-1] / memory[0]
    print(f"{soak.replies} replies, none wrong; {soak.killed} connections killed; memory {grown:.2f} times what it was")
    return int(grown > MOST_GROWTH)


if __name__ == "__main__":
    sys.exit(main())
