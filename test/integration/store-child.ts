// Works on a project file until it is killed, telling its parent of everything that was acknowledged.
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProjectFile } from '../../main/studio/project-file/project-file.ts';
import { seededRandom } from '../helpers/random.ts';
import { character, pose, POSES } from './store-records.ts';

export interface StoreOrder {
  readonly path: string;
  readonly seed: number;
  /** Values grow from here. */
  readonly from: number;
  /** 'assets': adds this many large assets and ends. */
  readonly assets?: number;
}

export type StoreAck =
  | { readonly kind: 'ready' }
  | { readonly kind: 'pose'; readonly frame: number; readonly value: number }
  | { readonly kind: 'asset'; readonly id: string; readonly value: number }
  | { readonly kind: 'copy'; readonly path: string; readonly value: number };

const tell = (ack: StoreAck): void => {
  process.send?.(ack);
};

async function step(file: ProjectFile, random: () => number, value: number): Promise<void> {
  const choice = random();
  if (choice < 0.6) {
    const frame = Math.floor(random() * POSES);
    file.apply({ added: [pose(frame, value)], updated: [], removed: [] });
    tell({ kind: 'pose', frame, value });
  } else if (choice < 0.85) {
    const bytes = randomBytes(Math.floor(random() ** 3 * 3_000_000));
    const path = join(file.path, '..', 'incoming.bin');
    writeFileSync(path, bytes);
    const id = random() < 0.5 ? file.addAsset(bytes) : await file.addAssetFile(path);
    file.apply({ added: [character(id, value)], updated: [], removed: [] });
    tell({ kind: 'asset', id, value });
  } else if (choice < 0.92) {
    await file.save();
  } else if (choice < 0.96) {
    await file.collectGarbage(new Date(Date.now() + 1000));
  } else {
    const path = join(file.path, '..', `copy-${Math.floor(random() * 3)}.cshot`);
    await file.copyTo(path, { newId: true });
    tell({ kind: 'copy', path, value });
  }
}

async function run({ path, seed, from, assets }: StoreOrder): Promise<void> {
  const random = seededRandom(seed);
  const file = ProjectFile.open(path);
  tell({ kind: 'ready' });
  if (assets === undefined) {
    for (let value = from; ; value++) {
      await step(file, random, value);
      // Lets what was told go out.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  for (let value = 0; value < assets; value++) {
    const bytes = randomBytes(2_500_000);
    const source = join(path, '..', 'engine.bin');
    writeFileSync(source, bytes);
    tell({ kind: 'asset', id: value % 2 === 0 ? file.addAsset(bytes) : await file.addAssetFile(source), value });
    rmSync(source);
  }
  file.close();
  process.disconnect();
}

await run(JSON.parse(process.argv[2] ?? '') as StoreOrder);
