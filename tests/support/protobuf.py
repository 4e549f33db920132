# SPDX-License-Identifier: Apache-2.0
"""Protobuf's wire format, written and read by a table of fields.

A message type is a dict: name in OTLP/JSON -> Field. A message is a dict with those names. Fields at
their default are left out, as proto3 has it, except in a `oneof`, where presence counts.
"""
import struct
from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    number: int
    kind: str  # string bytes hex bool int uint int32 fixed64 fixed32 double message
    repeated: bool = False
    oneof: bool = False
    message: dict = None


def _varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def sized(number, payload):
    return _varint(number << 3 | 2) + _varint(len(payload)) + payload


def _encode_one(field, value):
    key = field.number << 3
    if field.kind == "string":
        return sized(field.number, value.encode() if isinstance(value, str) else value)
    if field.kind == "bytes":
        return sized(field.number, value)
    if field.kind == "hex":
        return sized(field.number, bytes.fromhex(value))
    if field.kind == "message":
        return sized(field.number, encode(field.message, value))
    if field.kind == "fixed64":
        return _varint(key | 1) + struct.pack("<Q", int(value))
    if field.kind == "double":
        return _varint(key | 1) + struct.pack("<d", value)
    if field.kind == "fixed32":
        return _varint(key | 5) + struct.pack("<I", value)
    return _varint(key) + _varint(int(value))


def encode(message_type, value):
    out = bytearray()
    for name, content in value.items():
        field = message_type[name]
        if field.repeated:
            for item in content:
                out += _encode_one(field, item)
        elif field.oneof or field.kind == "message" or content not in (0, "", b"", False, 0.0):
            out += _encode_one(field, content)
    return bytes(out)


def _read_varint(data, at):
    shift = value = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & (1 << 64) - 1, at
        shift += 7


def _fields(data):
    """Yields (number, wire type, value) of each field."""
    at = 0
    while at < len(data):
        key, at = _read_varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, at = _read_varint(data, at)
        elif wire == 1:
            value, at = data[at : at + 8], at + 8
        elif wire == 2:
            size, at = _read_varint(data, at)
            value, at = data[at : at + size], at + size
        elif wire == 5:
            value, at = data[at : at + 4], at + 4
        else:
            raise ValueError(f"wire type {wire} of field {number} at byte {at}")
        if at > len(data):
            raise ValueError(f"field {number} ends behind the message")
        yield number, wire, value


def _decode_one(field, value, strict=False):
    if field.kind == "string":
        return value.decode()
    if field.kind == "bytes":
        return bytes(value)
    if field.kind == "hex":
        return value.hex()
    if field.kind == "message":
        return decode(field.message, value, strict)
    if field.kind == "fixed64":
        return struct.unpack("<Q", value)[0]
    if field.kind == "double":
        return struct.unpack("<d", value)[0]
    if field.kind == "fixed32":
        return struct.unpack("<I", value)[0]
    if field.kind == "bool":
        return bool(value)
    if field.kind in ("int", "int32") and value >= 1 << 63:
        return value - (1 << 64)
    return value


def decode(message_type, data, strict=False):
    """The message's fields. Unknown ones are passed over, or an error when `strict`."""
    by_number = {field.number: (name, field) for name, field in message_type.items()}
    out = {}
    for number, _, value in _fields(data):
        if number not in by_number:
            if strict:
                raise ValueError(f"field {number} is in none of the tables; known are {sorted(by_number)}")
            continue
        name, field = by_number[number]
        if field.repeated:
            out.setdefault(name, []).append(_decode_one(field, value, strict))
        else:
            out[name] = _decode_one(field, value, strict)
    return out
