/**
 * What Electron's structured clone carries between its processes, as bytes over HTTP: JSON, with binary values and
 * `undefined` taken out. Plain enough to run on both sides.
 */
export function encode(value: unknown): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const json = JSON.stringify({ value }, (_key, item: unknown) => {
    if (item === undefined) return { $: 'undefined' };
    if (item instanceof Uint8Array) return { $: 'bytes', part: parts.push(item) - 1, length: item.length };
    if (item instanceof Float64Array) {
      const bytes = new Uint8Array(item.buffer, item.byteOffset, item.byteLength);
      return { $: 'numbers', part: parts.push(bytes) - 1, length: bytes.length };
    }
    if (typeof item === 'number' && !Number.isFinite(item)) return { $: 'number', text: String(item) };
    return item;
  });
  const head = new TextEncoder().encode(json);
  const length = parts.reduce((sum, part) => sum + part.length, 4 + head.length);
  const bytes = new Uint8Array(length);
  new DataView(bytes.buffer).setUint32(0, head.length);
  bytes.set(head, 4);
  let at = 4 + head.length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export function decode(bytes: Uint8Array): unknown {
  const headLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const lengths: number[] = [];
  const parsed = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + headLength))) as { value?: unknown };
  const revive = (item: unknown): unknown => {
    if (Array.isArray(item)) return item.map(revive);
    if (typeof item !== 'object' || item === null) return item;
    const special = item as { $?: string; part?: number; length?: number; text?: string };
    if (special.$ === 'undefined') return undefined;
    if (special.$ === 'number') return Number(special.text);
    if (special.$ === 'bytes') return partAt(special.part ?? 0);
    if (special.$ === 'numbers') return new Float64Array(partAt(special.part ?? 0).buffer);
    return Object.fromEntries(Object.entries(item).map(([key, each]) => [key, revive(each)]));
  };
  const collect = (item: unknown): void => {
    if (typeof item !== 'object' || item === null) return;
    const special = item as { $?: string; part?: number; length?: number };
    if (special.$ === 'bytes' || special.$ === 'numbers') lengths[special.part ?? 0] = special.length ?? 0;
    else Object.values(item).forEach(collect);
  };
  collect(parsed);
  let end = 4 + headLength;
  const ends = lengths.map((length) => (end += length));
  const partAt = (part: number): Uint8Array<ArrayBuffer> =>
    Uint8Array.from(bytes.subarray((ends[part] ?? 0) - (lengths[part] ?? 0), ends[part] ?? 0));
  return revive(parsed.value);
}
