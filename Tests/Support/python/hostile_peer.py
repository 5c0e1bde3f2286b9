#!/usr/bin/env python3
"""A peer that breaks the rules of the transport, for tests. Loopback only, bounded in time.

usage: hostile_peer.py MODE PORT SERVER_KEY_HEX [SECONDS]

  null            a client without CURVE that sends a message
  multipart       a client with CURVE that sends one message of two frames
  repeated-id     sixty clients, one after another, with the same routing id and full queues
  endless         the CURVE handshake by hand, then one message that never ends
  unfinished      thirty links that each send 890 KB of a message and wait
  slow-frame      the CURVE handshake by hand, then a frame of which the end never comes
  flood-idle      ten thousand connects a second that say nothing (threats.md, T20)
  flood-partial   the same, each with half a greeting
  flood-garbage   the same, each with 4 KiB of random bytes
  flood-handshakes  five thousand connects a second from a thousand addresses and three processes, each with a whole
                  CURVE handshake by a new key as soon as it is let in, and given up after a second (T41)
  slow-peers      200 peers of three kinds, until all are cut: a byte of the greeting every 4 s; a byte of a frame
                  every 4 s; greeted, then reading nothing and answering nothing (T21)

Prints one line of JSON. Exit status 3 when PyNaCl or pyzmq is missing.
"""
import collections
import hashlib
import json
import os
import resource
import select
import socket
import struct
import sys
import time

try:
    import nacl.bindings as sodium
    import nacl.public
    import zmq
    import zmq.utils.z85
except ImportError:
    sys.exit(3)


class CurveLink:
    """The client's side of ZMTP 3.1 with CURVE (rfc.zeromq.org/spec/26) over a plain socket."""

    def __init__(self, port, server, tcp=None):
        self.tcp = tcp or socket.create_connection(("127.0.0.1", port), timeout=5)
        permanent, transient = nacl.public.PrivateKey.generate(), nacl.public.PrivateKey.generate()
        self.sequence = 0
        mechanism = b"CURVE".ljust(20, b"\0")
        self.tcp.sendall(b"\xff" + bytes(8) + b"\x7f\x03\x01" + mechanism + bytes(32))
        self.take(64)
        hello_box, counter = self.seal(b"CurveZMQHELLO---", bytes(64), server, transient)
        self.command(
            b"\x05HELLO\x01\x00" + bytes(72) + bytes(transient.public_key) + counter + hello_box)
        welcome = self.frame()
        opened = sodium.crypto_box_open(
            welcome[24:], b"WELCOME-" + welcome[8:24], server, bytes(transient))
        server_transient, cookie = opened[:32], opened[32:]
        tail = os.urandom(16)
        vouch = sodium.crypto_box(
            bytes(transient.public_key) + server, b"VOUCH---" + tail, server_transient,
            bytes(permanent))
        metadata = b"\x0bSocket-Type\x00\x00\x00\x06DEALER\x08Identity\x00\x00\x00\x00"
        plain = bytes(permanent.public_key) + tail + vouch + metadata
        box, counter = self.seal(b"CurveZMQINITIATE", plain, server_transient, transient)
        self.command(b"\x08INITIATE" + cookie + counter + box)
        if not self.frame().startswith(b"\x05READY"):
            raise ConnectionError("the node did not accept the handshake")
        self.shared = sodium.crypto_box_beforenm(server_transient, bytes(transient))

    def seal(self, prefix, plain, public, secret):
        self.sequence += 1
        counter = struct.pack(">Q", self.sequence)
        return sodium.crypto_box(plain, prefix + counter, public, bytes(secret)), counter

    def take(self, count):
        data = b""
        while len(data) < count:
            part = self.tcp.recv(count - len(data))
            if not part:
                raise ConnectionError("closed")
            data += part
        return data

    def command(self, body):
        head = struct.pack(">BQ", 6, len(body)) if len(body) > 255 else struct.pack("BB", 4, len(body))
        self.tcp.sendall(head + body)

    def frame(self):
        flags = self.take(1)[0]
        return self.take(struct.unpack(">Q", self.take(8))[0] if flags & 2 else self.take(1)[0])

    def message(self, payload, more):
        self.sequence += 1
        counter = struct.pack(">Q", self.sequence)
        box = sodium.crypto_box_afternm(
            bytes([more]) + payload, b"CurveZMQMESSAGEC" + counter, self.shared)
        body = b"\x07MESSAGE" + counter + box
        long = len(body) > 255
        return (struct.pack(">BQ", 2, len(body)) if long else struct.pack("BB", 0, len(body))) + body


