import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contract } from '../../preload/contract/contract.ts';
import type { Bridge, Reply } from '../../preload/contract/wire.ts';
import { seededRandom } from '../helpers/random.ts';
import { startBrowser } from './host/browser.ts';
import { RunningStudio } from './host/running-studio.ts';

const UUID = '6f1f2c1e-6a52-4b56-9d5c-0f3a4d9d2f10';

const PACKED = {
  ...{ id: 'pose:0', type: 'pose', frame: 0, keypoints: 3, depths: null, original: null, keys: [], hidden: [] },
};

/** Everything that a page that fell into wrong hands could send. */
const GARBAGE: readonly unknown[] = [
  null,
  0,
  -1,
  1e308,
  '',
  '../../../../etc/passwd',
  'x'.repeat(100_000),
  [],
  [[[[[]]]]],
  {},
  { project: UUID },
  { project: '../../etc/passwd' },
  { project: UUID, change: { put: [{ id: '__proto__', type: 'pose' }], removed: [] } },
  { project: UUID, change: { put: [{ ...PACKED, numbers: new Uint8Array(24) }], removed: [] } },
  { project: UUID, change: { put: [{ ...PACKED, numbers: new Float64Array(3000), keypoints: 3000 }], removed: [] } },
  { project: UUID, change: { put: [{ ...PACKED, numbers: new Float64Array(3).fill(NaN) }], removed: [] } },
  { project: UUID, task: { kind: 'export', target: { kind: 'turntable', size: [1e9, 1e9] } } },
  { job: UUID },
  { job: `${UUID}/../..`, after: -1 },
  { model: UUID },
  { name: 'a'.repeat(10_000) },
  { link: 'file:///etc/passwd' },
  { text: 7 },
  { theme: 'javascript:alert(1)' },
  { constructor: { prototype: { polluted: true } } },
];

describe('a page in wrong hands', () => {
  const folder = mkdtempSync(join(tmpdir(), 'charactershot-test-'));
  let browser: Browser;
  let studio: RunningStudio;
  let page: Page;
  beforeAll(async () => {
    browser = await startBrowser();
    studio = await RunningStudio.start({ data: join(folder, 'data'), browser });
    ({ page } = studio);
    await page.getByRole('button', { name: 'New project' }).first().waitFor();
  });
  afterAll(async () => {
    await studio.quit();
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const call = (name: string, input: unknown): Promise<Reply> =>
    page.evaluate(([called, sent]) => (globalThis as unknown as { studio: Bridge }).studio.call(called, sent), [
      name,
      input,
    ] as const);

  it('sends garbage to every call, and gets data back each time', { timeout: 120_000 }, async () => {
    // Dialogs and the system's programs are for people.
    const calls = Object.entries(contract).flatMap(([feature, { calls: all }]) =>
      Object.keys(all).map((name) => `${feature}.${name}`),
    );
    const next = seededRandom(7);
    for (const name of [...calls, 'constructor', 'library.__proto__', '']) {
      for (const input of GARBAGE.filter(() => next() < 0.5)) {
        const reply = await call(name, input);
        expect(typeof reply.ok, name).toBe('boolean');
        if (!reply.ok) expect(reply.error.message, name).not.toMatch(/\/home\/|\/root\/|node_modules|at Object\./);
      }
    }
    expect((await call('studio.state', undefined)).ok).toBe(true);
  });

  it.each([
    '/asset/..%2f..%2f..%2fetc%2fpasswd',
    `/asset/${UUID}/${'0'.repeat(64)}`,
    `/asset/${UUID}/..%2f..%2flibrary.db`,
    '/..%2f..%2f..%2fpackage.json',
    '/%2e%2e/%2e%2e/package.json',
    '/assets/../../main/electron/main.js',
    '/thumbnail/x/0',
    '/%ff%fe',
    '/index.html%00.js',
  ])('finds nothing at %s', async (path) => {
    const status = await page.evaluate(async (address) => (await fetch(address)).status, path);
    expect([400, 404]).toContain(status);
  });

  it('can run nothing that is not of the studio', async () => {
    const before = studio.problems.length;
    const ran = await page.evaluate(async () => {
      const tries: (() => unknown)[] = [
        () => {
          const script = document.createElement('script');
          script.textContent = 'globalThis.ran = true';
          document.head.append(script);
        },
        () => new Worker(URL.createObjectURL(new Blob(['postMessage(1)']))),
        () => fetch('https://example.com/'),
        () => {
          const image = new Image();
          image.src = 'https://example.com/a.png';
        },
      ];
      for (const attempt of tries) {
        try {
          await attempt();
        } catch {
          // refused at once: as well
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 300));
      return (globalThis as { ran?: boolean }).ran ?? false;
    });
    expect(ran).toBe(false);
    expect(
      studio.problems.slice(before).filter((text) => text.includes('Content Security Policy')).length,
    ).toBeGreaterThanOrEqual(3);
  });

  it('a file that is no project is refused in one sentence', async () => {
    const path = join(folder, 'picture.cshot');
    writeFileSync(path, 'no project at all');
    studio.openFile(path);
    await expect.poll(() => studio.heard('error').length).toBe(1);
    expect(studio.heard('error')[0]?.text).toMatch(/^This project cannot be opened: .*picture\.cshot/);
  });
});
