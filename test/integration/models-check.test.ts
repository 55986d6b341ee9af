import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isRecord, type JsonRecord } from '../../core/formats/json.ts';
import { inspectCheckpoint, type CheckpointReport } from '../../native/inference/checkpoint/inspect.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { writePt } from '../helpers/toy-checkpoint/write-pt.ts';
import { writeToyCheckpoint } from '../helpers/toy-checkpoint.ts';
import { runCli } from './run-cli.ts';

const RECORDS = '.cache/huggingface/download';
const TRANSFORMER = 'transformer/diffusion_pytorch_model';
const SHARD = `${TRANSFORMER}-00002-of-00003.safetensors`;
const INDEX = `${TRANSFORMER}.safetensors.index.json`;

async function toy(options: Parameters<typeof writeToyCheckpoint>[1] = {}): Promise<string> {
  const folder = await temporaryFolder();
  await writeToyCheckpoint(folder, options);
  return folder;
}

/** Writes what the hub's client leaves behind for a file. */
async function record(folder: string, file: string, hash: string): Promise<void> {
  const path = join(folder, RECORDS, `${file}.metadata`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `36599f5000000000000000000000000000000000\n${hash}\n1732000000.5\n`);
}

const sha256 = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

/** Changes one byte in the middle of a file, as a bad disk would. */
async function flip(path: string): Promise<void> {
  const file = await open(path, 'r+');
  const at = Math.floor((await file.stat()).size / 2);
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
  await file.write(Buffer.from([(buffer[0] ?? 0) ^ 1]), 0, 1, at);
  await file.close();
}

async function changeJson(path: string, change: (record: JsonRecord) => JsonRecord): Promise<void> {
  const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
  if (!isRecord(parsed)) throw new TypeError(`${path} is no object`);
  await writeFile(path, JSON.stringify(change(parsed)));
}

const hashOf = ({ hashes }: CheckpointReport, file: string) => hashes?.find((hash) => hash.file === file);

describe('hashes', () => {
  it('are compared with what the download left behind, and the files without are told apart', async () => {
    const folder = await toy();
    await record(folder, SHARD, await sha256(join(folder, SHARD)));
    // Git's own hash of these six bytes.
    await writeFile(join(folder, 'scheduler/README'), 'hello\n');
    await record(folder, 'scheduler/README', '"ce013625030ba8dba906f756967f9e9ca394464a"');
    await record(folder, 'camera_guider.pt', 'an etag of another kind');
    const report = await inspectCheckpoint(folder, { hash: true });
    expect(report).toMatchObject({ ok: true, findings: [] });
    expect(hashOf(report, 'scheduler/README')).toEqual({
      ...{ file: 'scheduler/README', bytes: 6, algorithm: 'git-sha1' },
      ...{ hash: 'ce013625030ba8dba906f756967f9e9ca394464a', expected: 'ce013625030ba8dba906f756967f9e9ca394464a' },
    });
    const guider = join(folder, 'camera_guider.pt');
    expect(hashOf(report, 'camera_guider.pt')).toMatchObject({ hash: await sha256(guider), expected: null });
    expect(report.hashes?.filter(({ expected }) => expected !== null)).toHaveLength(2);

    await flip(join(folder, SHARD));
    const { ok, findings } = await inspectCheckpoint(folder, { hash: true });
    expect(ok).toBe(false);
    expect(findings).toEqual([
      expect.stringMatching(/00002-of-00003.safetensors is not what the hub has: its SHA-256/),
    ]);
    // Nothing else can see it.
    expect((await inspectCheckpoint(folder)).ok).toBe(true);
  });

  it.skipIf(process.platform === 'win32')('are the names of the files in the cache of the hub', async () => {
    const folder = await toy();
    const blob = join(folder, 'blobs', await sha256(join(folder, SHARD)));
    await mkdir(dirname(blob));
    await rename(join(folder, SHARD), blob);
    await symlink(blob, join(folder, SHARD));
    expect(await inspectCheckpoint(folder, { hash: true })).toMatchObject({ ok: true });
    await flip(blob);
    const { findings } = await inspectCheckpoint(folder, { hash: true });
    expect(findings).toEqual([expect.stringContaining('is not what the hub has')]);
  });

  // Windows knows no such signal: it would end the process.
  it.skipIf(process.platform === 'win32')('can be stopped half-way with Ctrl+C', async () => {
    const folder = await toy({ size: 'published', numbers: 'none', dtype: 'BF16', kind: '2d' });
    const { code, stdout, stderr } = await runCli(['models', 'check', folder, '--hash'], {
      onStart: (child) => child.stderr?.on('data', (data: Buffer) => data.includes('Hashing') && child.kill('SIGINT')),
    });
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toContain('Stopped; the hashes were not all looked at.');
  });
});