def until_cut(link, chunks, seconds):
    start, sent = time.monotonic(), 0
    while time.monotonic() - start < seconds:
        try:
            chunk = next(chunks)
            if chunk:
                link.tcp.sendall(chunk)
                sent += len(chunk)
            else:
                link.tcp.settimeout(0.2)
                if link.tcp.recv(4096) == b"":
                    raise OSError
        except TimeoutError:
            continue
        except OSError:
            return {"sent_bytes": sent, "cut_after_s": round(time.monotonic() - start, 3)}
    return {"sent_bytes": sent, "cut_after_s": None}


def endless(port, server, seconds):
    link = CurveLink(port, server)
    sizes = [1, 200, 60_000]

    def chunks():
        while True:
            for size in sizes:
                count = max(1, 20_000 // (size + 36))
                yield b"".join(link.message(bytes(size), 1) for _ in range(count))
    return until_cut(link, chunks(), seconds)


def unfinished(port, server, seconds):
    links = []
    for _ in range(30):
        link = CurveLink(port, server)
        try:
            link.tcp.sendall(link.message(b"hello", 0))
            link.tcp.sendall(b"".join(link.message(bytes(200), 1) for _ in range(3_800)))
        except OSError:
            pass
        links.append(link)
    time.sleep(0.3)
    open_count = 0
    for link in links:
        link.tcp.setblocking(False)
        try:
            while link.tcp.recv(1 << 20):
                pass
        except BlockingIOError:
            open_count += 1
        except OSError:
            pass
    return {"links": len(links), "still_open": open_count}


def slow_frame(port, server, seconds):
    link = CurveLink(port, server)
    link.tcp.sendall(link.message(b"hello", 0))

    def chunks():
        yield link.message(bytes(60_000), 0)[:30_000]
        while True:
            yield b""
    return until_cut(link, chunks(), seconds)


FLOOD_RATE = 10_000
OPEN_AT_MOST = 8_000


def flood(first):
    def run(port, server, seconds):
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(2 * OPEN_AT_MOST, hard), hard))
        most = min(OPEN_AT_MOST, hard - 64)
        opened, attempts, start = collections.deque(), 0, time.monotonic()
        print(json.dumps({"ready": True}), flush=True)
        while (passed := time.monotonic() - start) < seconds:
            if attempts > FLOOD_RATE * passed:
                time.sleep(0.001)
                continue
            sock = socket.socket()
            sock.setblocking(False)
            try:
                sock.connect(("127.0.0.1", port))
            except BlockingIOError:
                pass
            except OSError:
                time.sleep(0.001)
            opened.append(sock)
            attempts += 1
            # What was opened a moment ago is through by now, if it ever will be.
            if first and len(opened) > 50:
                try:
                    opened[-50].send(first())
                except OSError:
                    pass
            if len(opened) > most:
                opened.popleft().close()
        return {"attempts": attempts, "per_second": round(attempts / seconds)}
    return run


HANDSHAKE_RATE = 5_000


def handshakes(port, server, seconds, processes=3):
    """Each handshake is whole: the listener has done all of its arithmetic when READY comes."""
    children, start = [], time.monotonic()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(OPEN_AT_MOST, hard), hard))
    print(json.dumps({"ready": True}), flush=True)
    for number in range(processes):
        reader, writer = os.pipe()
        if os.fork() == 0:
            counts = offer(port, server, start, seconds, HANDSHAKE_RATE / processes, number)
            os.write(writer, "{} {} {}".format(*counts).encode())
            os._exit(0)
        os.close(writer)
        children.append(reader)
    counts = [tuple(map(int, os.read(reader, 64).split())) for reader in children]
    offered, done, failed = (sum(count[index] for count in counts) for index in range(3))
    return {"handshakes": done, "failed": failed, "offered_per_second": round(offered / seconds),
            "per_second": round(done / seconds)}


def offer(port, server, start, seconds, rate, number):
    """What one process offers: connects, handshakes that were done, and those that broke off."""
    waiting, poller = {}, select.epoll()
    attempts = done = failed = 0
    while (passed := time.monotonic() - start) < seconds:
        if attempts < rate * passed:
            tcp = socket.socket()
            tcp.setblocking(False)
            try:
                tcp.bind((f"127.66.{number}.{1 + attempts % 250}", 0))
                tcp.connect(("127.0.0.1", port))
            except BlockingIOError:
                pass
            except OSError:
                time.sleep(0.001)
            waiting[tcp.fileno()] = (tcp, passed)
            poller.register(tcp, select.EPOLLOUT)
            attempts += 1
            if attempts % 16:
                continue
        for descriptor, events in poller.poll(0 if attempts < rate * passed else 0.001):
            tcp, _ = waiting.pop(descriptor)
            poller.unregister(descriptor)
            tcp.settimeout(2)
            try:
                CurveLink(port, server, tcp)
                done += 1
            except (OSError, ConnectionError):
                failed += 1
            tcp.close()
        while waiting and next(iter(waiting.values()))[1] < passed - 1:
            descriptor = next(iter(waiting))
            poller.unregister(descriptor)
            waiting.pop(descriptor)[0].close()
    return attempts, done, failed


