/** Words that a user types, as FTS5 asks for them: each must occur, as the beginning of a word. Undefined: no condition. */
export function searchQuery(search: string): string | undefined {
  const words = search
    .normalize('NFC')
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter((word) => word !== '');
  return words.length === 0 ? undefined : words.map((word) => `"${word}"*`).join(' AND ');
}

/** What else must occur, anywhere: signs that are part of no word, such as emoji. */
export const searchSigns = (search: string): readonly string[] => search.match(/\p{Extended_Pictographic}/gu) ?? [];
