import { basename } from 'node:path';
import { AppError } from '../../../core/errors.ts';
import { isRecord, parseJson } from '../../../core/formats/json.ts';
import { readInput } from '../../files/read.ts';

/** What MODEL.safetensors.index.json says. */
export interface ShardIndex {
  /** Names of the files in its folder, each once. */
  readonly files: readonly string[];
  /** The file of each tensor. */
  readonly map: ReadonlyMap<string, string>;
  /** Bytes of all tensors together; missing where the index does not say. */
  readonly totalSize: number | undefined;
}

/** Throws an `AppError` that names `path` where it is no index, or names files of other folders. */
export async function readShardIndex(path: string): Promise<ShardIndex> {
  const parsed = parseJson(await readInput(path), path);
  const { weight_map: record, metadata } = isRecord(parsed) ? parsed : {};
  const map = new Map<string, string>();
  for (const [tensor, file] of isRecord(record) ? Object.entries(record) : []) {
    if (typeof file !== 'string' || file === '' || file !== basename(file)) throw unnamed(path);
    map.set(tensor, file);
  }
  if (map.size === 0) throw unnamed(path);
  const totalSize = isRecord(metadata) ? metadata.total_size : undefined;
  return {
    files: [...new Set(map.values())],
    map,
    totalSize: typeof totalSize === 'number' ? totalSize : undefined,
  };
}

const unnamed = (path: string): AppError =>
  new AppError('bad-input', `${path} does not name the files of the weights; fetch it again.`);
