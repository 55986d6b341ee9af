import { existsSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { AppError } from '../../../core/errors.ts';
import { openWeights, type StoredWeights } from './open-weights.ts';
import { readShardIndex, type ShardIndex } from './shard-index.ts';

/** A module's weights, and what is odd about their files without standing in a run's way. */
export interface ModuleWeights {
  readonly weights: StoredWeights;
  readonly remarks: readonly string[];
}

/**
 * Opens the files of a module's weights: those that its index names, or the only one, by the name `stem`. Throws an `AppError` where one is
 * missing or damaged.
 */
export async function moduleWeights(root: string, module: string, stem: string): Promise<ModuleWeights> {
  const folder = join(root, module);
  const names = await readdir(folder);
  const partial = names.find((name) => name.endsWith('.incomplete') || name.endsWith('.part'));
  if (partial !== undefined) {
    throw new AppError('bad-input', `${join(folder, partial)} is half a download; let it finish, or fetch it again.`);
  }
  // Without a variant ("model.fp16.safetensors") first; a variant only where there is nothing else.
  const plain = names.find((name) => name === `${stem}.safetensors`);
  const index =
    names.find((name) => name === `${stem}.safetensors.index.json`) ??
    names.find((name) => name.startsWith(`${stem}.`) && name.endsWith('.safetensors.index.json'));
  if (plain === undefined && index !== undefined) return indexedWeights(folder, index, names);
  const single = plain ?? names.find((name) => name.startsWith(`${stem}.`) && name.endsWith('.safetensors'));
  if (single === undefined) throw noWeights(folder, stem, names);
  const weights = await openWeights([join(folder, single)], { folder: root });
  return { weights, remarks: unnamedShards(names, stem, []).map((name) => `${name} is not used beside ${single}`) };
}

function noWeights(folder: string, stem: string, names: readonly string[]): AppError {
  const lora = names.find((name) => /lora/i.test(name));
  if (lora === undefined) {
    return new AppError(
      'not-found',
      `${folder} has no ${stem}.safetensors, whole or in parts; fetch the checkpoint again.`,
    );
  }
  return new AppError(
    'bad-input',
    `${join(folder, lora)} is a LoRA, which changes another model; choose the published checkpoint.`,
  );
}

async function indexedWeights(folder: string, name: string, names: readonly string[]): Promise<ModuleWeights> {
  const index = await readShardIndex(join(folder, name));
  const absent = index.files.filter((file) => !existsSync(join(folder, file)));
  if (absent.length > 0) {
    throw new AppError(
      'not-found',
      `${folder} lacks ${absent.join(', ')}, which ${name} names; fetch the checkpoint again.`,
    );
  }
  const weights = await openWeights(
    index.files.map((file) => join(folder, file)),
    { folder: resolve(folder, '..') },
  );
  const stem = name.slice(0, -'.safetensors.index.json'.length);
  const unnamed = unnamedShards(names, stem, index.files).map((file) => `${file} is not named by ${name}`);
  return { weights, remarks: [...unnamed, ...(await indexRemarks(folder, name, index, weights))] };
}

/** Files that are called like parts of these weights and are not among `files`. */
const unnamedShards = (names: readonly string[], stem: string, files: readonly string[]): string[] =>
  names.filter(
    (name) =>
      name.startsWith(`${stem}-`) &&
      /^-\d+-of-\d+\.safetensors$/.test(name.slice(stem.length)) &&
      !files.includes(name),
  );

/** What an index says and its files do not bear out. */
async function indexRemarks(
  folder: string,
  name: string,
  { files, map, totalSize }: ShardIndex,
  { tensors }: StoredWeights,
): Promise<string[]> {
  // Tensors are placed by the file that a link leads to, whose name in a cache is a hash.
  const fileAt = new Map<string, string>();
  for (const file of files) fileAt.set(await realpath(join(folder, file)), file);
  const remarks: string[] = [];
  let bytes = 0;
  for (const [tensor, { path, length }] of tensors) {
    bytes += length;
    const [file, named] = [fileAt.get(path) ?? basename(path), map.get(tensor)];
    if (named === undefined) remarks.push(`${tensor} lies in ${file} and is not in ${name}`);
    else if (named !== file) remarks.push(`${tensor} lies in ${file}, not in ${named} as ${name} says`);
  }
  for (const tensor of map.keys()) {
    if (!tensors.has(tensor)) remarks.push(`${tensor} is named by ${name} and lies in none of its files`);
  }
  if (totalSize !== undefined && totalSize !== bytes) {
    remarks.push(`${name} speaks of ${totalSize} bytes of tensors, but its files hold ${bytes}`);
  }
  return remarks;
}
