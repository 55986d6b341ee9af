import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { poseAt, recordOf } from '../../core/document/document.ts';
import { ProjectFile } from '../../main/studio/project-file/project-file.ts';
import { seededRandom } from '../helpers/random.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import type { StoreAck, StoreOrder } from './store-child.ts';
import { pose, POSES } from './store-records.ts';

const CHILD = fileURLToPath(new URL('store-child.ts', import.meta.url));
const KILLS = 24;

/** Starts a child on the file; `killAfter` ms after it began working it is killed as hard as the system can. */
function child(order: StoreOrder, killAfter?: number): Promise<{ acks: StoreAck[]; signal: string | null }> {
  return new Promise((resolve, reject) => {
    const acks: StoreAck[] = [];
    const process = fork(CHILD, [JSON.stringify(order)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    process.on('message', (message) => {
      const ack = message as StoreAck;
      acks.push(ack);
      if (ack.kind === 'ready' && killAfter !== undefined) setTimeout(() => process.kill('SIGKILL'), killAfter);
    });
    process.on('error', reject);
    process.on('close', (_, signal) => {
      resolve({ acks, signal });
    });
  });
}

/** What was acknowledged last, over all children. */
class Acknowledged {
  readonly poses = new Map<number, number>();
  asset = -1;
  count = 0;

  note(acks: readonly StoreAck[]): void {
    for (const ack of acks) {
      this.count++;
      if (ack.kind === 'pose') this.poses.set(ack.frame, ack.value);
      if (ack.kind === 'asset') this.asset = ack.value;
    }
  }
}

function integrity(path: string): unknown {
  const database = new Database(path);
  try {
    return database.pragma('integrity_check', { simple: true });
  } finally {
    database.close();
  }
}

/** Opens what a killed child left and holds it against what was acknowledged. */
async function check(path: string, acknowledged: Acknowledged): Promise<void> {
  const file = ProjectFile.open(path);
  const { document, warnings } = file.records();
  expect(warnings).toEqual([]);
  for (let frame = 0; frame < POSES; frame++) {
    const value = acknowledged.poses.get(frame);
    // A change may have been written whose acknowledgement did not get through; never less.
    if (value !== undefined) expect(poseAt(document, frame)?.keypoints[0]).toBeGreaterThanOrEqual(value);
  }
  const character = recordOf(document, 'character');
  if (acknowledged.asset >= 0) expect(Number(character?.pictureName)).toBeGreaterThanOrEqual(acknowledged.asset);
  if (character) file.asset(character.picture);
  file.close();
  expect(integrity(path)).toBe('ok');
  for (const name of await readdir(join(path, '..'))) {
    if (!/^copy-\d\.cshot$/.test(name)) continue;
    const copy = ProjectFile.open(join(path, '..', name));
    expect(copy.records().warnings).toEqual([]);
    expect(copy.damaged).toBe(false);
    copy.close();
  }
}

describe('a project file', () => {
  it(`loses nothing acknowledged when a program that works on it is killed ${KILLS} times`, async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'a.cshot');
    ProjectFile.create(path, 'Killed').close();
    const random = seededRandom(5);
    const acknowledged = new Acknowledged();
    for (let kill = 0; kill < KILLS; kill++) {
      const { acks, signal } = await child({ path, seed: kill, from: (kill + 1) * 10_000 }, 5 + random() * 150);
      expect(signal).toBe('SIGKILL');
      acknowledged.note(acks);
      await check(path, acknowledged);
    }
    expect(acknowledged.count).toBeGreaterThan(KILLS * 3);
    // What the killed copies left behind is no project file.
    for (const name of await readdir(folder)) if (name.includes('.partial')) await rm(join(folder, name));
    expect(existsSync(path)).toBe(true);
  }, 60_000);

  it('takes assets from a second process while the first one writes, saves and copies', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'a.cshot');
    const file = ProjectFile.create(path, 'Shared');
    const engine = child({ path, seed: 1, from: 0, assets: 20 });
    let [ended, changes, slowest] = [false, 0, 0];
    void engine.then(() => (ended = true));
    while (!ended) {
      const before = performance.now();
      file.apply({ added: [pose(changes % POSES, changes)], updated: [], removed: [] });
      slowest = Math.max(slowest, performance.now() - before);
      if (changes % 50 === 0) await file.save();
      if (changes === 20) await file.copyTo(join(folder, 'copy.cshot'), { newId: true });
      changes++;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const { acks, signal } = await engine;
    expect(signal).toBeNull();
    const ids = acks.flatMap((ack) => (ack.kind === 'asset' ? [ack.id] : []));
    expect(ids).toHaveLength(20);
    for (const id of ids) expect(file.asset(id).length).toBe(2_500_000);
    expect(slowest).toBeLessThan(3000);
    file.close();
    expect(integrity(path)).toBe('ok');
    expect((await readdir(folder)).sort()).toEqual(['a.cshot', 'copy.cshot']);
  });
});
