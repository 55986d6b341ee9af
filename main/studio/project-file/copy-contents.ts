import type { Database } from 'better-sqlite3';
import { packChange } from '../../../core/document/packed-pose.ts';
import { isDamage } from '../database/sqlite-error.ts';
import { AssetStore } from './asset-store.ts';
import { FILE_LIMITS } from './kind.ts';
import { pause } from './pause.ts';
import { RecordStore } from './record-store.ts';
import { ThumbnailStore } from './thumbnail-store.ts';

/**
 * Copies document, thumbnails and whole assets between two databases of project files, as `source` is at this moment. What is
 * damaged is left out. Gives a sentence for each kind of thing that was. `path` is for messages.
 */
export async function copyContents(source: Database, target: Database, path: string): Promise<readonly string[]> {
  // One read transaction: what others write meanwhile is not seen.
  source.exec('BEGIN');
  try {
    const { document, warnings } = new RecordStore(source).read();
    new RecordStore(target).apply(packChange({ added: [...document.values()], updated: [], removed: [] }));
    copyThumbnails(new ThumbnailStore(source), new ThumbnailStore(target));
    const lost = await copyAssets(source, target, path);
    return lost === 0 ? warnings : [...warnings, `${lost} damaged pictures, videos or scenes were left out.`];
  } finally {
    source.exec('ROLLBACK');
  }
}

function copyThumbnails(from: ThumbnailStore, to: ThumbnailStore): void {
  for (let index = 0; index < FILE_LIMITS.thumbnails; index++) {
    try {
      const picture = from.get(index);
      if (picture) to.set(index, picture);
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
  }
}

/** Gives how many could not be read. */
async function copyAssets(source: Database, target: Database, path: string): Promise<number> {
  const assets = new AssetStore(source, path);
  const copy = new AssetStore(target, path);
  let lost = 0;
  try {
    for (const { id } of assets.list()) {
      if (!(await copy.addCopy(id, assets))) lost++;
      await pause();
    }
  } catch (error) {
    if (!isDamage(error)) throw error;
    lost++;
  }
  return lost;
}
