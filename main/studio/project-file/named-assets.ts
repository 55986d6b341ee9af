import type { AssetId, DocumentRecord } from '../../../core/document/document.ts';

/** Every asset that records name, wherever in them: a new field that names assets is safe from the day it is there. */
export function namedAssets(records: Iterable<DocumentRecord>): Set<AssetId> {
  const found = new Set<AssetId>();
  const waiting: unknown[] = [...records];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value === 'string') {
      if (/^[0-9a-f]{64}$/.test(value)) found.add(value);
    } else if (typeof value === 'object' && value !== null) {
      waiting.push(...(Object.values(value) as unknown[]));
    }
  }
  return found;
}
