#!/usr/bin/env python3
"""A peer in another language, written from docs/protocol.md and nothing else: pyzmq for the link, PyNaCl for the keys.

    foreign_peer.py fetch   --port P --server-key HEX [--feed HEX]     fetch feeds and verify every record
    foreign_peer.py publish --port P --server-key HEX [--items N]      sign a feed, push it, wait until the node holds it
    foreign_peer.py offend KIND --port P --server-key HEX              send what no node may take; see OFFENCES
    foreign_peer.py strangers --port P --server-key HEX --items N      push records of N authors that nobody signed, a link
                                                                       for every few dozen, until all were sent
    foreign_peer.py serve   --port P --server-key HEX --seconds S      ask for the frontier again and again, report the gaps
    foreign_peer.py long    --port P --server-key HEX                  sign a feed with checkpoints, serve it as a suffix and by blocks
    foreign_peer.py rotate  --port P --server-key HEX                  sign a feed whose author changes key and revokes a device
    foreign_peer.py witness --port P --server-key HEX --feed HEX       take the head of a feed, show it again later, serve no more of it

Prints one line of JSON. Exit status 0 when the peer could do what it was asked; what the node made of it is in the line.
"""
import argparse, hashlib, json, os, sys, time

import nacl.exceptions
import nacl.signing
import zmq
import zmq.utils.z85

HELLO, PING, PONG, GOODBYE, PUSH, FRONTIER, RANGE_REQ, RANGE_RESP, FORK_PROOF = 1, 2, 3, 4, 10, 20, 22, 23, 30
PLAY, LIKE, TRUST, RETRACT, DELEGATE, ROTATE, CHECKPOINT, REVOKE = 1, 2, 4, 6, 7, 8, 9, 10
CHECKPOINT_SPAN = 128
RECORD_DOMAIN = b"vouchbird record v1\0"
DELEGATION_DOMAIN = b"vouchbird delegation v1\0"
ROTATION_DOMAIN = b"vouchbird rotation v1\0"
REVOCATION_DOMAIN = b"vouchbird revocation v1\0"
FRAME_BYTES = 64 * 1024


def blake2b(data):
    return hashlib.blake2b(data, digest_size=32).digest()


def network_id(name="main"):
    return blake2b(b"vouchbird network v1\0" + name.encode())


def now():
    return int(time.time() * 1000)


# -- the strict binary forms

def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def sized(data):
    return varint(len(data)) + data


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        if self.at + count > len(self.data):
            raise ValueError("truncated")
        part = self.data[self.at:self.at + count]
        self.at += count
        return part

    def byte(self):
        return self.take(1)[0]

    def varint(self):
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if not byte & 0x80:
                if byte == 0 and shift:
                    raise ValueError("varint is not minimal")
                return value
            shift += 7

    def sized(self):
        return self.take(self.varint())

    def rest(self):
        return self.take(len(self.data) - self.at)


# -- records

class Record:
    """A record read from its body, and from its signature where it has one of its own."""

    def __init__(self, encoded, body=None, signature=None):
        self.body = encoded[:-64] if body is None else body
        self.signature = encoded[-64:] if body is None else signature
        self.encoded = self.body + (self.signature or b"")
        reader = Reader(self.body)
        if reader.byte() != 1:
            raise ValueError("format")
        self.kind, self.feed, self.sequence = reader.byte(), reader.take(32), reader.varint()
        self.previous, self.time, self.flags = reader.take(32), reader.varint(), reader.byte()
        self.payload = reader.rest()
        self.id = blake2b(RECORD_DOMAIN + self.body)

    def is_signed(self, network):
        try:
            nacl.signing.VerifyKey(self.feed).verify(RECORD_DOMAIN + network + self.body, self.signature)
            return True
        except nacl.exceptions.BadSignatureError:
            return False

    def delegation(self, network):
        """The author that a DELEGATE names, if it signed that; otherwise None."""
        author, signature = self.payload[:32], self.payload[32:]
        try:
            nacl.signing.VerifyKey(author).verify(DELEGATION_DOMAIN + network + self.feed + author, signature)
            return author
        except nacl.exceptions.BadSignatureError:
            return None


