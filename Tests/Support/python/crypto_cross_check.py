#!/usr/bin/python3
"""Does with PyNaCl and hashlib what Sources/Cryptography does with libsodium, to compare the two.

    crypto_cross_check.py sign SEED MESSAGE          all arguments in hexadecimal but paths
    crypto_cross_check.py verify KEY MESSAGE SIGNATURE
    crypto_cross_check.py node SECRET
    crypto_cross_check.py keyfile PATH PASSPHRASE    PASSPHRASE may be empty
    crypto_cross_check.py backup PATH PASSPHRASE

Key files and backups are read by the layout in the docstrings of KeyFileText and IdentityBackup.
Prints one JSON object.
"""
import hashlib
import json
import struct
import sys

from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt as open_box
from nacl.exceptions import BadSignatureError
from nacl.public import PrivateKey
from nacl.pwhash import argon2id
from nacl.signing import SigningKey, VerifyKey


def sign(seed, message):
    key = SigningKey(bytes.fromhex(seed))
    body = bytes.fromhex(message)
    return {
        "key": key.verify_key.encode().hex(),
        "signature": key.sign(body).signature.hex(),
        "digest": hashlib.blake2b(body, digest_size=32).hexdigest(),
    }


def verify(key, message, signature):
    try:
        VerifyKey(bytes.fromhex(key)).verify(bytes.fromhex(message), bytes.fromhex(signature))
        return {"verifies": True}
    except BadSignatureError:
        return {"verifies": False}


def node(secret):
    return {"key": PrivateKey(bytes.fromhex(secret)).public_key.encode().hex()}


def derive(passphrase, salt, passes, kibibytes):
    return argon2id.kdf(32, passphrase.encode(), salt, opslimit=passes, memlimit=kibibytes * 1024)


def keyfile(path, passphrase):
    text = open(path, encoding="ascii").read()
    lines = [line.split(" ", 1) for line in text.split("\n")]
    assert lines[0] == ["vouchbird-key", "v1 " + lines[0][1][3:]], lines[0]
    fields = dict(lines[1:-1])
    seed = fields.get("secret")
    if seed is None:
        passes, kibibytes = map(int, fields["argon2id"].split(" "))
        key = derive(passphrase, bytes.fromhex(fields["salt"]), passes, kibibytes)
        head = "".join(line + "\n" for line in text.split("\n")[:2]).encode()
        seed = open_box(bytes.fromhex(fields["sealed"]), head, bytes.fromhex(fields["nonce"]), key).hex()
    return {"kind": lines[0][1][3:], "key": fields["public"], "seed": seed}


def backup(path, passphrase):
    lines = open(path, encoding="ascii").read().splitlines()
    data = bytes.fromhex("".join(lines[1:-1]))
    body, check = data[:-16], data[-16:]
    assert hashlib.blake2b(body, digest_size=16).digest() == check, "check"
    version, passes, kibibytes = struct.unpack_from("<BII", body)
    assert version == 1, version
    salt, nonce, sealed = body[9:25], body[25:49], body[49:]
    key = derive(passphrase, salt, passes, kibibytes)
    plain = open_box(sealed, b"vouchbird identity backup v1", nonce, key)
    created, length = struct.unpack_from("<QB", plain, 32)
    label = plain[41:]
    assert len(label) == length, length
    return {"seed": plain[:32].hex(), "created": created, "label": label.decode()}


def main():
    commands = {f.__name__: f for f in (sign, verify, node, keyfile, backup)}
    print(json.dumps(commands[sys.argv[1]](*sys.argv[2:])))


main()
