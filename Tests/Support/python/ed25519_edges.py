#!/usr/bin/python3
"""Edge cases of Ed25519, made from the curve's equation alone (RFC 8032, section 5.1).

Prints JSON: keys with the verdict of rule V1's point check, and signatures with the verdict of
V1's verification. No cryptographic library takes part, so libsodium is judged by something else.

    ed25519_edges.py > Tests/CryptographyTests/Vectors/ed25519_edges.json
"""
import hashlib
import json

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)
IDENTITY = (0, 1)


def recover_x(y, sign):
    """The x of a y with the wanted parity, or None when y is not on the curve."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P:
        return None
    return P - x if x and x & 1 != sign else x


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    product = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + product, -1, P) % P
    y = (y1 * y2 + x1 * x2) * pow(1 - product, -1, P) % P
    return (x, y)


def multiply(scalar, point):
    out = IDENTITY
    while scalar:
        if scalar & 1:
            out = add(out, point)
        point = add(point, point)
        scalar >>= 1
    return out


def raw(y, sign):
    return (y | sign << 255).to_bytes(32, "little")


def encode(point):
    return raw(point[1], point[0] & 1)


BASE = (recover_x(4 * pow(5, -1, P) % P, 0), 4 * pow(5, -1, P) % P)


def torsion():
    """A point of order 8: any point times L has an order that divides 8."""
    y = 2
    while True:
        x = recover_x(y, 0)
        if x is not None:
            point = multiply(L, (x, y))
            if multiply(4, point) != IDENTITY:
                return point
        y += 1


def secret(seed):
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little")
    scalar = scalar & (2**254 - 8) | 2**254
    return scalar, digest[32:]


def challenge(r, a, message):
    return int.from_bytes(hashlib.sha512(r + a + message).digest(), "little") % L


def pack(r, s):
    return r + s.to_bytes(32, "little")


def keys():
    t8 = torsion()
    out = [("base point", encode(BASE), True)]
    seed = hashlib.sha512(b"an honest key").digest()[:32]
    honest = multiply(secret(seed)[0], BASE)
    out.append(("honest key", encode(honest), True))
    for k in range(8):
        order = 8 // (8 if k == 0 else k & -k)
        out.append((f"order {order}, torsion {k}", encode(multiply(k, t8)), False))
    for k in range(1, 8):
        for name, point in [("base", BASE), ("honest", honest)]:
            out.append((f"{name} + torsion {k}, mixed order", encode(add(point, multiply(k, t8))), False))
    for excess in range(19):
        for sign in (0, 1):
            on_curve = "on" if recover_x(excess, sign) is not None else "off"
            out.append((f"y = p + {excess}, sign {sign}, {on_curve} the curve, not canonical",
                        raw(P + excess, sign), False))
    out.append(("identity with sign bit, not canonical", raw(1, 1), False))
    out.append(("order 2 with sign bit, not canonical", raw(P - 1, 1), False))
    y = 2
    while recover_x(y, 0) is not None:
        y += 1
    out.append(("off the curve", raw(y, 0), False))
    out.append(("all ones", b"\xff" * 32, False))
    return out


def signatures():
    message = b"edge"
    scalar, prefix = secret(hashlib.sha512(b"an honest key").digest()[:32])
    a = encode(multiply(scalar, BASE))
    t8 = torsion()
    nonce = int.from_bytes(hashlib.sha512(prefix + message).digest(), "little") % L
    r = encode(multiply(nonce, BASE))
    s = (nonce + challenge(r, a, message) * scalar) % L
    out = [("honest", a, pack(r, s), True)]
    out.append(("S + L", a, pack(r, s + L), False))
    out.append(("S + 2 L", a, pack(r, s + 2 * L), False))
    out.append(("S with bit 255", a, pack(r, s | 1 << 255), False))
    out.append(("S = L", a, pack(r, L), False))
    for k in range(8):
        # R is torsion alone: the cofactored equation holds, for k = 0 the plain one too.
        low = encode(multiply(k, t8))
        out.append((f"small-order R, torsion {k}", a,
                    pack(low, challenge(low, a, message) * scalar % L), False))
        if k:
            moved = encode(add(multiply(nonce, BASE), multiply(k, t8)))
            out.append((f"R + torsion {k}", a,
                        pack(moved, (nonce + challenge(moved, a, message) * scalar) % L), False))
    for k in range(8):
        # A is torsion alone: S B = R whenever h A vanishes; every message would verify.
        low = encode(multiply(k, t8))
        out.append((f"small-order A, torsion {k}", low, pack(r, nonce), False))
    out.append(("zero signature under zero key", bytes(32), bytes(64), False))
    out.append(("zero signature under honest key", a, bytes(64), False))
    return [(name, key, message, signature, verdict) for name, key, signature, verdict in out]


def main():
    document = {
        "keys": [{"name": n, "key": k.hex(), "valid": v} for n, k, v in keys()],
        "signatures": [
            {"name": n, "key": k.hex(), "message": m.hex(), "signature": s.hex(), "verifies": v}
            for n, k, m, s, v in signatures()
        ],
    }
    print(json.dumps(document, indent=1))


main()