def read_chain(feed, reader):
    """The places of a chain in order, ids recomputed: records, and (id, RETRACT record, id before) for tombstones."""
    count = reader.varint()
    if count == 0:
        return []
    sequence, previous, clock, places = reader.varint(), reader.take(32), 0, []
    for _ in range(count):
        kind = reader.byte()
        if kind == 0:
            gone, before = reader.take(32), previous
            places.append((gone, Record(reader.sized()), before))
            previous = gone
        else:
            flags = reader.byte()
            clock += reader.varint()
            body = (bytes([1, kind]) + feed + varint(sequence) + previous + varint(clock) + bytes([flags & 0x7F])
                    + reader.sized())
            record = Record(None, body, reader.take(64) if flags & 0x80 else None)
            places.append(record)
            previous = record.id
        sequence += 1
    return places


def vouched(places, first, network):
    """How many places from the start on the author's signatures vouch for. One verification a segment."""
    good = 0
    for number, place in enumerate(places, 1):
        if isinstance(place, Record):
            if place.signature is None:
                continue
            if not place.is_signed(network):
                return good
        else:
            gone, retraction, before = place
            named = varint(first + number - 1) + gone + before
            if retraction.kind != RETRACT or retraction.payload != named or not retraction.is_signed(network):
                return good
        good = number
    return good


class Writer:
    """A feed of one's own."""

    def __init__(self, network, key=None):
        self.network, self.key = network, key or nacl.signing.SigningKey.generate()
        self.feed = bytes(self.key.verify_key)
        self.sequence, self.previous = 0, bytes(32)

    def record(self, kind, payload, at=None, network=None, sequence=None, previous=None):
        """Signs the next record, or one for any other place."""
        body = (bytes([1, kind]) + self.feed + varint(sequence or self.sequence + 1)
                + (self.previous if previous is None else previous) + varint(at or now())
                + (b"\1" if kind in (ROTATE, CHECKPOINT, REVOKE) else b"\0") + payload)
        return body + self.key.sign(RECORD_DOMAIN + (network or self.network) + body).signature

    def append(self, kind, payload, **options):
        encoded = self.record(kind, payload, **options)
        record = Record(encoded)
        self.sequence, self.previous = record.sequence, record.id
        return encoded

    def checkpoint(self, **options):
        assert (self.sequence + 1) % CHECKPOINT_SPAN == 0
        return self.append(CHECKPOINT, b"\0", **options)

    def like(self, item, **options):
        return self.append(LIKE, sized(item.encode()) + varint(1000), **options)


# -- the link

class Closed(Exception):
    pass


