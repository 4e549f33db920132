// SPDX-License-Identifier: Apache-2.0
// Reads protobuf fields in place. A field is visited in order of the bytes; what a caller does not read is skipped.
// Reading past the end throws RangeError, and so does a wire type that protobuf no longer has.

const kHex: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const kShortText = 64;
const decoder = new TextDecoder();

export class ProtoReader {
  field = 0;
  #wire = 0;
  readonly #view: DataView;

  // `at` and `end` bound the message within `bytes`.
  constructor(readonly bytes: Uint8Array, public at = 0, readonly end = bytes.length) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  // Moves to the next field; the value must then be read or skipped. False at the end.
  next(): boolean {
    if (this.at >= this.end) return false;
    const tag = this.#varint32();
    this.field = tag >>> 3;
    this.#wire = tag & 7;
    return true;
  }

  skip(): void {
    switch (this.#wire) {
      case 0:
        while (this.#byte() >= 0x80);
        return;
      case 1:
        this.#advance(8);
        return;
      case 2:
        this.#advance(this.#varint32());
        return;
      case 5:
        this.#advance(4);
        return;
      default:
        throw new RangeError(`wire type ${this.#wire} of field ${this.field}`);
    }
  }

  // Enums, booleans and lengths.
  small(): number {
    return this.#varint32();
  }

  int64(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return BigInt.asIntN(64, value);
  }

  fixed64(): bigint {
    return this.#view.getBigUint64(this.#advance(8), true);
  }

  double(): number {
    return this.#view.getFloat64(this.#advance(8), true);
  }

  // A message inside this one.
  message(): ProtoReader {
    const [from, to] = this.#range();
    return new ProtoReader(this.bytes, from, to);
  }

  raw(): Uint8Array {
    const [from, to] = this.#range();
    return this.bytes.subarray(from, to);
  }

  hex(): string {
    const [from, to] = this.#range();
    let text = "";
    for (let i = from; i < to; i += 1) text += kHex[this.bytes[i] ?? 0] ?? "";
    return text;
  }

  text(): string {
    const [from, to] = this.#range();
    if (to - from > kShortText) return decoder.decode(this.bytes.subarray(from, to));
    let text = "";
    for (let i = from; i < to; i += 1) {
      const byte = this.bytes[i] ?? 0;
      if (byte >= 0x80) return decoder.decode(this.bytes.subarray(from, to));
      text += String.fromCharCode(byte);
    }
    return text;
  }

  #range(): readonly [number, number] {
    const length = this.#varint32();
    const from = this.#advance(length);
    return [from, from + length];
  }

  // Returns where it was.
  #advance(length: number): number {
    const from = this.at;
    if (length > this.end - from) throw new RangeError(`field ${this.field} ends behind its message`);
    this.at = from + length;
    return from;
  }

  #byte(): number {
    return this.bytes[this.#advance(1)] ?? 0;
  }

  #varint32(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#byte();
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new RangeError(`field ${this.field} has a number of more than ten bytes`);
  }
}
