"""Vouchbird's records and frames, written from docs/protocol.md and from nothing else.

Every function returns bytes. Nothing here checks what it is given: a test must be able to say what
the rules forbid.
"""
import hashlib
import math

from nacl.signing import SigningKey

RECORD_DOMAIN = b"vouchbird record v1\0"
DELEGATION_DOMAIN = b"vouchbird delegation v1\0"
ROTATION_DOMAIN = b"vouchbird rotation v1\0"
REVOCATION_DOMAIN = b"vouchbird revocation v1\0"
PLAY, LIKE, RATE, TRUST, ITEM, RETRACT, DELEGATE = range(1, 8)
KIND_NAMES = {PLAY: "play", LIKE: "like", RATE: "rate", TRUST: "trust", ITEM: "item",
              RETRACT: "retract", DELEGATE: "delegate"}
ROTATE, CHECKPOINT, REVOKE = 8, 9, 10
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


def retract(sequence, record_id, previous):
    return varint(sequence) + record_id + previous


def delegate(author_key, device, network):
    statement = DELEGATION_DOMAIN + network + device + author_key.public
    return author_key.public + author_key.sign(statement)


def rotate(old, new, device, network):
    statement = ROTATION_DOMAIN + network + old.public + new.public
    return (old.public + new.public + old.sign(statement) + new.sign(statement)
            + delegate(new, device, network)[32:])


def revoke(author, device, last, network):
    statement = REVOCATION_DOMAIN + network + device + author.public + varint(last)
    return device + varint(last) + author.sign(statement)


def checkpoint(delegation=b""):
    """`delegation` is the payload of the DELEGATE that the feed begins with, if it does."""
    return bytes([1]) + delegation if delegation else bytes(1)


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


def announce(entries):
    """Entries are (feed, sequence, id of that record)."""
    rows = b"".join(feed[:8] + varint(sequence) + head[:2] for feed, sequence, head in entries)
    return b"\x0b" + varint(len(entries)) + rows


def tags(kind, feeds):
    """GRAFT (12) and PRUNE (13)."""
    return bytes([kind]) + varint(len(feeds)) + b"".join(feed[:8] for feed in feeds)


def range_request(feed, first, last):
    return b"\x16" + feed + varint(first) + varint(last)


def part(kind, step, payload, signature=None, flags=0):
    """A record of a chain: what the chain does not give, `step` milliseconds after the record before it."""
    mark = 0x80 if signature else 0
    return bytes([kind, flags | mark]) + varint(step) + sized(payload) + (signature or b"")


def tombstone(retracted_id, retraction):
    return b"\0" + retracted_id + sized(retraction)


def chain_of(first, previous, places):
    return varint(len(places)) + (varint(first) + previous + b"".join(places) if places else b"")


def range_response(feed, chain=b"\0"):
    return b"\x17" + feed + chain


def fork_proof(feed, one, other):
    return b"\x1e" + feed + one + other


# -- sketches: section 7

WORD = 2**64 - 1


def mix(value):
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & WORD
    value = (value ^ value >> 27) * 0x94D049BB133111EB & WORD
    return value ^ value >> 31


def mark(feed, sequence, head, salt):
    """The two numbers of a frontier entry: tag and head mark, and sequence."""
    digest = blake(b"vouchbird sketch v1\0" + salt.to_bytes(8, "big") + feed)
    words = [int.from_bytes(digest[i:i + 8], "big") for i in (0, 8)]
    mark_of_head = mix(words[1] ^ int.from_bytes(head[:8], "big")) >> 48
    return words[0] & ~0xFFFF | mark_of_head, sequence & 2**40 - 1


def symbols(marks, salt, count):
    """The first `count` coded symbols: [identity, sequence, check, number of marks]."""
    out = [[0, 0, 0, 0] for _ in range(count)]
    for identity, sequence in marks:
        state = seed = mix(mix(identity ^ salt) ^ sequence)
        index = 0
        while index < count:
            symbol = out[index]
            symbol[0] ^= identity
            symbol[1] ^= sequence
            symbol[2] ^= seed >> 32
            symbol[3] += 1
            state = state + 0x9E3779B97F4A7C15 & WORD
            gap = (float(index) + 1.5) * (4294967296.0 / math.sqrt(float(mix(state)) + 1.0) - 1.0)
            index += int(min(max(math.ceil(gap), 1), 10**12))
    return out


def sketch(salt, size, first, coded):
    rows = b"".join(identity.to_bytes(8, "big") + sequence.to_bytes(5, "big") + check.to_bytes(4, "big") + varint(count)
                    for identity, sequence, check, count in coded)
    return b"\x18" + salt.to_bytes(8, "big") + varint(size) + varint(first) + varint(len(coded)) + rows


def sketch_request(salt, through):
    return b"\x19" + salt.to_bytes(8, "big") + varint(through)


def sketch_result(salt, tags):
    return b"\x1a" + salt.to_bytes(8, "big") + varint(len(tags)) + b"".join(tag.to_bytes(6, "big") for tag in tags)


def invitation(token, author, address):
    return b"\x28" + token + author + sized(address)
