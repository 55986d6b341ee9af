import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { AppError } from '../../core/errors.ts';
import { ProjectFile } from '../../main/studio/project-file/project-file.ts';
import { seededRandom } from '../helpers/random.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { character, pose } from './store-records.ts';

const FILES = 210;
const PAGE = 4096;

type Random = () => number;
const below = (random: Random, limit: number): number => Math.floor(random() * limit);

/** Ways in which files break or are broken. */
const MUTATIONS: readonly ((bytes: Buffer, random: Random) => Buffer)[] = [
  function flipped(bytes, random) {
    for (let k = below(random, 20); k >= 0; k--) {
      const at = below(random, bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << below(random, 8));
    }
    return bytes;
  },
  function headFlipped(bytes, random) {
    bytes[below(random, 100)] = below(random, 256);
    return bytes;
  },
  // The beginning of a page holds the pointers of its tree.
  function pageHeadsFlipped(bytes, random) {
    for (let k = 0; k < 4; k++)
      bytes[below(random, bytes.length / PAGE) * PAGE + below(random, 40)] = below(random, 256);
    return bytes;
  },
  (bytes, random) => bytes.subarray(0, below(random, bytes.length)),
  (bytes, random) => Buffer.concat([bytes, bytes.subarray(0, below(random, bytes.length))]),
  function pageOverPage(bytes, random) {
    const [from, to] = [below(random, bytes.length / PAGE), below(random, bytes.length / PAGE)];
    bytes.copy(bytes, to * PAGE, from * PAGE, (from + 1) * PAGE);
    return bytes;
  },
  function zeroed(bytes, random) {
    const at = below(random, bytes.length);
    return bytes.fill(0, at, at + below(random, 3 * PAGE));
  },
];

async function sample(folder: string): Promise<{ bytes: Buffer; asset: string }> {
  const path = join(folder, 'sample.cshot');
  const file = ProjectFile.create(path, 'Sample');
  const asset = file.addAsset(Buffer.alloc(60_000, 'asset'));
  file.apply({
    added: [character(asset, 1), ...Array.from({ length: 40 }, (_, f) => pose(f, f))],
    updated: [],
    removed: [],
  });
  file.close();
  return { bytes: await readFile(path), asset };
}

/** All that the studio does with a project, on a file that may be anything. */
async function use(path: string, asset: string): Promise<void> {
  const file = ProjectFile.open(path);
  try {
    const { document } = file.records();
    expect(document.get('project')).toBeDefined();
    file.outline();
    file.thumbnails();
    const attempts: readonly (() => unknown)[] = [
      () => file.asset(asset).length,
      () => {
        file.apply({ added: [pose(3, 9)], updated: [], removed: [] });
      },
      () => file.addAsset(Buffer.alloc(20_000, 'new')),
      () => file.collectGarbage(new Date(Date.now() + 1000)),
      () => file.save(),
      () => file.copyTo(`${path}-copy.cshot`, { newId: true }),
    ];
    for (const attempt of attempts) {
      try {
        await attempt();
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
      }
    }
  } finally {
    file.close();
  }
}

it(`${FILES} broken project files open, with warnings or not, or are refused in a sentence, and soon`, async () => {
  const folder = await temporaryFolder();
  const { bytes, asset } = await sample(folder);
  const random = seededRandom(11);
  const outcomes = { used: 0, refused: 0 };
  await mkdir(join(folder, 'fuzz'));
  for (let k = 0; k < FILES; k++) {
    const path = join(folder, 'fuzz', `${k}.cshot`);
    const mutate = MUTATIONS[k % MUTATIONS.length];
    if (!mutate) throw new Error('no mutation');
    await writeFile(path, mutate(Buffer.from(bytes), random));
    const before = performance.now();
    try {
      await use(path, asset);
      outcomes.used++;
    } catch (error) {
      if (!(error instanceof AppError)) throw new Error(`file ${k}`, { cause: error });
      expect(error.message).toContain(path);
      expect(error.message).not.toMatch(/SQLITE|undefined|\n/);
      outcomes.refused++;
    }
    expect(performance.now() - before).toBeLessThan(5000);
  }
  // Both ways are taken, or the mutations do not do what they are for.
  expect(Math.min(outcomes.used, outcomes.refused)).toBeGreaterThan(FILES / 10);
}, 120_000);
