# SPDX-License-Identifier: Apache-2.0
"""Zstandard frames by hand: enough to send them without a zstd library.

A frame is magic, header, then blocks: 3 bytes of last, type and size, and the payload. Type 0 holds
bytes as they are, type 1 one byte to repeat.
"""
import struct

_MAGIC = b"\x28\xb5\x2f\xfd"
_SIZED = b"\xa0"  # one segment; 4 bytes of content size follow
_WINDOWED = b"\x00\x38"  # size unknown, window of 128 KiB
_MAX_BLOCK = 128 * 1024


def _block(last, kind, size, payload):
    return struct.pack("<I", int(last) | kind << 1 | size << 3)[:3] + payload


def stored(data):
    """`data` as a frame of raw blocks."""
    frame = _MAGIC + _SIZED + struct.pack("<I", len(data))
    pieces = [data[i : i + _MAX_BLOCK] for i in range(0, len(data), _MAX_BLOCK)] or [b""]
    for number, piece in enumerate(pieces):
        frame += _block(number == len(pieces) - 1, 0, len(piece), piece)
    return frame


def repeated(prefix, byte, count):
    """`prefix`, then `byte` `count` times: a bomb of four bytes for each 128 KiB."""
    frame = _MAGIC + _WINDOWED + _block(False, 0, len(prefix), prefix)
    while count:
        size = min(count, _MAX_BLOCK)
        count -= size
        frame += _block(count == 0, 1, size, byte)
    return frame
