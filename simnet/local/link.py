"""Links between real daemons on loopback, with delay, loss, resets and partitions. Started by `simnet local`.

The one argument is a file with a JSON document: seed, delay_milliseconds, jitter_milliseconds, loss_per_million,
links (from, to: numbers of nodes; listen, target: ports), cuts (from_milliseconds, until_milliseconds, side: for
each node whether it is on the one side) and resets (at_milliseconds, link). Times count from SIGUSR1.

TCP loses nothing; what a lost packet does to TCP is a stall, and sometimes a reset. So does this. Says `ready` when
all ports listen; ends at SIGTERM, or when standard input closes, with counts as JSON.
"""
import asyncio
import json
import random
import signal
import sys

PACKET_BYTES = 1400
# A retransmission takes at least the 200 ms that Linux waits for an acknowledgement.
STALL_SECONDS = (0.2, 1.0)
RESET_SHARE = 0.25


class Relay:
    def __init__(self, plan):
        self.plan = plan
        self.random = random.Random(plan["seed"])
        self.start = None
        self.pairs = [set() for _ in plan["links"]]
        self.counts = {"connections": 0, "refused": 0, "bytes": 0, "stalls": 0, "resets": 0, "cut_milliseconds": 0}

    def elapsed(self):
        """Milliseconds since SIGUSR1; before it nothing goes wrong."""
        return -1 if self.start is None else 1000 * (asyncio.get_running_loop().time() - self.start)

    def is_cut(self, link):
        now = self.elapsed()
        for cut in self.plan["cuts"]:
            if cut["from_milliseconds"] <= now < cut["until_milliseconds"]:
                if cut["side"][link["from"]] != cut["side"][link["to"]]:
                    return True
        return False

    async def accept(self, number, reader, writer):
        link = self.plan["links"][number]
        if self.is_cut(link):
            self.counts["refused"] += 1
            writer.transport.abort()
            return
        try:
            onward = await asyncio.open_connection("127.0.0.1", link["target"])
        except OSError:
            self.counts["refused"] += 1
            writer.transport.abort()
            return
        self.counts["connections"] += 1
        pair = (writer, onward[1])
        self.pairs[number].add(pair)
        try:
            await asyncio.gather(
                self.carry(link, reader, onward[1], pair), self.carry(link, onward[0], writer, pair))
        finally:
            self.pairs[number].discard(pair)
            abort(pair)

    async def carry(self, link, reader, writer, pair):
        """One direction: bytes arrive in order, each after its delay."""
        waiting = asyncio.Queue(maxsize=64)
        sender = asyncio.create_task(self.deliver(link, waiting, writer, pair))
        loop = asyncio.get_running_loop()
        due = 0.0
        try:
            while chunk := await reader.read(16384):
                delay = self.plan["delay_milliseconds"] + self.random.random() * self.plan["jitter_milliseconds"]
                due = max(due, loop.time() + delay / 1000)
                await waiting.put((due, chunk))
        except OSError:
            pass
        await waiting.put((due, b""))
        await sender
        abort(pair)

    async def deliver(self, link, waiting, writer, pair):
        loop = asyncio.get_running_loop()
        try:
            while True:
                due, chunk = await waiting.get()
                await asyncio.sleep(max(0, due - loop.time()))
                while self.is_cut(link):
                    self.counts["cut_milliseconds"] += 50
                    await asyncio.sleep(0.05)
                if not chunk:
                    return
                if self.is_lost(chunk):
                    if self.random.random() < RESET_SHARE:
                        self.counts["resets"] += 1
                        abort(pair)
                        return
                    self.counts["stalls"] += 1
                    await asyncio.sleep(self.random.uniform(*STALL_SECONDS))
                writer.write(chunk)
                self.counts["bytes"] += len(chunk)
                await writer.drain()
        except OSError:
            abort(pair)

    def is_lost(self, chunk):
        if self.start is None:
            return False
        packets = -(-len(chunk) // PACKET_BYTES)
        return self.random.random() >= (1 - self.plan["loss_per_million"] / 1e6) ** packets

    async def run_resets(self):
        for reset in sorted(self.plan["resets"], key=lambda reset: reset["at_milliseconds"]):
            await asyncio.sleep(max(0, reset["at_milliseconds"] - self.elapsed()) / 1000)
            for pair in list(self.pairs[reset["link"]]):
                self.counts["resets"] += 1
                abort(pair)


def abort(pair):
    for writer in pair:
        writer.transport.abort()


async def main(path):
    with open(path, encoding="utf-8") as file:
        relay = Relay(json.load(file))
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    tasks = []

    def begin():
        relay.start = loop.time()
        tasks.append(asyncio.create_task(relay.run_resets()))

    # Who starts a program from a thread of a pool hands down that thread's mask, with these signals blocked.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1, signal.SIGTERM})
    loop.add_signal_handler(signal.SIGUSR1, begin)
    loop.add_signal_handler(signal.SIGTERM, over.set)
    leash = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(leash), sys.stdin)
    tasks.append(asyncio.create_task(follow(leash, over)))
    servers = []
    for number, link in enumerate(relay.plan["links"]):
        def accepted(reader, writer, number=number):
            return relay.accept(number, reader, writer)

        servers.append(await asyncio.start_server(accepted, "127.0.0.1", link["listen"]))
    print("ready", flush=True)
    await over.wait()
    print(json.dumps(relay.counts), flush=True)


async def follow(leash, over):
    await leash.read()
    over.set()


asyncio.run(main(sys.argv[1]))
