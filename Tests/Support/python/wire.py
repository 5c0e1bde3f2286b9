"""Vouchbird's records and frames, written from docs/protocol.md and from nothing else.

Every function returns bytes. Nothing here checks what it is given: a test must be able to say what
the rules forbid.
"""
import hashlib

from nacl.signing import SigningKey

RECORD_DOMAIN = b"vouchbird record v1\0"
DELEGATION_DOMAIN = b"vouchbird delegation v1\0"
PLAY, LIKE, RATE, TRUST, ITEM, RETRACT, DELEGATE = range(1, 8)
KIND_NAMES = {PLAY: "play", LIKE: "like", RATE: "rate", TRUST: "trust", ITEM: "item",
              RETRACT: "retract", DELEGATE: "delegate"}
ZERO = bytes(32)


def blake(data):
    return hashlib.blake2b(data, digest_size=32).digest()


def network_id(name="main"):
    return blake(b"vouchbird network v1\0" + name.encode())


def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def overlong(value):
    """The same number with a last group of zero: legal LEB128, forbidden here."""
    out = bytearray(varint(value))
    out[-1] |= 0x80
    return bytes(out + b"\0")


def sized(data):
    return varint(len(data)) + data


class Key:
    """An Ed25519 key of a fixed seed."""

    def __init__(self, seed):
        self.secret = SigningKey(seed)
        self.public = self.secret.verify_key.encode()

    def sign(self, message):
        return self.secret.sign(message).signature


def item_weight(item, weight):
    return sized(item) + varint(weight)


def trust(author, weight):
    return author + varint(weight)


def titled(item, title):
    return sized(item) + sized(title)


def retract(sequence, record_id):
    return varint(sequence) + record_id


def delegate(author_key, device, network):
    statement = DELEGATION_DOMAIN + network + device + author_key.public
    return author_key.public + author_key.sign(statement)


def body(kind, feed, sequence, previous, time, payload, flags=0, fmt=1):
    return (bytes([fmt, kind]) + feed + varint(sequence) + previous + varint(time)
            + bytes([flags]) + payload)


def record_id(data):
    """Of a body, without its signature."""
    return blake(RECORD_DOMAIN + data)


def signed(data, key, network, domain=RECORD_DOMAIN):
    return data + key.sign(domain + network + data)


def hello(network, time, lowest=1, highest=1, capabilities=0, largest=65536):
    return (b"\x01" + varint(lowest) + varint(highest) + network + varint(capabilities)
            + varint(time) + varint(largest))


def ping(nonce):
    return b"\x02" + varint(nonce)


def pong(nonce):
    return b"\x03" + varint(nonce)


def goodbye(reason):
    return bytes([4, reason])


def push(records):
    return b"\x0a" + varint(len(records)) + b"".join(sized(r) for r in records)


def frontier(entries):
    """Entries are (feed, sequence, id of that record)."""
    rows = b"".join(feed + varint(sequence) + head[:8] for feed, sequence, head in entries)
    return b"\x14" + varint(len(entries)) + rows


def range_request(feed, first, last):
    return b"\x16" + feed + varint(first) + varint(last)


def held(record):
    return b"\0" + sized(record)


def tombstone(sequence, retracted_id, retraction):
    return b"\x01" + varint(sequence) + retracted_id + sized(retraction)


def range_response(feed, entries):
    return b"\x17" + feed + varint(len(entries)) + b"".join(entries)


def fork_proof(one, other):
    return b"\x1e" + sized(one) + sized(other)


def invitation(token, author, address):
    return b"\x28" + token + author + sized(address)
