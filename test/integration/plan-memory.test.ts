import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cpuRuntime } from '../../native/inference/runtime/session.ts';
import { GraphBuilder } from '../../native/onnx/graph-builder.ts';
import { floatTensor } from '../../native/onnx/tensor.ts';
import { comparePeak, type PeakSize } from '../bench/plan-peak.ts';
import { writeToyCheckpoint } from '../helpers/toy-checkpoint.ts';
import { runCli, type CliOptions, type CliResult } from './run-cli.ts';

const EXAMPLE = join(import.meta.dirname, '../../assets/examples/charactershot');

let root: string;
const at = (name: string): string => join(root, name);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'plan-memory-'));
  await writeToyCheckpoint(at('2d'), { kind: '2d' });
});
afterAll(() => rm(root, { recursive: true, force: true }));

function generate(out: string, more: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const what = ['--image', join(EXAMPLE, 'views/view0.png'), '--poses', 'wave', '--out', at(out), '--size', '48'];
  const networks = ['--generator', 'charactershot', '--model', at('2d'), '--provider', 'cpu', '--steps', '4'];
  return runCli(['generate', ...what, ...networks, ...more], {
    ...options,
    env: { CHARACTERSHOT_CACHE: at('cache') },
  });
}

describe('too little memory', () => {
  it('is refused with what the leanest plan needs, and that suffices', async () => {
    const refused = await generate('never', ['--memory-limit', '0.2']);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    const sentence =
      /^A limit of 0\.2 GB is too little: the leanest plan \(.* loaded.*\) needs (\d\.\d) GB; give --memory-limit that much or more\.$/m;
    const [, needed = ''] = sentence.exec(refused.stderr) ?? [];
    expect(needed, refused.stderr).not.toBe('');
    expect(existsSync(at('never'))).toBe(false);
    // Refused before anything began.
    expect(existsSync(at('cache/inference'))).toBe(false);

    const allowed = await generate('clip', ['--memory-limit', needed]);
    expect(allowed.code, allowed.stderr).toBe(0);
    const [, used] = /with up to (\d\.\d) GB of memory/.exec(allowed.stderr) ?? [];
    expect(Number(used)).toBeLessThanOrEqual(Number(needed));
  });

  it('takes a limit that is a number, for the networks only', async () => {
    expect(await generate('never', ['--memory-limit', 'much'])).toMatchObject({ code: 2, stdout: '' });
    const common = ['--image', join(EXAMPLE, 'views/view0.png'), '--poses', 'wave', '--out', at('never')];
    const puppet = await runCli(['generate', ...common, '--memory-limit', '8']);
    expect(puppet).toMatchObject({ code: 2, stdout: '' });
    expect(puppet.stderr).toMatch(/--memory-limit belongs to --generator charactershot/);
  });

  it.skipIf(process.platform !== 'linux')(
    'that the system ends the networks for is told with what to do, and the same command goes on',
    async () => {
      const killed = await generate('clip-2', ['--steps', '60'], {
        onStart: ({ pid = 0 }) => {
          void networksOf(pid).then((child) => process.kill(child, 'SIGKILL'));
        },
      });
      expect(killed).toMatchObject({ code: 1, stdout: '' });
      expect(killed.stderr).toMatch(
        /^The inference process ended by SIGKILL; the system does that when memory runs out: close other programs, or .*; the same command goes on where it was\.$/m,
      );
      expect(killed.stderr).not.toContain('    at ');
      const again = await generate('clip-2', ['--steps', '60']);
      expect(again.code, again.stderr).toBe(0);
    },
  );

  it('that a network itself meets is told with its name and what to do', async () => {
    const graph = new GraphBuilder('large');
    const input = graph.input('input', 'float32', [1]);
    // 64 TB: no machine has them.
    const large = graph.op('Expand', [input, graph.ints([2 ** 22, 2 ** 22])]);
    graph.output('sum', graph.op('ReduceSum', [large], { keepdims: 0 }), 'float32', []);
    const runtime = cpuRuntime({ remedy: 'choose --memory-limit 3.0' });
    const session = await runtime.load({ name: 'a large graph', model: graph.encode(), folder: '/' });
    await expect(session.run({ input: floatTensor(Float32Array.of(1), [1]) })).rejects.toThrow(
      'The memory of the processor is too small for a large graph; choose --memory-limit 3.0.',
    );
    await session.release();
  });
});

/** The inference process that `pid` starts, once it denoises or nearly so: when the run has a folder for its state. */
async function networksOf(pid: number): Promise<number> {
  const runs = (): Promise<string[]> => readdir(at('cache/inference')).catch(() => []);
  const earlier = new Set(await runs());
  for (;;) {
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
    for (const child of children.trim().split(' ').filter(Boolean)) {
      const words = await readFile(`/proc/${child}/cmdline`, 'utf8').catch(() => '');
      if (words.includes('inference-process') && (await runs()).some((run) => !earlier.has(run))) return Number(child);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Large enough that the networks' own memory is most of it, and a matter of seconds. */
const MEDIUM: PeakSize = {
  ...{ name: 'medium', heads: 16, layers: 2, width: 96, height: 80 },
  ...{ vaeChannels: [16, 16, 32, 32], textWidth: 256 },
};

describe.skipIf(process.platform !== 'linux')('the memory that a plan predicts', { timeout: 300_000 }, () => {
  it.each([
    [2, 2],
    [1, 1],
  ] as const)(
    'with %i blocks loaded and batches of %i is what the run takes',
    async (blocksPerGraph, guidanceBatch) => {
      const { plan, result } = await comparePeak(MEDIUM, { blocksPerGraph, guidanceBatch });
      const measured = Math.max(...Object.values(result.peaks));
      process.stdout.write(
        `predicted ${(plan.peakBytes / 1e6).toFixed(0)} MB, measured ${(measured / 1e6).toFixed(0)} MB\n`,
      );
      expect(plan.peakBytes).toBeGreaterThanOrEqual(measured);
      expect(plan.peakBytes).toBeLessThan(1.6 * measured);
    },
  );
});