class Link:
    """One dialled link: CURVE with a fresh key, HELLO first."""

    def __init__(self, port, server_key, network, seconds=10, hello=True, clock=0):
        self.network, self.deadline = network, time.monotonic() + seconds
        self.context = zmq.Context.instance()
        self.socket = self.context.socket(zmq.DEALER)
        public, secret = zmq.curve_keypair()
        self.socket.curve_publickey, self.socket.curve_secretkey = public, secret
        self.socket.curve_serverkey = zmq.utils.z85.encode(server_key)
        self.socket.linger, self.socket.reconnect_ivl, self.socket.sndhwm = 0, -1, 0
        self.monitor = self.socket.get_monitor_socket(zmq.EVENT_DISCONNECTED | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
                                                      | zmq.EVENT_HANDSHAKE_FAILED_AUTH | zmq.EVENT_CLOSED
                                                      | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL)
        self.poller = zmq.Poller()
        self.poller.register(self.socket, zmq.POLLIN)
        self.poller.register(self.monitor, zmq.POLLIN)
        self.socket.connect(f"tcp://127.0.0.1:{port}")
        self.frontier = {}
        if hello:
            self.greet(clock)

    def greet(self, clock=0):
        self.send(bytes([HELLO]) + varint(1) + varint(1) + self.network + varint(0) + varint(now() + clock)
                  + varint(FRAME_BYTES))
        self.hello = self.await_frame(HELLO)

    def send(self, frame):
        self.socket.send(frame)

    def receive(self, until=None):
        """The next frame, or None at `until`. FRONTIER frames are also written down, PINGs answered."""
        while True:
            limit = min(self.deadline, until or self.deadline)
            ready = dict(self.poller.poll(max(0, (limit - time.monotonic()) * 1000)))
            if self.socket in ready:
                parts = self.socket.recv_multipart()
                if len(parts) != 1:
                    raise ValueError("more than one frame")
                frame = parts[0]
                if frame[0] == FRONTIER:
                    self.note(Reader(frame[1:]))
                elif frame[0] == PING:
                    self.send(bytes([PONG]) + frame[1:])
                return frame
            if self.monitor in ready:
                raise Closed("the node closed the link")
            if time.monotonic() >= self.deadline:
                raise TimeoutError("no answer from the node")
            if until and time.monotonic() >= until:
                return None

    def note(self, reader):
        for _ in range(reader.varint()):
            feed, sequence = reader.take(32), reader.varint()
            self.frontier[feed] = (sequence, reader.take(8))

    def await_frame(self, kind):
        while True:
            frame = self.receive()
            if frame[0] == kind:
                return frame
            if frame[0] == GOODBYE:
                raise Closed(f"goodbye, reason {frame[1]}")

    def settle(self):
        """Returns when the node has worked through everything sent before."""
        nonce = varint(int.from_bytes(os.urandom(4), "little"))
        self.send(bytes([PING]) + nonce)
        while self.await_frame(PONG)[1:] != nonce:
            pass

    def push(self, records):
        self.send(bytes([PUSH]) + varint(len(records)) + b"".join(sized(record) for record in records))

    def fetch(self, feed, last):
        """Every record of a feed up to `last`, in order; tombstones as None. Raises unless signatures vouch for all."""
        records, first = [], 1
        while first <= last:
            self.send(bytes([RANGE_REQ]) + feed + varint(first) + varint(min(last, first + 255)))
            while True:
                reader = Reader(self.await_frame(RANGE_RESP)[1:])
                if reader.take(32) == feed:
                    break
            start = Reader(reader.data[reader.at:])
            places = read_chain(feed, reader)
            if not places:
                raise ValueError(f"the node gives nothing from {first} on")
            if start.varint() and start.varint() != first:
                raise ValueError("a gap in the answer")
            if vouched(places, first, self.network) != len(places):
                raise ValueError("nothing vouches for the answer")
            records += [place if isinstance(place, Record) else None for place in places]
            first += len(places)
        return records[:last]

    def await_held(self, feed, sequence):
        """Asks for one record until the node has it: it answers for what it has written down, and that takes a moment."""
        while True:
            self.send(bytes([RANGE_REQ]) + feed + varint(sequence) + varint(sequence))
            asked_again = time.monotonic() + 0.1
            while (frame := self.receive(until=asked_again)) is not None:
                if frame[0] == RANGE_RESP and frame[1:33] == feed and frame[33] != 0:
                    return
                if frame[0] == GOODBYE:
                    raise Closed(f"goodbye, reason {frame[1]}")

    def close(self):
        self.socket.disable_monitor()
        self.monitor.close(0)
        self.socket.close(0)


# -- what the peer is asked to do

def link(args, **options):
    return Link(args.port, bytes.fromhex(args.server_key), network_id(args.network), args.seconds, **options)


def fetch(args):
    peer = link(args)
    wanted = bytes.fromhex(args.feed) if args.feed else None
    while wanted not in peer.frontier if wanted else not peer.frontier:
        peer.await_frame(FRONTIER)
    peer.settle()
    feeds = []
    for feed in [wanted] if wanted else sorted(peer.frontier):
        last, head = peer.frontier[feed]
        records = peer.fetch(feed, last)
        previous, chained = bytes(32), True
        for record in records:
            chained = chained and record is not None and record.previous == previous
            previous = record.id if record else previous
        present = [record for record in records if record]
        first = present[0] if present else None
        author = first.delegation(peer.network) if first and first.kind == DELEGATE else feed
        feeds.append({
            "feed": feed.hex(), "author": author.hex() if author else None, "records": len(records),
            "verified": len(records), "chained": chained,
            "head_matches": bool(present) and present[-1].id[:8] == head,
            "payloads": [record.payload.hex() if record else None for record in records],
        })
    return {"feeds": feeds}


