import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../test/helpers/temporary-folder.ts';
import { LibraryDatabase } from './library/library-database.ts';
import { ProjectFile } from './project-file/project-file.ts';
import { Projects } from './projects.ts';
import { type AssetReply, rangeIn, serveAsset } from './serve-asset.ts';

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452000000100000001008060000001ff3ff61', 'hex');
const nobody = (): void => undefined;

async function setUp() {
  const folder = await temporaryFolder();
  const library = LibraryDatabase.open(folder);
  const projects = new Projects({ library, announceLibrary: nobody, announceProject: nobody });
  onTestFinished(() => {
    projects.closeAll();
    library.close();
  });
  const path = join(folder, 'projects', 'a.cshot');
  ProjectFile.create(path, 'A').close();
  const { id } = projects.register(path);
  projects.open(id, 1);
  const ask = (address: string, range: string | null = null) => serveAsset(projects, library, address, range);
  return { projects, id, ask, add: (bytes: Uint8Array) => projects.file(id).addAsset(bytes) };
}

async function bytesIn(reply: AssetReply | undefined): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  if (reply?.body instanceof Uint8Array) pieces.push(reply.body);
  else if (reply?.body) for await (const piece of reply.body) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe('assets for pages', () => {
  it('come as what they are, whole or a range of them', async () => {
    const { id, ask, add } = await setUp();
    const video = Buffer.concat([Buffer.from('000000186674797069736f6d', 'hex'), Buffer.alloc(2_000_000, 'v')]);
    const address = `/asset/${id}/${add(video)}`;
    const whole = ask(address);
    expect(whole).toMatchObject({ status: 200, headers: { 'Content-Type': 'video/mp4', 'Content-Length': '2000012' } });
    expect((await bytesIn(whole)).equals(video)).toBe(true);
    const part = ask(address, 'bytes=1048570-1048590');
    expect(part).toMatchObject({ status: 206, headers: { 'Content-Range': 'bytes 1048570-1048590/2000012' } });
    expect((await bytesIn(part)).equals(video.subarray(1048570, 1048591))).toBe(true);
    expect(ask(address, 'bytes=2000012-')?.status).toBe(416);
  });

  it.each(['<html><script>alert(1)</script>', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'GIF89a', ''])(
    'of another kind are no page: %s',
    async (text) => {
      const { id, ask, add } = await setUp();
      const headers = ask(`/asset/${id}/${add(Buffer.from(text))}`)?.headers;
      expect(headers?.['Content-Type']).toBe('application/octet-stream');
      expect(headers?.['X-Content-Type-Options']).toBe('nosniff');
    },
  );

  it('thumbnails are there when the project is closed', async () => {
    const { projects, id, ask } = await setUp();
    projects.setThumbnail(id, 0, PNG);
    await projects.close(id, 1);
    expect(ask(`/thumbnail/${id}/0`)).toMatchObject({
      status: 200,
      headers: { 'Content-Type': 'image/png' },
      body: PNG,
    });
    expect(ask(`/thumbnail/${id}/1`)?.status).toBe(404);
  });

  it('no path leads anywhere else', async () => {
    const { id, ask, add } = await setUp();
    const asset = add(PNG);
    for (const address of [
      `/asset/${id}/../../../etc/passwd`,
      `/asset/../${id}/${asset}`,
      `/asset/${id}/${asset}/`,
      `/asset/${id}/${asset.toUpperCase()}`,
      `/asset/${id}/${asset}%00`,
      `/asset/${id}/${asset}\n`,
      `/asset//${asset}`,
      '/asset/__proto__/constructor',
      `/thumbnail/${id}/-1`,
      `/thumbnail/${id}/1e1`,
      '/asset',
    ]) {
      expect([address, ask(address)?.status]).toEqual([address, 404]);
    }
    expect(ask('/index.html')).toBeUndefined();
    expect(ask('/assets/index.js')).toBeUndefined();
  });
});

it.each([
  ['bytes=0-9', { start: 0, end: 10 }],
  ['bytes=90-', { start: 90, end: 100 }],
  ['bytes=-10', { start: 90, end: 100 }],
  ['bytes=-1000', { start: 0, end: 100 }],
  ['bytes=50-1000', { start: 50, end: 100 }],
  ['bytes=100-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=9-3', undefined],
  ['bytes=0-1,5-6', undefined],
  ['bytes=-', undefined],
  ['lines=1-2', undefined],
  ['bytes=99999999999999999999-', undefined],
  [null, undefined],
])('the range %j of 100 bytes', (header, range) => {
  expect(rangeIn(header, 100)).toEqual(range);
});
