import { cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRecord } from '../../core/formats/json.ts';
import { readClip } from '../../native/media/clip-folder.ts';
import { writeToyCheckpoint } from '../helpers/toy-checkpoint.ts';
import { runCli, type CliResult } from './run-cli.ts';

const EXAMPLE = join(import.meta.dirname, '../../assets/examples/charactershot');
const IMAGE = join(EXAMPLE, 'views/view0.png');
const SHARD = 'transformer/diffusion_pytorch_model-00002-of-00003.safetensors';

let root: string;
const at = (name: string): string => join(root, name);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cli-networks-'));
  await writeToyCheckpoint(at('4d'));
  await writeToyCheckpoint(at('2d'), { kind: '2d' });
});
afterAll(() => rm(root, { recursive: true, force: true }));

const env = () => ({ CHARACTERSHOT_CACHE: at('cache') });

/** `generate` with the networks; `more` has the last word. */
function generate(model: string, out: string, more: readonly string[] = [], options = {}): Promise<CliResult> {
  const args = ['--generator', 'charactershot', '--model', at(model), '--image', IMAGE, '--poses', 'wave'];
  const run = ['--provider', 'cpu', '--size', '48', '--steps', '2', '--out', at(out)];
  return runCli(['generate', ...args, ...run, ...more], { env: env(), ...options });
}

const VIEWS = ['--views', join(EXAMPLE, 'views')];

describe('the networks of a checkpoint', () => {
  it('make a clip of 21 views from the published example, which a scene is made of', async () => {
    const example = ['--poses', join(EXAMPLE, 'poses'), ...VIEWS];
    const { code, stdout, stderr } = await generate('4d', 'clip', [...example, '--json']);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ views: 21, frames: 25, width: 48, height: 48 });
    expect(stderr).toMatch(/The networks run on the processor in float32, .* GB of memory, for about \d+ seconds\./);
    const clip = await readClip(at('clip'));
    expect(clip.images.map((frames) => frames.length)).toEqual(Array.from({ length: 21 }, () => 25));
    const pictures = new Set(clip.images.flat().map((rgb) => Buffer.from(rgb).toString('latin1')));
    expect(pictures.size).toBe(21 * 25);
    // What was kept for going on is gone.
    expect(await readdir(at('cache/inference'))).toEqual([]);

    const scene = await runCli([
      'optimize',
      '--clip',
      at('clip'),
      '--out',
      at('toy.4dgs'),
      '--iterations',
      '20',
      '--json',
    ]);
    expect(scene.code, scene.stderr).toBe(0);
    expect(existsSync(at('toy.4dgs'))).toBe(true);
  });

  const ONE_VIEW = ['--steps', '6', '--frames', '9'];

  it('of the 2D model make one view', async () => {
    const { code, stdout, stderr } = await generate('2d', 'whole', [...ONE_VIEW, '--json']);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ views: 1, frames: 9 });
    const { images } = await readClip(at('whole'));
    expect(images.map((frames) => frames.length)).toEqual([9]);
  });

  it('go on after a kill and come to the same clip', async () => {
    let killed = false;
    const stopped = await generate('2d', 'resumed', ONE_VIEW, {
      onStart: (child: { readonly kill: (signal: 'SIGKILL') => void }) => {
        const watch = setInterval(() => {
          void statesIn(at('cache/inference')).then((states) => {
            if (!states.includes('group-0.state') || killed) return;
            killed = true;
            clearInterval(watch);
            child.kill('SIGKILL');
          });
        }, 10);
      },
    });
    expect(stopped.code).toBeNull();
    expect(existsSync(at('resumed'))).toBe(false);
    const again = await generate('2d', 'resumed', ONE_VIEW);
    expect(again.code, again.stderr).toBe(0);
    // The poses' latents were kept: they are not encoded again.
    expect(again.stderr).not.toContain('Encoding the poses');
    expect((await readClip(at('resumed'))).images).toEqual((await readClip(at('whole'))).images);
  });

  it('make other pictures for another seed', async () => {
    const other = await generate('2d', 'other', [...ONE_VIEW, '--seed', '2']);
    expect(other.code, other.stderr).toBe(0);
    expect((await readClip(at('other'))).images).not.toEqual((await readClip(at('whole'))).images);
  });
});

