import { AppError } from '../errors.ts';

export type JsonRecord = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Parses UTF-8 bytes or text as JSON; throws an `AppError` that names `what` ("cameras.json of clip/"). */
export function parseJson(source: Uint8Array | string, what: string): unknown {
  try {
    const text = typeof source === 'string' ? source : new TextDecoder('utf-8', { fatal: true }).decode(source);
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('bad-input', `${what} is not valid JSON; it is damaged or was not written completely.`, cause);
  }
}

/** Whether an object of valid JSON text has the same top-level key twice, which `JSON.parse` hides; returns the key. */
export function duplicateKey(text: string): string | undefined {
  const seen = new Set<string>();
  let depth = 0;
  // A string is a key where a colon follows; depth 1 is the outermost object.
  for (const [token, string, colon] of text.matchAll(/("(?:[^"\\]|\\.)*")\s*(:)?|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (depth === 1 && colon !== undefined && string !== undefined) {
      const key = String(JSON.parse(string));
      if (seen.has(key)) return key;
      seen.add(key);
    }
  }
  return undefined;
}
