/** Where the character of UTF-8 that begins at `start` ends. */
export function characterEnd(bytes: Uint8Array, start: number): number {
  const first = bytes[start] ?? 0;
  const length = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return Math.min(start + length, bytes.length);
}