def publish(args):
    peer = link(args)
    writer = Writer(peer.network)
    records = [writer.like(f"foreign:{number}") for number in range(1, args.items + 1)]
    for start in range(0, len(records), 64):
        peer.push(records[start:start + 64])
    peer.await_held(writer.feed, len(records))
    echoed = peer.fetch(writer.feed, len(records))
    return {"feed": writer.feed.hex(), "records": len(records),
            "unchanged": [record.body for record in echoed if record] == [record[:-64] for record in records]}


def serve(args):
    """Another peer, served throughout: pings all the time and says what the longest silence was."""
    peer = link(args, clock=args.clock_offset)
    print(json.dumps({"ready": True}), flush=True)
    start, longest, answers = time.monotonic(), 0.0, 0
    while time.monotonic() - start < args.seconds - 2:
        asked = time.monotonic()
        peer.settle()
        longest, answers = max(longest, time.monotonic() - asked), answers + 1
        peer.receive(until=time.monotonic() + 0.02)
    return {"answers": answers, "longest_silence_s": round(longest, 3)}


def write_chain(places):
    """Consecutive records as a chain, the signature on the last and on every CHECKPOINT and 64th."""
    out, clock, run = varint(len(places)) + varint(places[0].sequence) + places[0].previous, 0, 0
    for place in places:
        run += 1
        signs = place is places[-1] or place.kind == CHECKPOINT or run == 64
        out += (bytes([place.kind, place.flags | (0x80 if signs else 0)]) + varint(place.time - clock)
                + sized(place.payload) + (place.signature if signs else b""))
        clock, run = place.time, 0 if signs else run
    return out


def long(args):
    """A feed of 700 records with checkpoints: tells its head, and answers whatever range is asked for."""
    peer = link(args)
    writer, start = Writer(peer.network), now() - 1000
    records = []
    while len(records) < 700:
        at = start + len(records)
        due = (writer.sequence + 1) % CHECKPOINT_SPAN == 0
        records.append(Record(writer.checkpoint(at=at) if due else writer.like(f"long:{writer.sequence + 1}", at=at)))
    print(json.dumps({"feed": writer.feed.hex()}), flush=True)
    peer.send(bytes([FRONTIER]) + varint(1) + writer.feed + varint(len(records)) + records[-1].id[:8])
    asked = []
    try:
        while (frame := peer.receive(until=time.monotonic() + args.seconds - 3)) is not None:
            if frame[0] != RANGE_REQ or frame[1:33] != writer.feed:
                continue
            reader = Reader(frame[33:])
            first, last = reader.varint(), reader.varint()
            asked.append([first, last])
            answer = write_chain(records[first - 1:last]) if first <= len(records) else b"\0"
            peer.send(bytes([RANGE_RESP]) + writer.feed + answer)
    except TimeoutError:
        pass
    return {"feed": writer.feed.hex(), "asked": asked}


def rotate(args):
    """An author with two devices changes key in the feed of one and revokes the other after its second record."""
    peer = link(args)
    sign, seed = lambda key, message: key.sign(message).signature, nacl.signing.SigningKey.generate
    old, new = seed(), seed()
    old_public, new_public = bytes(old.verify_key), bytes(new.verify_key)
    kept, lost = Writer(peer.network), Writer(peer.network)

    def consent(author, device):
        return sign(author, DELEGATION_DOMAIN + peer.network + device.feed + bytes(author.verify_key))

    lost_records = [lost.append(DELEGATE, old_public + consent(old, lost)), lost.like("lost:2"), lost.like("lost:3")]
    statement = ROTATION_DOMAIN + peer.network + old_public + new_public
    ended = REVOCATION_DOMAIN + peer.network + lost.feed + new_public + varint(2)
    kept_records = [
        kept.append(DELEGATE, old_public + consent(old, kept)), kept.like("kept:2"),
        kept.append(ROTATE, old_public + new_public + sign(old, statement) + sign(new, statement) + consent(new, kept)),
        kept.append(REVOKE, lost.feed + varint(2) + sign(new, ended)), kept.like("kept:5")]
    print(json.dumps({"author": old_public.hex()}), flush=True)
    sys.stdin.readline()
    peer.push(lost_records)
    peer.push(kept_records)
    peer.await_held(lost.feed, 3)
    peer.await_held(kept.feed, 5)
    return {"old": old_public.hex(), "new": new_public.hex(), "kept": kept.feed.hex(), "lost": lost.feed.hex()}


