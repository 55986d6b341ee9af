import type { AssetId, DocumentDiff, DocumentRecord, ProjectDocument } from '../../core/document/document.ts';
import { compareRecords } from '../../core/document/records.ts';

/** What an engine does with a project file. The studio may have the same file open. */
export interface EngineProject {
  /** The document as it is now. */
  readonly document: () => ProjectDocument;
  readonly asset: (id: AssetId) => Uint8Array;
  /** Writes an asset to a file. */
  readonly writeAsset: (id: AssetId, path: string) => Promise<void>;
  /** Keeps bytes, or the content of a file, and gives them their name. */
  readonly addAsset: (bytes: Uint8Array) => AssetId;
  readonly addAssetFile: (path: string, signal: AbortSignal) => Promise<AssetId>;
  readonly close: () => void;
}

/** The change of `document` that puts `records` in the place of those with their ids and takes `removed` away. */
export function changeOf(
  document: ProjectDocument,
  records: readonly DocumentRecord[],
  removed: readonly string[] = [],
): DocumentDiff {
  const after = new Map(document);
  for (const id of removed) after.delete(id);
  for (const record of records) after.set(record.id, record);
  return compareRecords(document, after);
}