GREETED = bytes([1, 1, 1]) + hashlib.blake2b(b"vouchbird network v1\0main", digest_size=32).digest()


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def slow_peers(port, server, seconds, count=200):
    """Each peer is (socket, what it still drips); the last kind drips nothing."""
    peers = []
    for number in range(count):
        try:
            if number % 3 == 0:
                sock = socket.create_connection(("127.0.0.1", port), timeout=5)
                rest = b"\xff" + bytes(8) + b"\x7f\x03\x01" + b"CURVE".ljust(20, b"\0") + bytes(32)
            else:
                link = CurveLink(port, server)
                sock, hello = link.tcp, GREETED + varint(0) + varint(int(time.time() * 1000)) + varint(65536)
                sock.sendall(link.message(hello, 0))
                rest = link.message(bytes(1000), 0) if number % 3 == 1 else b""
        except OSError:
            continue
        sock.setblocking(False)
        peers.append((sock, iter(rest), number % 3 == 2))
    opened, start, gone = len(peers), time.monotonic(), 0.0
    print(json.dumps({"ready": True}), flush=True)
    beat = start
    while peers and time.monotonic() - start < seconds:
        time.sleep(0.1)
        drips = time.monotonic() - beat >= 4
        beat += 4 if drips else 0
        for peer in list(peers):
            sock, rest, is_deaf = peer
            poller = select.poll()
            poller.register(sock, select.POLLRDHUP | select.POLLHUP | select.POLLERR)
            is_cut = bool(poller.poll(0))
            byte = next(rest, None) if drips and not is_deaf else None
            if byte is not None and not is_cut:
                try:
                    sock.send(bytes([byte]))
                except OSError:
                    is_cut = True
            if is_cut:
                peers.remove(peer)
                gone = time.monotonic() - start
    return {"opened": opened, "still_open": len(peers), "last_gone_after_s": round(gone, 1)}


def dealer(context, port, server, identity=None):
    sock = context.socket(zmq.DEALER)
    sock.linger = 500
    if identity:
        sock.setsockopt(zmq.IDENTITY, identity)
    if server:
        sock.curve_serverkey = zmq.utils.z85.encode(server)
        sock.curve_publickey, sock.curve_secretkey = zmq.curve_keypair()
    sock.connect(f"tcp://127.0.0.1:{port}")
    return sock


def null(port, server, seconds):
    sock = dealer(zmq.Context(), port, None)
    sock.send(b"hello")
    return {"answered": bool(sock.poll(int(seconds * 1000)))}


def multipart(port, server, seconds):
    sock = dealer(zmq.Context(), port, server)
    monitor = sock.get_monitor_socket(zmq.EVENT_DISCONNECTED)
    sock.send_multipart([b"first", b"second"])
    return {"cut": bool(monitor.poll(int(seconds * 1000)))}


def repeated_id(port, server, seconds):
    context = zmq.Context()
    first = dealer(context, port, server, b"the same")
    first.send(b"hello")
    first.poll(300)
    for _ in range(60):
        sock = dealer(context, port, server, b"the same")
        for _ in range(8):
            sock.send(bytes(60_000))
        sock.poll(50)
        sock.close()
    return {"clients": 61}


if __name__ == "__main__":
    modes = {
        "null": null, "multipart": multipart, "repeated-id": repeated_id, "endless": endless,
        "unfinished": unfinished, "slow-frame": slow_frame, "slow-peers": slow_peers,
        "flood-handshakes": handshakes, "flood-idle": flood(None), "flood-partial": flood(lambda: b"\xff" + bytes(8)),
        "flood-garbage": flood(lambda: os.urandom(4096)),
    }
    action = modes[sys.argv[1]]
    limit = float(sys.argv[4]) if len(sys.argv) > 4 else 3
    try:
        result = action(int(sys.argv[2]), bytes.fromhex(sys.argv[3]), limit)
    except ConnectionError as error:
        result = {"refused": str(error)}
    print(json.dumps(result), flush=True)
    os._exit(0)