def witness(args):
    """Keeps the head of a feed, and once told to, shows it to a node that may have lost it."""
    peer = link(args)
    feed = bytes.fromhex(args.feed)
    while feed not in peer.frontier:
        peer.await_frame(FRONTIER)
    records = peer.fetch(feed, peer.frontier[feed][0])
    head = records[-1]
    print(json.dumps({"sequence": head.sequence}), flush=True)
    peer.close()
    sys.stdin.readline()
    peer = link(args)
    peer.push([head.encoded])
    peer.settle()
    print(json.dumps({"shown": True}), flush=True)
    try:
        peer.receive(until=time.monotonic())
        while True:
            peer.receive(until=time.monotonic() + args.seconds)
    except (Closed, TimeoutError):
        return {"sequence": head.sequence}



def strangers(args):
    """Records of ever new authors with signatures of nobody (threats.md, T42). The node closes link after link."""
    sent = links = 0
    start = time.monotonic()
    while sent < args.items and time.monotonic() - start < args.seconds:
        peer = Link(args.port, bytes.fromhex(args.server_key), network_id(args.network), 10, hello=False)
        try:
            peer.greet()
            links += 1
            # The link may be closed before the next frame is sent: without one, sending waits for ever.
            peer.socket.sndtimeo = 200
            body = [bytes([1, LIKE]) + os.urandom(32) + varint(1) + bytes(32) + varint(now()) + b"\0" + sized(b"x")
                    + varint(1000) + os.urandom(64) for _ in range(BAD_AUTHORS_A_LINK)]
            peer.push(body)
            sent += len(body)
            peer.settle()
        except (Closed, TimeoutError, zmq.Again):
            pass
        finally:
            peer.close()
    return {"authors": sent, "links": links, "seconds": round(time.monotonic() - start, 1)}


# One more than a node bears of one link.
BAD_AUTHORS_A_LINK = 33

# Each takes a link and returns the frames to send, after those that the node shall accept first.

def good_feed(peer, count=3):
    writer = Writer(peer.network)
    return writer, [writer.like(f"honest:{number}") for number in range(1, count + 1)]


def raw_push(*records):
    return bytes([PUSH]) + varint(len(records)) + b"".join(sized(record) for record in records)


def malformed(peer):
    writer, _ = good_feed(peer, 0)
    record = bytearray(writer.like("honest:1"))
    record[0] = 9
    return [], [raw_push(bytes(record))]


def trailing_byte(peer):
    writer, _ = good_feed(peer, 0)
    body = bytes([1, LIKE]) + writer.feed + varint(1) + bytes(32) + varint(now()) + b"\0" + sized(b"x") + varint(1000) + b"!"
    return [], [raw_push(body + writer.key.sign(RECORD_DOMAIN + peer.network + body).signature)]


def oversized_record(peer):
    writer, _ = good_feed(peer, 0)
    body = bytes([1, 200]) + writer.feed + varint(1) + bytes(32) + varint(now()) + b"\1" + b"x" * 1000
    return [], [raw_push(body + writer.key.sign(RECORD_DOMAIN + peer.network + body).signature)]


def oversized_frame(peer):
    return [], [bytes([PUSH]) + b"\1" * FRAME_BYTES]


def element_bomb(peer):
    return [], [bytes([PUSH]) + varint(1_000_000) + b"\0" * 60_000]


def replayed(peer):
    _, records = good_feed(peer)
    return records, [raw_push(*records)] * 5


def future_dated(peer):
    writer, _ = good_feed(peer, 0)
    return [], [raw_push(writer.like("honest:1", at=now() + 3_600_000))]


def wrong_signature(peer):
    writer, _ = good_feed(peer, 0)
    record = bytearray(writer.like("honest:1"))
    record[-1] ^= 1
    record[-40] ^= 1
    return [], [raw_push(bytes(record))]


def other_network(peer):
    writer, _ = good_feed(peer, 0)
    return [], [raw_push(writer.like("honest:1", network=network_id("elsewhere")))]