describe('bad input', () => {
  it.each<[string, () => Promise<readonly [model: string, more: readonly string[]]>, RegExp]>([
    [
      'no checkpoint',
      async () => {
        await mkdir(at('empty'));
        return ['empty', VIEWS];
      },
      /empty holds no checkpoint of CharacterShot/,
    ],
    [
      'the 2D model for 21 views',
      () => Promise.resolve(['2d', VIEWS]),
      /2d holds the 2D model, which makes one view; leave out --views/,
    ],
    [
      'more frames than the networks make',
      () => Promise.resolve(['4d', [...VIEWS, '--frames', '26']]),
      /The networks make 25 frames, not 26/,
    ],
    [
      '20 views',
      async () => {
        await cp(join(EXAMPLE, 'views'), at('views20'), { recursive: true });
        await rm(at('views20/view20.png'));
        return ['4d', ['--views', at('views20')]];
      },
      /views20 lacks the picture of view 20; the ring has 21/,
    ],
    [
      'half a shard',
      async () => {
        await cp(at('4d'), at('half'), { recursive: true });
        await truncate(join(at('half'), SHARD), 100_000);
        return ['half', VIEWS];
      },
      /00002-of-00003.safetensors has only .*: the download stopped half-way; fetch it again/,
    ],
    [
      'a missing shard',
      async () => {
        await cp(at('4d'), at('lacking'), { recursive: true });
        await rm(join(at('lacking'), SHARD));
        return ['lacking', VIEWS];
      },
      /lacks diffusion_pytorch_model-00002-of-00003.safetensors, which .*index.json names/,
    ],
    [
      'a 2D transformer in a 4D folder',
      async () => {
        await cp(at('4d'), at('claims'), { recursive: true });
        await rm(join(at('claims'), 'transformer'), { recursive: true });
        await cp(at('2d/transformer'), join(at('claims'), 'transformer'), { recursive: true });
        return ['claims', VIEWS];
      },
      /claims calls itself the 4D model .* but its transformer is the 2D one/,
    ],
    [
      'a LoRA',
      async () => {
        await mkdir(at('style'));
        await writeFile(join(at('style'), 'pytorch_lora_weights.safetensors'), 'x');
        return ['style', VIEWS];
      },
      /style is a LoRA/,
    ],
    [
      'a pickle that imports something',
      async () => {
        await cp(at('4d'), at('evil'), { recursive: true });
        const pickle = Buffer.from('\x80\x02cposix\nsystem\nq\x00X\x04\x00\x00\x00trueq\x01\x85q\x02Rq\x03.', 'latin1');
        await writeFile(join(at('evil'), 'camera_guider.pt'), pickle);
        return ['evil', VIEWS];
      },
      /camera_guider.pt cannot be read as a PyTorch file: /,
    ],
    [
      'a missing ray embedding',
      async () => {
        await cp(at('4d'), at('rays'), { recursive: true });
        await rm(join(at('rays'), 'camera_embs/20.pt'));
        return ['rays', VIEWS];
      },
      /rays holds the 4D model but lacks camera_embs.20.pt; fetch/,
    ],
    [
      'a model of the family that takes no pictures',
      async () => {
        await cp(at('2d'), at('text-only'), { recursive: true });
        const path = join(at('text-only'), 'transformer/config.json');
        const config: unknown = JSON.parse(await readFile(path, 'utf8'));
        if (isRecord(config)) await writeFile(path, JSON.stringify({ ...config, in_channels: 16 }));
        return ['text-only', []];
      },
      /config.json has in_channels 16 and out_channels 16 where CharacterShot has 32 and 16/,
    ],
    [
      'another model',
      async () => {
        await cp(at('4d'), at('other'), { recursive: true });
        const path = join(at('other'), 'transformer/config.json');
        const config: unknown = JSON.parse(await readFile(path, 'utf8'));
        if (isRecord(config)) await writeFile(path, JSON.stringify({ ...config, ofs_embed_dim: 512 }));
        return ['other', VIEWS];
      },
      /config.json has ofs_embed_dim 512 where CharacterShot has null/,
    ],
  ])('%s: one sentence', async (_, prepare, sentence) => {
    const [model, more] = await prepare();
    const { code, stdout, stderr } = await generate(model, 'never', [...more, '--quiet']);
    expect(stderr).toMatch(sentence);
    const told = stderr
      .trim()
      .split('\n')
      .filter((line) => !/^The (poses|networks) (are resampled|run on)/.test(line));
    expect(told).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(existsSync(at('never'))).toBe(false);
  });

  it('refuses to make a scene of the one view of the 2D model', async () => {
    const args = ['--generator', 'charactershot', '--model', at('2d'), '--image', IMAGE, '--poses', 'wave'];
    const { code, stderr } = await runCli(['run', ...args, '--out', at('never'), '--quiet'], { env: env() });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^The 2D model makes one view, and a scene needs several; /);
    expect(existsSync(at('never'))).toBe(false);
  });

  it('asks for a checkpoint, and for the generator that it belongs to', async () => {
    const common = ['--image', IMAGE, '--poses', 'dance', '--out', at('never')];
    const without = await runCli(['generate', ...common, '--generator', 'charactershot']);
    expect(without).toMatchObject({ code: 2, stdout: '' });
    expect(without.stderr).toMatch(/takes --model, the folder of the published checkpoint/);
    const puppet = await runCli(['generate', ...common, '--steps', '4']);
    expect(puppet).toMatchObject({ code: 2, stdout: '' });
    expect(puppet.stderr).toMatch(/--steps belongs to --generator charactershot/);
  });
});

describe('models check', () => {
  it('lists what a checkpoint holds and how it would run', async () => {
    const { code, stdout, stderr } = await runCli(['models', 'check', at('4d'), '--json'], { env: env() });
    expect(code, stderr).toBe(0);
    const report: unknown = JSON.parse(stdout);
    expect(report).toMatchObject({ kind: '4d', plan: expect.stringContaining('The networks run on') as string });
    const names =
      isRecord(report) && Array.isArray(report.modules) ? report.modules.map(({ name }: { name: string }) => name) : [];
    expect(names).toEqual(['transformer', 'vae', 'text_encoder']);
    expect(report).toMatchObject({
      ...{ ok: true, findings: [] },
      rays: expect.stringMatching(
        /^The ray embeddings follow a convention: moment, direction; moment o x d;/,
      ) as string,
    });
  });

  it('names every tensor that is amiss', async () => {
    await cp(at('4d'), at('misshapen'), { recursive: true });
    const path = join(at('misshapen'), 'transformer/config.json');
    const config: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (isRecord(config)) await writeFile(path, JSON.stringify({ ...config, num_layers: 3 }));
    const { code, stdout, stderr } = await runCli(['models', 'check', at('misshapen'), '--quiet'], { env: env() });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('transformer_blocks.2.attn1.to_q.weight [80, 80] is missing');
    expect(stderr).toContain('transformer_blocks.2.ff.net.2.bias [80] is missing');
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

const statesIn = async (folder: string): Promise<string[]> => {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names.map((name) => name.split('/').at(-1) ?? '');
};
