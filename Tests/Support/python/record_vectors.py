#!/usr/bin/python3
"""Makes the record and frame vectors without the Swift encoder: docs/protocol.md, PyNaCl, hashlib.

    record_vectors.py > Tests/RecordsTests/Vectors/records.json

The same bytes come out on every run: keys have fixed seeds, and Ed25519 signs deterministically.

- records: decode to these fields, have this id, are signed for the network when `signed` is true
- undecodable: the field and the reason of the first rule broken
- frames / undecodableFrames: the same one level up
- offers: records offered in this order to a node that holds nothing, with the verdict of each
"""
import json

from wire import *

NETWORK = network_id("main")
OTHER_NETWORK = network_id("elsewhere")
AUTHOR = Key(blake(b"vectors: author"))
DEVICE = Key(blake(b"vectors: device"))
FRIEND = Key(blake(b"vectors: friend"))
NOW = 1_790_000_000_000
LIMIT = 1 << 48
ORDER = 2**252 + 27742317777372353535851937790883648493


def make(kind, payload, sequence=1, previous=None, time=NOW, flags=0, fmt=1, key=AUTHOR, feed=None):
    """A body with everything in order unless said otherwise."""
    if previous is None:
        previous = ZERO if sequence == 1 else blake(b"vectors: previous")
    return body(kind, feed or key.public, sequence, previous, time, payload, flags, fmt)


def sign(data, key=AUTHOR, network=NETWORK):
    return signed(data, key, network)


class Records:
    def __init__(self):
        self.rows = []

    def add(self, name, kind, payload, fields, key=AUTHOR, sequence=1, time=NOW, flags=0):
        data = make(kind, payload, sequence=sequence, time=time, flags=flags, key=key)
        self.rows.append({
            "name": name, "bytes": sign(data, key).hex(), "id": record_id(data).hex(),
            "feed": key.public.hex(), "sequence": sequence, "previous": data[34 + len(varint(sequence)):][:32].hex(),
            "time": time, "ignorable": flags == 1, "kind": kind, "signed": True, **fields,
        })
        return self.rows[-1]

    def unsigned(self, name, of, encoded, **changes):
        """A row that decodes like `of` but is not this network's signature of it."""
        self.rows.append({**of, "name": name, "bytes": encoded.hex(), "signed": False, **changes})