describe('one document with all findings', () => {
  const check = async (folder: string): Promise<CheckpointReport> => {
    const { code, stdout, stderr } = await runCli(['models', 'check', folder, '--json', '--quiet']);
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    return JSON.parse(stdout) as CheckpointReport;
  };

  it('however many there are', async () => {
    const folder = await toy();
    await changeJson(join(folder, 'transformer/config.json'), (config) => ({ ...config, num_layers: 5 }));
    const { ok, findings, kind, modules } = await check(folder);
    expect({ ok, kind, modules: modules.length }).toEqual({ ok: false, kind: '4d', modules: 3 });
    // A block of the 4D transformer has 40 tensors.
    expect(findings).toHaveLength(120);
  });

  it('also of a folder that cannot be opened as a checkpoint', async () => {
    const folder = await toy();
    await rm(join(folder, SHARD));
    const half = join(folder, RECORDS, 'transformer/abc.def.incomplete');
    await mkdir(dirname(half), { recursive: true });
    await writeFile(half, 'half');
    const { ok, findings, modules } = await check(folder);
    expect({ ok, modules }).toEqual({ ok: false, modules: [] });
    expect(findings).toEqual([
      expect.stringMatching(/lacks diffusion_pytorch_model-00002-of-00003.safetensors, which/),
      expect.stringMatching(/abc.def.incomplete is half a download \(4 bytes so far\)/),
    ]);
  });
});

describe('findings that no header shows', () => {
  it('an index that its files do not bear out', async () => {
    const folder = await toy();
    const moved = 'transformer_blocks.0.attn1.to_q.bias';
    await changeJson(join(folder, INDEX), ({ weight_map: map }) => {
      const rest = Object.entries(isRecord(map) ? map : {}).filter(([name]) => name !== 'proj_out.bias');
      const file = 'diffusion_pytorch_model-00003-of-00003.safetensors';
      const weight_map = { ...Object.fromEntries(rest), [moved]: file };
      return { metadata: { total_size: 5 }, weight_map };
    });
    await writeFile(join(folder, `${TRANSFORMER}-00004-of-00004.safetensors`), '');
    const { findings } = await inspectCheckpoint(folder);
    expect(findings).toEqual([
      expect.stringMatching(/^transformer: .*-00004-of-00004.safetensors is not named by/),
      expect.stringMatching(new RegExp(`^transformer: ${moved} lies in .*-00001-of-.*, not in .*-00003-of-`)),
      expect.stringMatching(/^transformer: proj_out.bias lies in .*-00003-of-.* and is not in .*index.json/),
      expect.stringMatching(/index.json speaks of 5 bytes of tensors, but its files hold \d+/),
    ]);
  });

  it('ray embeddings of another size, with numbers that are none, unreadable or too many', async () => {
    const folder = await toy();
    const write = (view: number, shape: number[], value: number): Promise<void> => {
      const values = new Float32Array(shape.reduce((a, b) => a * b)).fill(value);
      return writeFile(join(folder, `camera_embs/${view}.pt`), writePt({ shape, values }, `${view}`));
    };
    await write(3, [6, 40, 80], 1);
    await write(7, [6, 48, 80], NaN);
    await writeFile(join(folder, 'camera_embs/9.pt'), 'no pickle');
    await write(21, [6, 48, 80], 1);
    const { findings } = await inspectCheckpoint(folder);
    expect(findings).toEqual([
      'camera_embs/3.pt has shape [6, 40, 80] instead of [6, 48, 80]',
      'camera_embs/7.pt has numbers that are not finite',
      expect.stringMatching(/9.pt cannot be read as a PyTorch file/),
      'camera_embs has 21.pt besides the 21 views of the ring',
    ]);
  });

  it('tensors of the camera guider that are missing, misshapen or without use', async () => {
    const folder = await toy();
    const tensors = new Map([
      ['module.layer.0.weight', { shape: [1], values: Float32Array.of(1) }],
      ['module.other', { shape: [1], values: Float32Array.of(1) }],
    ]);
    await writeFile(join(folder, 'camera_guider.pt'), writePt(tensors, 'camera_guider'));
    const { findings } = await inspectCheckpoint(folder);
    expect(findings).toHaveLength(15);
    expect(findings[0]).toBe('camera_guider.pt: layer.0.weight has shape [1] instead of [16, 6, 3, 3]');
    expect(findings[1]).toBe('camera_guider.pt: layer.0.bias [16] is missing');
    expect(findings[14]).toBe('camera_guider.pt: module.other is of no use to this network');
  });
});
