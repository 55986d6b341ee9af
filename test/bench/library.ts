import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { PoseRecord } from '../../core/document/document.ts';
import { packChange } from '../../core/document/packed-pose.ts';
import { LibraryDatabase } from '../../main/studio/library/library-database.ts';
import { Library } from '../../main/studio/library/library.ts';
import { ProjectFile } from '../../main/studio/project-file/project-file.ts';
import { Projects } from '../../main/studio/projects.ts';
import { packedChange } from '../../preload/contract/document-schema.ts';
import { LIMITS } from '../../preload/contract/ids.ts';
import type { Bench } from './bench-options.ts';
import { milliseconds, plain, type Table } from './table.ts';

const MB = 1 << 20;
const WORDS = ['knight', 'robot', 'dragon', 'fox', 'wizard', 'pirate', 'ninja', 'golem', 'fairy', 'orc'];

/** A library of 2,000 projects, and a project file of 300 MB. */
export const benchLibrary: Bench = async ({ quick, say }) => {
  const folder = await mkdtemp(join(tmpdir(), 'charactershot-bench-'));
  try {
    const projects = quick ? 200 : 2000;
    say(`library of ${projects} projects`);
    const library = await libraryTable(join(folder, 'library'), projects);
    const size = quick ? 30 : 300;
    say(`project file of ${size} MB`);
    return [library, await fileTable(join(folder, 'a.cshot'), size, quick ? 100 : 1000)];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

async function libraryTable(folder: string, count: number): Promise<Table> {
  fillLibrary(folder, count);
  const rows: [string, number, number, number][] = [];
  const note = (what: string, times: readonly number[]): void => {
    rows.push([what, at(times, 0.5), at(times, 0.95), at(times, 1)]);
  };

  const opening: number[] = [];
  for (let k = 0; k < 10; k++) {
    const before = performance.now();
    const database = LibraryDatabase.open(folder);
    database.projects.list({ search: '', tag: null, trashed: false, sort: 'modified' });
    opening.push(performance.now() - before);
    database.close();
  }
  note('open and list', opening);

  const database = LibraryDatabase.open(folder);
  const announce = (): void => undefined;
  const projects = new Projects({ library: database, announceLibrary: announce, announceProject: announce });
  const library = new Library(database, projects, announce);
  for (const [what, search] of [
    ['list, files looked for', ''],
    ['search of one letter', 'k'],
    ['search of two words', 'dra wiz'],
    ['search that finds nothing', 'zzz'],
  ] as const) {
    const times: number[] = [];
    for (let k = 0; k < 20; k++) {
      const before = performance.now();
      await library.list({ search, tag: null, trashed: false, sort: 'name' });
      times.push(performance.now() - before);
    }
    note(what, times);
  }
  database.close();
  return { caption: `Library of ${count} projects`, columns: [...plain('what'), ...MILLISECONDS], rows };
}

/** Rows without files: what is measured are the library's own doings. */
/** A library that knows `count` projects, whose files are not there. */
export function fillLibrary(folder: string, count: number): void {
  const database = LibraryDatabase.open(folder);
  for (let k = 0; k < count; k++) {
    const word = (step: number): string => WORDS[Math.floor(k / step) % WORDS.length] ?? '';
    database.projects.put({
      ...{ id: randomUUID(), path: join(folder, 'projects', `${k}.cshot`), home: null, opened: null, trashed: false },
      ...{ name: `${word(1)} ${word(10)} ${k}`, tags: [word(100), word(7)], sources: `${word(3)}.png walk` },
      ...{ created: new Date(k * 1e8).toISOString(), modified: new Date(k * 2e8).toISOString() },
      ...{ stage: 'clip', size: k, thumbnails: 0 },
    });
  }
  database.close();
}

async function fileTable(path: string, megabytes: number, edits: number): Promise<Table> {
  const rows: [string, number, number, number, number][] = [];
  const measure = async (what: string, times: number, use: (k: number) => unknown): Promise<void> => {
    const taken: number[] = [];
    const written = bytesWritten();
    for (let k = 0; k < times; k++) {
      const before = performance.now();
      await use(k);
      taken.push(performance.now() - before);
    }
    const bytes = (bytesWritten() - written) / times / 1024;
    rows.push([what, at(taken, 0.5), at(taken, 0.95), at(taken, 1), bytes]);
  };

  const file = ProjectFile.create(path, 'Large');
  const assets: string[] = [];
  await measure('add an asset of 10 MB', megabytes / 10, () => assets.push(file.addAsset(randomBytes(10 * MB))));
  await file.save();
  await measure('apply a change of one pose, 133 keypoints', edits, (k) => {
    file.apply({ added: [], updated: [[pose(k), pose(k)]], removed: [] });
  });
  const motion = Array.from({ length: LIMITS.frames }, (_, frame) => pose(frame, LIMITS.frames));
  const sent = serialize(packChange({ added: motion, updated: [], removed: [] }));
  await measure('take and apply a change of 1,000 poses', 10, () => {
    file.put(packedChange.parse(deserialize(sent)));
  });
  await measure('save after many changes', 1, () => file.save());
  await measure('save after one change', 10, async (k) => {
    file.apply({ added: [], updated: [[pose(k), pose(k)]], removed: [] });
    await file.save();
  });
  await measure('read an asset of 10 MB, checked', assets.length, (k) => file.asset(assets[k] ?? ''));
  await measure('copy', 1, () => file.copyTo(`${path}.copy.cshot`, { newId: true }));
  file.close();
  await measure('open and read the document', 10, () => {
    const again = ProjectFile.open(path);
    again.records();
    again.close();
  });
  const columns = [...plain('what'), ...MILLISECONDS, { name: 'KB written', digits: 1 }];
  return { caption: `A project file of ${megabytes} MB`, columns, rows };
}

const MILLISECONDS = milliseconds('median', '95 %', 'longest');

const pose = (k: number, frames = 100): PoseRecord => ({
  ...{ id: `pose:${k % frames}`, type: 'pose', frame: k % frames, depths: null, original: null, keys: [], hidden: [] },
  keypoints: Array.from({ length: 133 * 3 }, (_, i) => Math.sin(k + i) * 300),
});

const at = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? NaN;

/** What this process has handed to the system's write calls, bytes; NaN where the system does not count. */
function bytesWritten(): number {
  if (!existsSync('/proc/self/io')) return NaN;
  return Number(/wchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
}
