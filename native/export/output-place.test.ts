import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkOutputFile, checkOutputFolder, writeFolder } from './output-place.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'output-place-'));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

const write = (text: string) => (folder: string) => writeFile(join(folder, 'frame_00001.ply'), text);

describe('writeFolder', () => {
  it('makes the folder, with those above it', async () => {
    const out = join(root, 'a/b/ply');
    await writeFolder(out, 'ply-sequence', write('one'));
    expect(await readFile(join(out, 'frame_00001.ply'), 'utf8')).toBe('one');
  });

  it('replaces what it wrote before, and leaves nothing of it', async () => {
    const out = join(root, 'ply');
    await writeFolder(out, 'ply-sequence', (folder) => writeFile(join(folder, 'frame_00002.ply'), 'old'));
    await writeFolder(out, 'ply-sequence', write('new'));
    expect((await readdir(out)).filter((name) => name.endsWith('.ply'))).toEqual(['frame_00001.ply']);
    expect(await readdir(root)).toEqual(['ply']);
  });

  it('leaves everything as it was when the work fails', async () => {
    const out = join(root, 'ply');
    await writeFolder(out, 'ply-sequence', write('old'));
    const failing = writeFolder(out, 'ply-sequence', async (folder) => {
      await write('new')(folder);
      throw new Error('no luck');
    });
    await expect(failing).rejects.toThrow('no luck');
    expect(await readFile(join(out, 'frame_00001.ply'), 'utf8')).toBe('old');
    expect(await readdir(root)).toEqual(['ply']);
  });

  it('takes an empty folder', async () => {
    const out = join(root, 'empty');
    await mkdir(out);
    await writeFolder(out, 'pictures', write('one'));
    expect(await readdir(out)).toContain('frame_00001.ply');
  });

  it.each(['clip', 'pictures'] as const)('never replaces a folder that it did not write as %s', async (kind) => {
    const out = join(root, 'mine');
    await mkdir(out);
    await writeFile(join(out, 'frame_00001.ply'), 'precious');
    await expect(writeFolder(out, kind, write('new'))).rejects.toThrow('holds other files');
    expect(await readFile(join(out, 'frame_00001.ply'), 'utf8')).toBe('precious');
  });
});

describe('checkOutputFolder', () => {
  it('refuses a file and what lies below one', async () => {
    const file = join(root, 'file');
    await writeFile(file, '');
    await expect(checkOutputFolder(file, 'clip')).rejects.toThrow('is no folder');
    await expect(checkOutputFolder(join(file, 'deep/out'), 'clip')).rejects.toThrow(`because ${file} is no folder`);
  });

  it('leaves no trace', async () => {
    await checkOutputFolder(join(root, 'a/b'), 'clip');
    expect(await readdir(root)).toEqual([]);
  });
});

describe('checkOutputFile', () => {
  it('lets a file of its kind be replaced, and nothing else', async () => {
    const video = join(root, 'a.mp4');
    await checkOutputFile(video, 'video');
    await writeFile(video, '\0\0\0\u0020ftypisom');
    await checkOutputFile(video, 'video');
    await writeFile(video, 'a letter to a friend');
    await expect(checkOutputFile(video, 'video')).rejects.toThrow('exists and is no MP4 video');
    await expect(checkOutputFile(root, 'scene')).rejects.toThrow('exists and is no scene');
  });
});
