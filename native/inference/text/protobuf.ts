/** One field of a protobuf message: a whole number, four or eight bytes as they stand, or the bytes of a string or message. */
export interface ProtobufField {
  readonly number: number;
  readonly value: number | Uint8Array;
}

const VARINT = 0;
const EIGHT_BYTES = 1;
const LENGTH_DELIMITED = 2;
const FOUR_BYTES = 5;
/** Seven bits a byte: more do not fit into 64 bits. */
const MAX_VARINT_BYTES = 10;

/**
 * The fields of a protobuf message in the order they are written (https://protobuf.dev/programming-guides/encoding). Whole
 * numbers are read as unsigned; those above 2^53 lose their last bits. Throws a RangeError where the bytes are no message.
 */
export function* protobufFields(bytes: Uint8Array): Generator<ProtobufField> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let length = 0, scale = 1; length < MAX_VARINT_BYTES; length++, scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('A number goes on after the end.');
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new RangeError(`The number before byte ${at} does not end.`);
  };
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw new RangeError(`A field at byte ${at} goes on after the end.`);
    return bytes.subarray(at, (at += length));
  };
  while (at < bytes.length) {
    const key = varint();
    const [number, wireType] = [Math.floor(key / 8), key % 8];
    if (number === 0) throw new RangeError(`The field before byte ${at} has the number 0.`);
    if (wireType === VARINT) yield { number, value: varint() };
    else if (wireType === LENGTH_DELIMITED) yield { number, value: take(varint()) };
    else if (wireType === FOUR_BYTES) yield { number, value: take(4) };
    else if (wireType === EIGHT_BYTES) yield { number, value: take(8) };
    else throw new RangeError(`The field before byte ${at} has the unknown type ${wireType}.`);
  }
}