def records():
    out = Records()
    song, film = b"track:1", b"film:" + b"x" * 123
    for kind in (PLAY, LIKE, RATE):
        label = KIND_NAMES[kind]
        out.add(f"{label}, ordinary", kind, item_weight(song, 1000), {"item": "track:1", "weight": 1000})
        out.add(f"{label}, item of 1 byte, least weight", kind, item_weight(b"~", 1), {"item": "~", "weight": 1})
        out.add(f"{label}, item of 128 bytes, largest weight, sequence and time", kind,
                item_weight(film, 10**12), {"item": film.decode(), "weight": 10**12},
                sequence=LIMIT, time=LIMIT)
    printable = bytes(range(0x21, 0x7F))
    out.add("every printable character", PLAY, item_weight(printable, 127),
            {"item": printable.decode(), "weight": 127}, sequence=127, time=0)
    out.add("numbers of two groups", PLAY, item_weight(song, 128), {"item": "track:1", "weight": 128},
            sequence=128, time=128)
    out.add("trust", TRUST, trust(FRIEND.public, 750), {"author": FRIEND.public.hex(), "weight": 750})
    out.add("trust withdrawn", TRUST, trust(FRIEND.public, 0), {"author": FRIEND.public.hex(), "weight": 0}, sequence=2)
    out.add("trust in oneself decodes", TRUST, trust(AUTHOR.public, 1), {"author": AUTHOR.public.hex(), "weight": 1})
    for name, title in [
        ("ASCII", "Blue Train"), ("1 byte", "x"), ("256 bytes", "é" * 128), ("four-byte scalars", "🦦" * 64),
        ("combining", "e\u0301\u0302"), ("right-to-left letters", "שלום"), ("joiner and soft hyphen", "a\u200d\u00adb"),
        ("last scalars", "\ufffd\U0010ffff"), ("no-break space", "\u00a0"),
    ]:
        out.add(f"title: {name}", ITEM, titled(song, title.encode()), {"item": "track:1", "title": title.encode().hex()})
    target = blake(b"vectors: target")
    before = blake(b"vectors: before the target")
    for name, number in [("retraction", 3), ("retraction of the largest sequence", LIMIT)]:
        out.add(name, RETRACT, retract(number, target, before),
                {"target": number, "targetID": target.hex(), "targetPrevious": before.hex()}, sequence=4)
    consent = delegate(AUTHOR, DEVICE.public, NETWORK)
    out.add("delegation", DELEGATE, consent,
            {"author": AUTHOR.public.hex(), "consent": consent[32:].hex(), "consents": True}, key=DEVICE)
    for name, wrong in [
        ("of another device", delegate(AUTHOR, FRIEND.public, NETWORK)),
        ("for another network", delegate(AUTHOR, DEVICE.public, OTHER_NETWORK)),
        ("by somebody else", AUTHOR.public + delegate(FRIEND, DEVICE.public, NETWORK)[32:]),
        ("over the record's domain", AUTHOR.public + AUTHOR.sign(
            RECORD_DOMAIN + NETWORK + DEVICE.public + AUTHOR.public)),
    ]:
        out.add(f"delegation, consent {name}", DELEGATE, wrong,
                {"author": AUTHOR.public.hex(), "consent": wrong[32:].hex(), "consents": False}, key=DEVICE)
    out.add("known kind flagged ignorable", LIKE, item_weight(song, 1000), {"item": "track:1", "weight": 1000}, flags=1)
    out.add("checkpoint", CHECKPOINT, checkpoint(), {}, sequence=128, flags=1)
    out.add("checkpoint of a device", CHECKPOINT, checkpoint(consent),
            {"author": AUTHOR.public.hex(), "consent": consent[32:].hex()}, key=DEVICE, sequence=256, flags=1)
    changed = rotate(AUTHOR, FRIEND, DEVICE.public, NETWORK)
    out.add("rotation", ROTATE, changed,
            {"old": AUTHOR.public.hex(), "new": FRIEND.public.hex(), "oldSignature": changed[64:128].hex(),
             "newSignature": changed[128:192].hex(), "consent": changed[192:].hex()}, key=DEVICE, sequence=9, flags=1)
    for name, last in [("of all", 0), ("after 300", 300), ("after the largest sequence", LIMIT)]:
        ended = revoke(AUTHOR, FRIEND.public, last, NETWORK)
        out.add(f"revocation {name}", REVOKE, ended,
                {"device": FRIEND.public.hex(), "last": last, "revocation": ended[-64:].hex()}, key=DEVICE, sequence=9,
                flags=1)
    for kind in (11, 128, 255):
        out.add(f"unknown kind {kind}, ignorable", kind, b"\xff\0whatever", {"unknown": b"\xff\0whatever".hex()}, flags=1)
    out.add("unknown kind with nothing in it", 200, b"", {"unknown": ""}, flags=1)
    head = len(make(200, b"", flags=1)) + 64
    filler = bytes(i & 0xFF for i in range(1024 - head))
    out.add("1,024 bytes", 200, filler, {"unknown": filler.hex()}, flags=1)
    unsigned_records(out)
    return out.rows


