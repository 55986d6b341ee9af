/**
 * How well what was typed fits a label: the letters occur in it in order, best at the starts of words and in a row.
 * Undefined where they do not occur; larger is better.
 */
export function matchScore(typed: string, label: string): number | undefined {
  const text = label.toLowerCase();
  // The beginning of what it is called is what most people type.
  let score = text.startsWith(typed.toLowerCase()) ? 4 : 0;
  let at = -1;
  for (const letter of typed.toLowerCase().replace(/\s+/g, '')) {
    const next = text.indexOf(letter, at + 1);
    if (next < 0) return undefined;
    const startsWord = next === 0 || !/[\p{L}\p{N}]/u.test(text[next - 1] ?? '');
    score += startsWord ? 3 : next === at + 1 ? 2 : 0;
    at = next;
  }
  return score - label.length / 100;
}
