import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeCameras } from '../../core/formats/cameras.ts';
import { writeScene } from '../../core/formats/scene.ts';
import { writeClip } from '../../native/media/clip-folder.ts';
import { encodePng } from '../../native/media/png.ts';
import { runCli } from './run-cli.ts';
import { tinyClip } from './tiny-clip.ts';
import { tinyScene } from './tiny-scene.ts';

const COMMANDS = ['run', 'poses', 'generate', 'optimize', 'render', 'export', 'evaluate', 'doctor'];

let root: string;
let clip: string;
let scene: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cli-'));
  clip = join(root, 'clip');
  scene = join(root, 'scene.4dgs');
  await writeClip(clip, tinyClip());
  await writeFile(scene, writeScene(tinyScene()));
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

/** Placeholders stand for paths that exist only once the tests run. */
const fill = (args: string): string[] =>
  args.split(' ').map((arg) => arg.replace('CLIP', clip).replace('SCENE', scene).replace('TMP', root));

const one = (sentence: string): RegExp => new RegExp(`^${sentence}\n$`);

describe('help', () => {
  it.each(COMMANDS)('of %s goes to stdout', async (command) => {
    const { code, stdout, stderr } = await runCli([command, '--help']);
    expect(stdout).toContain(`Usage: charactershot ${command}`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('lists the commands', async () => {
    const { code, stdout } = await runCli(['--help']);
    for (const command of COMMANDS) expect(stdout).toContain(`  ${command} `);
    expect(code).toBe(0);
  });

  it('goes to stderr when no command is given', async () => {
    const { code, stdout, stderr } = await runCli([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: charactershot');
  });
});

describe('wrong arguments end with 2, one sentence, and nothing done', () => {
  it.each([
    [
      'paint',
      /^Unknown command 'paint'; the commands are run, poses, generate, optimize, render, export, evaluate, models, doctor\.\n$/,
    ],
    ['optimize --clip CLIP', one("Required option '--out <file>' not specified; see --help.")],
    ['optimize --clip TMP/none --out TMP/o.4dgs', one('--clip names .*none, but there is no such file or folder.')],
    ['optimize --clip CLIP --out TMP/o.ply', one('--out takes a name ending in .4dgs, not ".*o.ply".')],
    [
      'optimize --clip CLIP --out TMP/o.4dgs --preset fast',
      one('--preset takes draft or standard or paper, not "fast".'),
    ],
    ['optimize --clip CLIP --out TMP/o.4dgs --holdout 1,1', one('--holdout names view 1 twice.')],
    ['optimize --clip CLIP --out TMP/o.4dgs --holdout 4', one('--holdout names view 4, but .*clip has views 0 to 3.')],
    ['optimize --clip CLIP --out TMP/o.4dgs --holdout 0,1,2,3', one('--holdout leaves no view to learn from.')],
    [
      'optimize --clip CLIP --out TMP/o.4dgs --iterations 0',
      one('--iterations takes a whole number from 1 to .*, not "0".'),
    ],
    ['optimize --clip CLIP --out TMP/o.4dgs --seed NaN', one('--seed takes a whole number from 0 to .*, not "NaN".')],
    ['optimize --clip CLIP --out TMP/o.4dgs --seed=-1', one('--seed takes a whole number from 0 to .*, not "-1".')],
    [
      'optimize --clip CLIP --out TMP/o.4dgs --threads two',
      one('--threads takes a whole number from 1 to .*, not "two".'),
    ],
    ['optimize --clip CLIP --out TMP/o.4dgs --fast', one("Unknown option '--fast'.*; see --help.")],
    ['optimize --clip CLIP --out TMP/o.4dgs more', /too many arguments|Too many arguments/],
    ['render --scene SCENE --out TMP/o', one('render takes either --cameras or --turntable.')],
    ['render --scene SCENE --turntable --cameras CLIP/cameras.json --out TMP/o', one('render takes either .*')],
    [
      'render --scene SCENE --turntable --out TMP/o --size 0',
      one('--size takes WIDTHxHEIGHT or one number, .*, not "0".'),
    ],
    ['render --scene SCENE --turntable --out TMP/o --size 10x', one('--size takes .*, not "10x".')],
    ['render --scene SCENE --turntable --out TMP/o --size=-5', one('--size takes .*, not "-5".')],
    ['render --scene SCENE --turntable --out TMP/o --time 2', one('--time takes a number from 0 to 1, not "2".')],
    ['render --scene SCENE --turntable --out TMP/o --frames 3 --seconds 1', one('--frames and --seconds both say .*')],
    [
      'render --scene SCENE --cameras CLIP/cameras.json --out TMP/o.mp4',
      one('--out takes a folder for the 4 cameras .*'),
    ],
    ['render --scene TMP/none.4dgs --turntable --out TMP/o', one('--scene names .*none.4dgs, but there is no .*')],
    ['export --scene SCENE --format glb --out TMP/o', one('--format takes ply, not "glb".')],
    [
      'export --scene SCENE --format ply --out TMP/o --frames 2-4',
      one('--frames asks for frame 4, but .* has frames 1 to 3.'),
    ],
    [
      'export --scene SCENE --format ply --out TMP/o --frames 0-2',
      one('--frames takes frames counted from 1, .*, not "0-2".'),
    ],
    ['evaluate --scene SCENE --b CLIP', one('evaluate takes either --scene and --clip, or --a and --b.')],
    ['evaluate --a CLIP --b CLIP --views 7', one('--views names view 7, but .*clip has views 0 to 3.')],
  ])('%s', async (args, sentence) => {
    const { code, stdout, stderr } = await runCli([...fill(args), ...(args === 'paint' ? [] : ['--quiet'])]);
    expect(stderr).toMatch(sentence);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect((await readdir(root)).sort()).toEqual(['clip', 'scene.4dgs']);
  });
});

describe('bad input ends with 1, one sentence that names the file, and no output', () => {
  const damageClip = async (damage: (folder: string) => Promise<unknown>): Promise<string> => {
    const folder = join(await mkdtemp(join(root, 'bad-')), 'clip');
    await cp(clip, folder, { recursive: true });
    await damage(folder);
    return folder;
  };

  it.each<[string, (folder: string) => Promise<unknown>, RegExp]>([
    ['a missing frame', (folder) => rm(join(folder, 'view02/frame_00002.png')), /View 2 lacks frame 2 /],
    [
      'a picture of another size',
      (folder) => writeFile(join(folder, 'view01/frame_00003.png'), encodePng(new Uint8Array(32 * 32 * 3), 32, 32)),
      /view01.frame_00003.png is 32x32, the first picture 48x48/,
    ],
    [
      'fewer cameras than views',
      (folder) => writeFile(join(folder, 'cameras.json'), writeCameras(tinyClip({ views: 4 }).cameras.slice(0, 3))),
      /cameras.json has no camera for view 3/,
    ],
    [
      'a truncated picture',
      (folder) => truncate(join(folder, 'view03/frame_00001.png'), 90),
      /view03.frame_00001.png is a damaged/,
    ],
    [
      'a truncated camera file',
      (folder) => truncate(join(folder, 'cameras.json'), 90),
      /cameras.json is not valid JSON/,
    ],
    [
      'a camera that is not a number',
      async (folder) => {
        const file = join(folder, 'cameras.json');
        await writeFile(file, (await readFile(file, 'utf8')).replace(/"fx": [\d.]+/, '"fx": NaN'));
      },
      /cameras.json is not valid JSON/,
    ],
    ['no cameras at all', (folder) => rm(join(folder, 'cameras.json')), /clip has no cameras.json/],
    [
      'no views',
      async (folder) => {
        for (let view = 0; view < 4; view++) await rm(join(folder, `view0${view}`), { recursive: true });
      },
      /has no views/,
    ],
  ])('a clip with %s', async (_, damage, sentence) => {
    const folder = await damageClip(damage);
    const out = join(folder, '../out.4dgs');
    const { code, stdout, stderr } = await runCli(['optimize', '--clip', folder, '--out', out, '--quiet']);
    expect(stderr).toMatch(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(await readdir(join(folder, '..'))).toEqual(['clip']);
  });

  it.each<[string, () => Uint8Array, RegExp]>([
    [
      'from a newer version',
      () => bytesReplaced('"version":"1"', '"version":"9"'),
      /bad.4dgs was written by a newer version/,
    ],
    ['with NaN', () => withNaN(), /bad.4dgs.*means/],
    ['that is truncated', () => writeScene(tinyScene()).slice(0, -10), /bad.4dgs.*safetensors/],
    [
      'that is something else',
      () => new TextEncoder().encode('once upon a time there was a file'),
      /bad.4dgs.*safetensors/,
    ],
  ])('a scene %s', async (_, bytes, sentence) => {
    const folder = await mkdtemp(join(root, 'bad-'));
    const file = join(folder, 'bad.4dgs');
    await writeFile(file, bytes());
    const args = ['export', '--scene', file, '--format', 'ply', '--out', join(folder, 'ply'), '--quiet'];
    const { code, stdout, stderr } = await runCli(args);
    expect(stderr).toMatch(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(await readdir(folder)).toEqual(['bad.4dgs']);
  });

  it.each([
    [
      'optimize --clip CLIP --out SCENE/below/out.4dgs',
      /^--out is not possible: .* is no folder; choose another place\.\n$/,
    ],
    [
      'render --scene SCENE --turntable --out SCENE/below',
      /^--out is not possible: .* is no folder; choose another place\.\n$/,
    ],
    ['export --scene SCENE --format ply --out SCENE', /^--out is not possible: .*scene.4dgs exists and is no folder/],
    ['export --scene SCENE --format ply --out CLIP', /^--out is not possible: .*clip holds other files/],
    ['render --scene SCENE --turntable --out CLIP', /^--out is not possible: .*clip holds other files/],
  ])('an output that cannot be: %s', async (args, sentence) => {
    const before = await readdir(root, { recursive: true });
    const { code, stdout, stderr } = await runCli([...fill(args), '--quiet']);
    expect(stderr).toMatch(sentence);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(await readdir(root, { recursive: true })).toEqual(before);
  });

  it('that must not be overwritten', async () => {
    const folder = await mkdtemp(join(root, 'bad-'));
    const out = join(folder, 'novel.4dgs');
    await writeFile(out, 'chapter one');
    const { code, stderr } = await runCli(['optimize', '--clip', clip, '--out', out, '--quiet']);
    expect(stderr).toMatch(/novel.4dgs exists and is no scene/);
    expect(code).toBe(1);
    expect(await readFile(out, 'utf8')).toBe('chapter one');
  });

  it('shows where it happened only to those who debug', async () => {
    const args = ['evaluate', '--a', clip, '--b', root];
    const [plain, debug] = [await runCli(args), await runCli(args, { env: { CHARACTERSHOT_DEBUG: '1' } })];
    expect(plain.stderr).not.toContain('    at ');
    expect(debug.stderr).toContain('    at ');
  });
});

function bytesReplaced(text: string, by: string): Uint8Array {
  const bytes = Buffer.from(writeScene(tinyScene()));
  bytes.write(by, bytes.indexOf(text));
  return bytes;
}

function withNaN(): Uint8Array {
  const broken = tinyScene();
  broken.gaussians.means[4] = NaN;
  return writeScene(broken);
}

describe('what goes where', () => {
  it('--json prints one document on stdout and nothing else', async () => {
    const { code, stdout, stderr } = await runCli(['evaluate', '--a', clip, '--b', clip, '--views', '0,2', '--json']);
    const json = JSON.parse(stdout) as { frames: number; views: { view: number; psnr: number }[]; mean: object };
    expect(json.frames).toBe(3);
    expect(json.views.map(({ view, psnr }) => [view, psnr])).toEqual([
      [0, 120],
      [2, 120],
    ]);
    expect(json.mean).toMatchObject({ ssim: 1, flicker: 0 });
    expect(stderr).toMatch(/^(Reading pictures|Measuring): /);
    expect(code).toBe(0);
  });

  it('people get a table', async () => {
    const { stdout } = await runCli(['evaluate', '--a', clip, '--b', clip, '--quiet']);
    expect(stdout.split('\n')[0]).toMatch(/^view +PSNR dB +character dB +SSIM +MS-SSIM +flicker +IoU mean /);
    expect(stdout).toMatch(/\n all +120\.00 /);
  });

  it('--quiet keeps stderr empty', async () => {
    const { stderr } = await runCli(['evaluate', '--a', clip, '--b', clip, '--quiet']);
    expect(stderr).toBe('');
  });

  it('a reader that goes away is no failure', async () => {
    const { code, stderr } = await runCli(['doctor'], { onStart: (child) => child.stdout?.destroy() });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('doctor says of everything whether it is there, and what to do', async () => {
    const { code, stdout } = await runCli(['doctor', '--json']);
    const { findings } = JSON.parse(stdout) as { findings: { id: string; state: string; remedy?: string }[] };
    expect(findings.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['cpu', 'engine', 'ffmpeg', 'gpu', 'onnxruntime', 'detector']),
    );
    for (const { state, remedy } of findings) expect(state === 'ok' || remedy !== '').toBe(true);
    expect(code).toBe(0);
  });
});

describe('on a Node that cannot run TypeScript', () => {
  it('the launcher hands over to the bundled one, with arguments and exit code', async () => {
    const help = await runCli(['export', '--help'], { oldNode: true });
    expect(help.stdout).toContain('Usage: charactershot export');
    expect({ code: help.code, stderr: help.stderr }).toEqual({ code: 0, stderr: '' });
    expect((await runCli(['paint'], { oldNode: true })).code).toBe(2);
  });
});
