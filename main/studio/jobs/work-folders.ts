import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** The folders of jobs, one each, by the job's id: what a job goes on from after a stop. */
export class WorkFolders {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  of(id: string): string {
    return join(this.#root, id);
  }

  /** What cannot be removed now is forgotten, see `keepOnly`. */
  async remove(id: string): Promise<void> {
    await rm(this.of(id), { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }

  /** Removes what earlier runs of the program forgot. */
  async keepOnly(isWanted: (id: string) => boolean): Promise<void> {
    const names = await readdir(this.#root).catch(() => []); // no folder yet, nothing forgotten
    for (const name of names) if (!isWanted(name)) await this.remove(name);
  }
}