def unsigned_records(out):
    data = make(LIKE, item_weight(b"track:1", 1000))
    good = {**out.rows[3]}
    assert bytes.fromhex(good["bytes"]) == sign(data)
    signature = sign(data)[-64:]
    out.unsigned("signed for another network", good, sign(data, network=OTHER_NETWORK))
    out.unsigned("signed without the network", good, data + AUTHOR.sign(RECORD_DOMAIN + data))
    out.unsigned("signed without the domain", good, data + AUTHOR.sign(NETWORK + data))
    out.unsigned("signed in the delegation domain", good, signed(data, AUTHOR, NETWORK, DELEGATION_DOMAIN))
    out.unsigned("signed in the domain of a version 2", good, signed(data, AUTHOR, NETWORK, b"vouchbird record v2\0"))
    out.unsigned("the id is signed instead of the body", good, data + AUTHOR.sign(RECORD_DOMAIN + NETWORK + record_id(data)))
    out.unsigned("signed by another key", good, sign(data, FRIEND))
    out.unsigned("signature all zero", good, data + bytes(64))
    out.unsigned("signature of another record", good, data + bytes.fromhex(out.rows[4]["bytes"])[-64:])
    for name, bit in [("first bit of R", 0), ("last bit of R", 255), ("first bit of S", 256), ("last bit of S", 511)]:
        flipped = bytearray(signature)
        flipped[bit // 8] ^= 1 << bit % 8
        out.unsigned(f"flipped: {name}", good, data + bytes(flipped))
    more = int.from_bytes(signature[32:], "little") + ORDER
    out.unsigned("S + L, the same equation", good, data + signature[:32] + more.to_bytes(32, "little"))
    # The body of a well-signed record with one thing changed: still canonical, not signed.
    for name, changed, field in [
        ("weight", make(LIKE, item_weight(b"track:1", 1001)), {"weight": 1001}),
        ("item", make(LIKE, item_weight(b"track:2", 1000)), {"item": "track:2"}),
        ("kind", make(RATE, item_weight(b"track:1", 1000)), {"kind": RATE}),
        ("time", make(LIKE, item_weight(b"track:1", 1000), time=NOW + 1), {"time": NOW + 1}),
        ("flags", make(LIKE, item_weight(b"track:1", 1000), flags=1), {"ignorable": True}),
        ("feed", make(LIKE, item_weight(b"track:1", 1000), feed=FRIEND.public), {"feed": FRIEND.public.hex()}),
    ]:
        out.unsigned(f"changed after signing: {name}", good, changed + signature, id=record_id(changed).hex(), **field)
    # B + (0, -1): mixed order. A point that V1 refuses as a key, whatever it signs.
    mixed = bytes([0x95]) + bytes([0x99]) * 31
    changed = make(LIKE, item_weight(b"track:1", 1000), feed=mixed)
    out.unsigned("feed is a key of mixed order", good, changed + signature,
                 id=record_id(changed).hex(), feed=mixed.hex(), badKey=True)
    changed = make(LIKE, item_weight(b"track:1", 1000), feed=bytes([1]) + bytes(31))
    out.unsigned("feed is the identity", good, changed + bytes([1]) + bytes(63),
                 id=record_id(changed).hex(), feed=(bytes([1]) + bytes(31)).hex(), badKey=True)


def undecodable():
    rows = []

    def add(name, data, field, reason, key=AUTHOR):
        rows.append({"name": name, "bytes": sign(data, key).hex(), "field": field, "reason": reason})

    def raw(name, encoded, field, reason):
        rows.append({"name": name, "bytes": encoded.hex(), "field": field, "reason": reason})

    song = b"track:1"
    like = item_weight(song, 1000)
    good = make(LIKE, like)
    split = len(good) - len(like)
    raw("nothing", b"", "record", "truncated")
    raw("a signature alone", AUTHOR.sign(b""), "record", "truncated")
    raw("1,025 bytes", sign(make(200, bytes(1025 - 64 - split), flags=1)), "record", "out of range")
    raw("2 KiB of zeros", bytes(2048), "record", "out of range")
    for fmt in (0, 2, 255):
        add(f"format {fmt}", make(LIKE, like, fmt=fmt), "format", "unknown value")
    for kind in (0, 11, 255):
        add(f"kind {kind}, not ignorable", make(kind, like), "kind", "unknown value")
    add("kind 0 is never legal", make(0, like, flags=1), "kind", "unknown value")
    for flags in (2, 3, 0x80, 0xFF):
        add(f"flags {flags}", make(LIKE, like, flags=flags), "flags", "unknown value")
        add(f"flags {flags} on an unknown kind", make(11, b"", flags=flags), "flags", "unknown value")
    front = good[:34]

    def rest(sequence=b"\x01", previous=ZERO, time=varint(NOW), payload=like):
        return front + sequence + previous + time + b"\0" + payload

    assert rest() == good
    add("sequence 0", rest(sequence=b"\0"), "sequence", "out of range")
    add("sequence 2^48 + 1", rest(sequence=varint(LIMIT + 1), previous=blake(b"p")), "sequence", "out of range")
    add("sequence 2^64 - 1", rest(sequence=varint(2**64 - 1), previous=blake(b"p")), "sequence", "out of range")
    add("sequence 2^64", rest(sequence=varint(2**64)), "sequence", "out of range")
    add("sequence of eleven groups", rest(sequence=b"\x81" + b"\x80" * 9 + b"\0"), "sequence", "out of range")
    add("sequence overlong", rest(sequence=overlong(1)), "sequence", "varint is not minimal")
    add("sequence overlong zero", rest(sequence=overlong(0)), "sequence", "varint is not minimal")
    add("first record names a previous one", rest(previous=blake(b"p")), "previous", "not the canonical form")
    add("later record names none", rest(sequence=b"\x02"), "previous", "not the canonical form")
    add("time 2^48 + 1", rest(time=varint(LIMIT + 1)), "time", "out of range")
    add("time 2^63", rest(time=varint(2**63)), "time", "out of range")
    add("time overlong", rest(time=overlong(NOW)), "time", "varint is not minimal")
    add("trailing byte", good + b"\0", "payload", "trailing bytes")
    add("payload twice", good + like, "payload", "trailing bytes")
    undecodable_payloads(add, song)
    return rows


def undecodable_payloads(add, song):
    for kind in (PLAY, LIKE, RATE):
        add(f"{KIND_NAMES[kind]} of weight 0", make(kind, item_weight(song, 0)), "weight", "out of range")
    add("no payload", make(LIKE, b""), "item", "truncated")
    add("item without a weight", make(LIKE, sized(song)), "weight", "truncated")
    add("weight 10^12 + 1", make(LIKE, item_weight(song, 10**12 + 1)), "weight", "out of range")
    add("weight 2^64 - 1", make(LIKE, item_weight(song, 2**64 - 1)), "weight", "out of range")
    add("weight overlong", make(LIKE, sized(song) + overlong(1000)), "weight", "varint is not minimal")
    add("weight that never ends", make(LIKE, sized(song) + b"\x80"), "weight", "truncated")
    add("trust above 10^12", make(TRUST, trust(FRIEND.public, 10**12 + 1)), "weight", "out of range")
    add("trust in half a key", make(TRUST, FRIEND.public[:16]), "author", "truncated")
    add("item of 0 bytes", make(LIKE, item_weight(b"", 1000)), "item", "out of range")
    add("item of 129 bytes", make(LIKE, item_weight(b"x" * 129, 1000)), "item", "out of range")
    add("item length 2^64 - 1", make(LIKE, varint(2**64 - 1) + song), "item", "out of range")
    add("item length overlong", make(LIKE, overlong(7) + song + varint(1000)), "item", "varint is not minimal")
    add("item longer than the record", make(LIKE, varint(100) + song), "item", "truncated")
    for byte in (0x00, 0x09, 0x0A, 0x1B, 0x20, 0x7F, 0x80, 0xFF):
        add(f"item with byte {byte:#04x}", make(LIKE, item_weight(b"a" + bytes([byte]) + b"b", 1000)),
            "item", "text is not allowed here")

    def title(name, data, reason="text is not allowed here"):
        add(f"title: {name}", make(ITEM, titled(song, data)), "title", reason)

    title("0 bytes", b"", "out of range")
    title("257 bytes", b"x" * 257, "out of range")
    for scalar in (0x00, 0x07, 0x09, 0x0A, 0x0D, 0x1B, 0x1F, 0x7F, 0x80, 0x85, 0x9B, 0x9F, 0x61C, 0x200E, 0x200F,
                   0x2028, 0x2029, 0x202A, 0x202E, 0x2066, 0x2069):
        title(f"U+{scalar:04X}", f"a{chr(scalar)}b".encode())
    title("overlong NUL", b"a\xc0\x80b")
    title("overlong slash", b"a\xe0\x80\xafb")
    title("surrogate", b"a\xed\xa0\x80b")
    title("above U+10FFFF", b"a\xf4\x90\x80\x80b")
    title("lone continuation", b"a\x80b")
    title("cut scalar at the end", "aé".encode()[:-1])
    title("Latin-1", b"caf\xe9 noir")
    add("title missing", make(ITEM, sized(song)), "title", "truncated")
    add("retraction of sequence 0", make(RETRACT, retract(0, ZERO, ZERO), sequence=2), "target", "out of range")
    add("retraction above 2^48", make(RETRACT, retract(LIMIT + 1, ZERO, ZERO), sequence=2), "target", "out of range")
    add("retraction without an id", make(RETRACT, varint(1), sequence=2), "target id", "truncated")
    add("retraction without the id before", make(RETRACT, varint(1) + ZERO, sequence=2), "target previous", "truncated")
    add("retraction with more", make(RETRACT, retract(1, ZERO, ZERO) + b"\0", sequence=2), "payload", "trailing bytes")
    add("delegation without consent", make(DELEGATE, AUTHOR.public, key=DEVICE), "consent", "truncated", DEVICE)
    add("delegation with half a consent", make(DELEGATE, AUTHOR.public + bytes(63), key=DEVICE), "consent",
        "truncated", DEVICE)


    for flags in (0, 1):
        add(f"checkpoint, delegated 2, flags {flags}", make(CHECKPOINT, b"\2", sequence=128, flags=flags), "delegated",
            "unknown value")
    turned = rotate(AUTHOR, FRIEND, DEVICE.public, NETWORK)
    for name, cut, field in [("old author", 31, "old author"), ("new author", 63, "new author"),
                             ("old signature", 127, "old signature"), ("new signature", 191, "new signature"),
                             ("consent", 255, "consent")]:
        add(f"rotation cut in the {name}", make(ROTATE, turned[:cut], sequence=2, flags=1), field, "truncated")
    add("rotation with more", make(ROTATE, turned + b"\0", sequence=2, flags=1), "payload", "trailing bytes")
    ended = revoke(AUTHOR, FRIEND.public, 3, NETWORK)
    add("revocation without signature", make(REVOKE, ended[:-64], sequence=2, flags=1), "revocation", "truncated")
    add("revocation after 2^48 + 1", make(REVOKE, FRIEND.public + varint(LIMIT + 1) + ended[-64:], sequence=2, flags=1),
        "last", "out of range")
    add("revocation with more", make(REVOKE, ended + b"\0", sequence=2, flags=1), "payload", "trailing bytes")
    add("checkpoint of nothing", make(CHECKPOINT, b"", sequence=128, flags=1), "delegated", "truncated")
    add("checkpoint without consent", make(CHECKPOINT, b"\1" + AUTHOR.public, sequence=128, flags=1), "consent", "truncated")
    add("checkpoint with more", make(CHECKPOINT, b"\0\0", sequence=128, flags=1), "payload", "trailing bytes")


def chain(key, payloads, time=NOW, step=1000):
    """Well-formed, well-signed consecutive records: (encoded, id) each."""
    out, previous = [], ZERO
    for number, (kind, payload) in enumerate(payloads, 1):
        data = body(kind, key.public, number, previous, time + step * number, payload)
        previous = record_id(data)
        out.append((sign(data, key), previous))
    return out


def frames():
    play = (PLAY, item_weight(b"track:1", 1000))
    feed = chain(AUTHOR, [play, play, (PLAY, item_weight(b"track:2", 1000))])
    twin = chain(AUTHOR, [(PLAY, item_weight(b"track:9", 1000))])
    retraction = sign(make(RETRACT, retract(2, feed[1][1], feed[0][1]), sequence=4, previous=feed[2][1], time=NOW + 4000))
    keys = sorted(blake(b"feed %d" % i) for i in range(100))
    head = blake(b"head")
    first = [record for record, _ in feed]
    marks = [mark(key, number, blake(b"head %d" % number), 7) for number, key in enumerate(keys, 1)]
    rows = [
        ("hello", "hello", hello(NETWORK, NOW)),
        ("hello with everything large", "hello", hello(NETWORK, LIMIT, 2**64 - 1, 2**64 - 1, 2**64 - 1, 2**64 - 1)),
        ("ping", "ping", ping(0)),
        ("ping, largest nonce", "ping", ping(2**64 - 1)),
        ("pong", "pong", pong(300)),
        *[(f"goodbye {reason}", "goodbye", goodbye(reason)) for reason in range(1, 8)],
        ("push of nothing", "push", push([])),
        ("push of three", "push", push(first)),
        ("push of 256 that are no records", "push", push([b"x"] * 256)),
        ("announcement of nothing", "announce", announce([])),
        ("announcement of two", "announce", announce([(keys[0], 1, head), (keys[1], LIMIT, feed[0][1])])),
        ("graft of 100", "graft", tags(12, keys)),
        ("prune of one", "prune", tags(13, keys[:1])),
        ("frontier of nothing", "frontier", frontier([])),
        ("frontier of two", "frontier", frontier([(keys[0], 1, head), (keys[1], LIMIT, feed[0][1])])),
        ("frontier of 100, all large", "frontier", frontier([(key, LIMIT, head) for key in keys])),
        ("range request of one", "rangeRequest", range_request(AUTHOR.public, 5, 5)),
        ("range request of 256", "rangeRequest", range_request(AUTHOR.public, 1, 256)),
        ("range response of nothing", "rangeResponse", range_response(AUTHOR.public)),
        ("range response of three", "rangeResponse", range_response(AUTHOR.public, chain_of(1, ZERO, [
            part(PLAY, NOW + 1000, play[1]), part(PLAY, 1000, play[1]),
            part(PLAY, 1000, item_weight(b"track:2", 1000), first[2][-64:])]))),
        ("range response with a tombstone", "rangeResponse", range_response(AUTHOR.public, chain_of(1, ZERO, [
            part(PLAY, NOW + 1000, play[1]), tombstone(feed[1][1], retraction),
            part(PLAY, 2000, item_weight(b"track:2", 1000), first[2][-64:])]))),
        ("range response of 64 to a signature", "rangeResponse", range_response(AUTHOR.public, chain_of(5, head, [
            *[part(PLAY, 1, play[1])] * 63, part(PLAY, 1, play[1], bytes(64))]))),
        ("fork proof", "forkProof", fork_proof(
            AUTHOR.public,
            chain_of(1, ZERO, [part(PLAY, NOW + 1000, play[1]), part(PLAY, 1000, play[1], first[1][-64:])]),
            chain_of(1, ZERO, [part(PLAY, NOW + 1000, item_weight(b"track:9", 1000), twin[0][0][-64:])]))),
        ("sketch of 100 entries, 40 symbols", "sketch", sketch(7, 100, 0, symbols(marks, 7, 40))),
        ("sketch of nothing: the whole frontier is told besides", "sketch", sketch(7, 3, 0, [])),
        ("sketch request", "sketchRequest", sketch_request(7, 64)),
        ("sketch request for the whole frontier", "sketchRequest", sketch_request(7, 0)),
        ("sketch result", "sketchResult", sketch_result(7, sorted(identity >> 16 for identity, _ in marks[:3]))),
        ("invitation", "invitation", invitation(bytes(range(16)), FRIEND.public, b"tcp://192.0.2.7:7000")),
        ("invitation without an address", "invitation", invitation(bytes(16), FRIEND.public, b"")),
        ("invitation, address of 128", "invitation", invitation(bytes(16), FRIEND.public, b"a" * 128)),
    ]
    return [{"name": name, "type": kind, "bytes": data.hex()} for name, kind, data in rows]


def undecodable_frames():
    low, high = sorted([AUTHOR.public, FRIEND.public])
    head = blake(b"head")
    whole = hello(NETWORK, NOW)
    entry = varint(1) + head[:8]
    end = part(PLAY, 1, b"x", bytes(64))
    rows = [
        ("nothing", b"", "type", "truncated"),
        *[(f"type {kind}", bytes([kind]), "type", "unknown value") for kind in (0, 5, 14, 21, 255)],
        ("hello with more behind", whole + b"\0", "frame", "trailing bytes"),
        ("hello cut", whole[:-3], "maximum frame", "truncated"),
        ("hello after 2^48", hello(NETWORK, LIMIT + 1), "time", "out of range"),
        ("ping overlong", b"\x02" + overlong(5), "nonce", "varint is not minimal"),
        ("ping without a nonce", b"\x02", "nonce", "truncated"),
        ("goodbye 0", goodbye(0), "reason", "unknown value"),
        ("goodbye 8", goodbye(8), "reason", "unknown value"),
        ("push of 257", push([b"x"] * 257), "records", "too many elements"),
        ("push of 2^62 that are not there", b"\x0a" + varint(2**62), "records", "too many elements"),
        ("push of an empty record", push([b""]), "record", "out of range"),
        ("push of a record of 1,025 bytes", push([bytes(1025)]), "record", "out of range"),
        ("push of fewer than it says", b"\x0a\x02" + sized(b"x"), "record", "truncated"),
        ("push of more than it says", b"\x0a\x00" + sized(b"x"), "frame", "trailing bytes"),
        ("announcement of 1,001", b"\x0b" + varint(1001), "announcements", "too many elements"),
        ("announcement descending", announce([(high, 1, head), (low, 1, head)]), "tag", "not the canonical form"),
        ("announcement at sequence 0", announce([(low, 0, head)]), "sequence", "out of range"),
        ("announcement cut", announce([(low, 1, head)])[:-1], "head", "truncated"),
        ("graft of 1,001", b"\x0c" + varint(1001), "tags", "too many elements"),
        ("graft with a tag twice", tags(12, [low, low]), "tag", "not the canonical form"),
        ("prune with half a tag", tags(13, [low])[:-4], "tag", "truncated"),
        ("frontier of 1,025", b"\x14" + varint(1025), "entries", "too many elements"),
        ("frontier descending", frontier([(high, 1, head), (low, 1, head)]), "feed", "not the canonical form"),
        ("frontier with a feed twice", frontier([(low, 1, head), (low, 1, head)]), "feed", "not the canonical form"),
        ("frontier at sequence 0", frontier([(low, 0, head)]), "sequence", "out of range"),
        ("frontier above 2^48", frontier([(low, LIMIT + 1, head)]), "sequence", "out of range"),
        ("frontier with half a head", (b"\x14\x01" + low + entry)[:-4], "head", "truncated"),
        ("range backwards", range_request(low, 6, 5), "last", "out of range"),
        ("range of 257", range_request(low, 1, 257), "last", "out of range"),
        ("range from 0", range_request(low, 0, 5), "first", "out of range"),
        ("range response of 257", b"\x17" + low + varint(257), "places", "too many elements"),
        ("range response from 0", range_response(low, chain_of(0, ZERO, [end])), "first", "out of range"),
        ("range response past 2^48", range_response(low, chain_of(LIMIT, head, [end, end])), "first", "out of range"),
        ("chain from 1 that names a previous one", range_response(low, chain_of(1, head, [end])), "previous",
         "not the canonical form"),
        ("chain from 2 that names none", range_response(low, chain_of(2, ZERO, [end])), "previous",
         "not the canonical form"),
        ("chain with flags 2", range_response(low, chain_of(2, head, [part(PLAY, 1, b"x", bytes(64), flags=2)])), "flags",
         "unknown value"),
        ("chain with a RETRACT and no signature", range_response(low, chain_of(2, head, [part(RETRACT, 1, b"x"), end])),
         "flags", "not the canonical form"),
        ("chain after 2^48", range_response(low, chain_of(2, head, [
            part(PLAY, LIMIT, b"x"), part(PLAY, 1, b"x", bytes(64))])), "time", "out of range"),
        ("chain that nothing vouches for", range_response(low, chain_of(2, head, [end, part(PLAY, 1, b"x")])), "signature",
         "truncated"),
        ("chain of 65 to a signature", range_response(low, chain_of(2, head, [part(PLAY, 1, b"x")] * 64 + [end])),
         "segment", "too many elements"),
        ("chain of 24 KiB to a signature", range_response(low, chain_of(2, head, [part(PLAY, 1, bytes(900))] * 28 + [end])),
         "segment", "too many elements"),
        ("chain cut inside a signature", range_response(low, chain_of(2, head, [end]))[:-1], "signature", "truncated"),
        ("fork proof of one", b"\x1e" + low + chain_of(2, head, [end]), "places", "truncated"),
        ("fork proof of one and nothing", fork_proof(low, chain_of(2, head, [end]), b"\0"), "places", "out of range"),
        ("sketch of 1,025 symbols", b"\x18" + bytes(8) + varint(2000) + b"\0" + varint(1025), "symbols", "too many elements"),
        ("sketch past 8,192 symbols", b"\x18" + bytes(8) + varint(2000) + varint(8192) + varint(1), "symbols", "out of range"),
        ("sketch of too many entries", b"\x18" + bytes(8) + varint(2**24 + 1), "set size", "out of range"),
        ("symbol with more marks than entries", sketch(1, 3, 0, [[0, 0, 0, 4]]), "count", "out of range"),
        ("sketch request past 8,192", sketch_request(1, 8193), "through", "out of range"),
        ("sketch result with tags descending", sketch_result(1, [5, 4]), "tag", "not the canonical form"),
        ("sketch result of 8,193", b"\x1a" + bytes(8) + varint(8193), "tags", "too many elements"),
        ("invitation with a short token", b"\x28" + bytes(15), "token", "truncated"),
        ("invitation, address of 129", invitation(bytes(16), low, b"a" * 129), "address", "out of range"),
        ("invitation, address with a line end", invitation(bytes(16), low, b"tcp://a\n"), "address",
         "text is not allowed here"),
    ]
    return [{"name": n, "bytes": d.hex(), "field": f, "reason": r} for n, d, f, r in rows]


def offers():
    """Records in the order of arrival, each with its verdict by section 3 of docs/protocol.md.

    `now` is the receiver's clock, and the receiver is neither of these keys."""
    play = (PLAY, item_weight(b"track:1", 1000))
    feed = chain(AUTHOR, [play] * 3)
    (r1, id1), (r2, id2), (r3, id3) = feed
    rows = []

    def offer(name, record, verdict):
        rows.append({"name": name, "bytes": record.hex(), "verdict": verdict})

    def fourth(kind=PLAY, payload=play[1], previous=id3, time=NOW + 4000, sequence=4, key=AUTHOR):
        return body(kind, key.public, sequence, previous, time, payload)

    offer("first", r1, "accept")
    offer("first again", r1, "duplicate")
    offer("another first, badly signed", make(*play, time=NOW + 1001) + bytes(64), "bad-signature")
    offer("second", r2, "accept")
    offer("third", r3, "accept")
    offer("cut", r3[:-1], "malformed")
    offer("fourth, unsigned", fourth() + bytes(64), "bad-signature")
    offer("fourth for another network", sign(fourth(), network=OTHER_NETWORK), "bad-signature")
    offer("fourth with another previous", sign(fourth(previous=id1)), "broken-chain")
    offer("fourth, earlier than the third", sign(fourth(time=NOW + 2999)), "time-reversed")
    offer("fourth, ten minutes and a millisecond ahead", sign(fourth(time=NOW + 3_600_000 + 600_001)), "future-dated")
    offer("68th: 65 ahead", sign(fourth(sequence=68)), "too-far-ahead")
    offer("fourth retracts itself", sign(fourth(RETRACT, retract(4, id3, id3))), "bad-retraction")
    offer("fourth retracts the second by the third's id", sign(fourth(RETRACT, retract(2, id3, id1))), "bad-retraction")
    offer("fourth retracts the second, and names another before it", sign(fourth(RETRACT, retract(2, id2, id2))),
          "bad-retraction")
    offer("fourth retracts the first", sign(fourth(RETRACT, retract(1, id1, ZERO))), "bad-retraction")
    offer("fourth is a checkpoint", sign(fourth(CHECKPOINT, checkpoint())), "bad-checkpoint")
    offer("fourth rotates another's key", sign(fourth(ROTATE, rotate(FRIEND, DEVICE, AUTHOR.public, NETWORK))),
          "bad-key-change")
    offer("fourth revokes in another's name", sign(fourth(REVOKE, revoke(FRIEND, DEVICE.public, 0, NETWORK))),
          "bad-key-change")
    offer("fourth delegates", sign(fourth(DELEGATE, delegate(FRIEND, AUTHOR.public, NETWORK))), "bad-delegation")
    offer("fourth, in the same millisecond as the third", sign(fourth(time=NOW + 3000)), "accept")
    device = delegate(AUTHOR, DEVICE.public, OTHER_NETWORK)
    offer("device without consent", sign(make(DELEGATE, device, key=DEVICE), DEVICE), "bad-delegation")
    device = delegate(AUTHOR, DEVICE.public, NETWORK)
    offer("device with consent", sign(make(DELEGATE, device, key=DEVICE), DEVICE), "accept")
    mixed = bytes([0x95]) + bytes([0x99]) * 31
    offer("key of mixed order", make(*play, feed=mixed) + bytes(64), "bad-key")
    offer("another second: a fork", sign(body(*play[:1], AUTHOR.public, 2, id1, NOW + 2500, play[1])), "equivocation")
    offer("anything of a frozen feed", sign(fourth(sequence=5, previous=id3, time=NOW + 5000)), "frozen")
    return {"now": NOW + 3_600_000, "records": rows}


def main():
    document = {
        "network": {"name": "main", "id": NETWORK.hex()},
        "records": records(),
        "undecodable": undecodable(),
        "frames": frames(),
        "undecodableFrames": undecodable_frames(),
        "offers": offers(),
    }
    print(json.dumps(document, indent=1))


main()