def other_author(peer):
    """A record in the name of a feed that somebody else signs."""
    victim, accepted = good_feed(peer)
    thief = Writer(peer.network)
    thief.feed = victim.feed
    return accepted, [raw_push(thief.record(LIKE, sized(b"stolen") + varint(1000), sequence=victim.sequence + 1,
                                            previous=victim.previous))]


def bad_key(peer):
    """The neutral element as a key: of small order, so anybody could sign for it."""
    writer, _ = good_feed(peer, 0)
    writer.feed = bytes([1]) + bytes(31)
    return [], [raw_push(writer.like("honest:1"))]


def broken_chain(peer):
    writer, accepted = good_feed(peer)
    return accepted, [raw_push(writer.record(LIKE, sized(b"x") + varint(1000), previous=blake2b(b"another")))]


def time_reversed(peer):
    writer, accepted = good_feed(peer)
    return accepted, [raw_push(writer.record(LIKE, sized(b"x") + varint(1000), at=now() - 86_400_000))]


def too_far_ahead(peer):
    writer, accepted = good_feed(peer)
    return accepted, [raw_push(writer.record(LIKE, sized(b"x") + varint(1000), sequence=len(accepted) + 65))]


def far_jump(peer):
    """Beyond what a stranger gets, and beyond what any array should be as long as."""
    writer, accepted = good_feed(peer)
    return accepted, [raw_push(writer.record(LIKE, sized(b"x") + varint(1000), sequence=place))
                      for place in (2**31, 2**32, 2**48)]


def equivocating(peer):
    writer, accepted = good_feed(peer)
    first = Record(accepted[0])
    other = writer.record(LIKE, sized(b"another") + varint(1000), sequence=2, previous=first.id)
    return accepted, [raw_push(other)]


def unknown_type(peer):
    return [], [bytes([99, 1, 2, 3])]


def second_part(peer):
    return [], [[bytes([PING, 1]), bytes([PING, 2])]]


OFFENCES = {function.__name__.replace("_", "-"): function for function in (
    malformed, trailing_byte, oversized_record, oversized_frame, element_bomb, replayed, future_dated, wrong_signature,
    other_network, other_author, bad_key, broken_chain, time_reversed, too_far_ahead, far_jump,
    equivocating, unknown_type,
    second_part)}


def offend(args):
    peer = link(args)
    accepted, frames = OFFENCES[args.kind](peer)
    feed = Record(accepted[0]).feed if accepted else None
    if accepted:
        peer.push(accepted)
        peer.await_held(feed, len(accepted))
    print(json.dumps({"accepted": len(accepted), "feed": feed.hex() if feed else None}), flush=True)
    sys.stdin.readline()
    try:
        for frame in frames:
            if isinstance(frame, list):
                peer.socket.send_multipart(frame)
            else:
                peer.send(frame)
        peer.settle()
        return {"kind": args.kind, "link": "open"}
    except Closed as closed:
        return {"kind": args.kind, "link": "closed", "why": str(closed)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=["fetch", "publish", "offend", "strangers", "serve", "long", "rotate", "witness"])
    parser.add_argument("kind", nargs="?", choices=sorted(OFFENCES))
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--server-key", required=True, help="the node key, hexadecimal")
    parser.add_argument("--network", default="main")
    parser.add_argument("--feed", help="one feed only, hexadecimal")
    parser.add_argument("--items", type=int, default=3)
    parser.add_argument("--clock-offset", type=int, default=0, help="what HELLO says beyond the time, milliseconds")
    parser.add_argument("--seconds", type=float, default=15)
    args = parser.parse_args()
    if (args.task == "offend") != (args.kind is not None):
        parser.error("KIND belongs to offend, and offend needs one")
    try:
        result = {"fetch": fetch, "publish": publish, "offend": offend, "strangers": strangers, "serve": serve,
                  "long": long, "rotate": rotate, "witness": witness}[args.task](args)
    except (Closed, TimeoutError, ValueError) as error:
        print(json.dumps({"error": str(error)}))
        return 1
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # Not sys.exit: the end of ZeroMQ's context waits, now and then for ever, for the socket of a monitor.
    os._exit(code)
