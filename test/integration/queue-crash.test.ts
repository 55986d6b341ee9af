import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { LibraryDatabase } from '../../main/studio/library/library-database.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import type { QueueAck, QueueOrder } from './queue-child.ts';

const CHILD = fileURLToPath(new URL('queue-child.ts', import.meta.url));
const KILLS = 6;

/** What a child acknowledged until it was killed, `killAfter` ms after it had begun. */
function acknowledged(order: QueueOrder, killAfter: number): Promise<readonly QueueAck[]> {
  return new Promise((resolve, reject) => {
    const acks: QueueAck[] = [];
    const child = fork(CHILD, [JSON.stringify(order)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    child.on('message', (message) => {
      acks.push(message as QueueAck);
      if (acks.length === 1) setTimeout(() => child.kill('SIGKILL'), killAfter);
    });
    child.on('error', reject);
    child.on('close', () => {
      resolve(acks);
    });
  });
}

it(`a queue whose program is killed ${KILLS} times has every job that was acknowledged, each in a place of its own`, async () => {
  const folder = await temporaryFolder();
  const known = new Map<string, boolean>();
  for (let seed = 0; seed < KILLS; seed++) {
    const acks = await acknowledged({ folder, seed }, 20 + 30 * seed);
    for (const { job, isThere = false } of acks) if (job !== undefined) known.set(job, isThere);
    const library = LibraryDatabase.open(folder);
    const jobs = library.jobs.load();
    library.close();
    expect(library.notices).toEqual([]);
    const states = new Map(jobs.map(({ job }) => [job.id, job.state]));
    // One may have been removed whose acknowledgement did not get through.
    const missing = [...known].filter(([id, isThere]) => isThere && !states.has(id));
    expect(missing.length).toBeLessThanOrEqual(1);
    for (const [id] of missing) known.delete(id);
    for (const [id, isThere] of known) if (!isThere) expect(states.has(id)).toBe(false);
    const waiting = jobs.filter(({ job }) => job.state === 'waiting');
    expect(new Set(waiting.map(({ order }) => order)).size).toBe(waiting.length);
    // A job goes together with the one it waits for.
    for (const { after } of waiting) if (after !== null) expect(states.get(after) ?? 'waiting').toBe('waiting');
  }
  expect(known.size).toBeGreaterThan(KILLS * 3);
});
