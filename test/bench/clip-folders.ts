import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The clips of a path that was given: those of its subfolders that hold a cameras.json, by name; without any, the path
 * itself.
 */
export async function clipFolders(path: string): Promise<readonly string[]> {
  // A published video is a file; what is not there is reported by whoever reads it.
  const names = await readdir(path).catch(() => []);
  const folders = names.map((name) => join(path, name)).filter((folder) => existsSync(join(folder, 'cameras.json')));
  return folders.length > 0 ? folders.sort() : [path];
}
