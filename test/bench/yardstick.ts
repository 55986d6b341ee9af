import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { SIZES, sizeName, THREADS, type Bench } from './bench-options.ts';
import { timeRender } from './render-timing.ts';
import { splatScene, type SplatScene } from './splat-scene.ts';
import { mediansOf } from './statistics.ts';
import { milliseconds, plain, type Table } from './table.ts';

const run = promisify(execFile);

const FLAGS = ['-O3', '-march=native', '-ffast-math', '-fopenmp'];
/** Repetitions of the engine in a round; yardstick.cpp has as many. */
const REPETITIONS = 15;

const TIMES = ['forward', 'both', 'ourForward', 'ourBoth', 'ourWhole'] as const;
type Round = Record<(typeof TIMES)[number], number>;

/**
 * The engine against a plain C++ rasteriser on the same scene, in turns, so that both meet the same disturbances.
 * CHARACTERSHOT_YARDSTICK may name another C++ source with the same command line and output.
 */
export const benchYardstick: Bench = async ({ quick, say }) => {
  const rounds = quick ? 3 : 9;
  const folder = await mkdtemp(join(tmpdir(), 'charactershot-bench-'));
  try {
    const source = process.env.CHARACTERSHOT_YARDSTICK ?? join(import.meta.dirname, 'yardstick.cpp');
    const program = join(folder, 'yardstick');
    const problem = await compile(source, program);
    if (problem !== undefined) return [{ caption: `Skipped: ${problem}`, columns: [], rows: [] }];
    const rows: (string | number)[][] = [];
    for (const { side, count } of SIZES) {
      const scene = splatScene(side, count);
      for (const threads of THREADS) {
        say(`${sizeName(side)}, ${threads} threads, ${rounds} rounds`);
        const measured: Round[] = [];
        for (let round = 0; round < rounds; round++) {
          measured.push({ ...(await timeYardstick(program, side, count, threads)), ...timeEngine(scene, threads) });
        }
        const { forward, both, ourForward, ourBoth, ourWhole } = mediansOf(TIMES, measured);
        const ratios = [forward / ourForward, both / ourBoth, both / ourWhole];
        rows.push([sizeName(side), count, threads, forward, ourForward, both, ourBoth, ourWhole, ...ratios]);
      }
    }
    return [table(rows, rounds, basename(source))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

function table(rows: Table['rows'], rounds: number, source: string): Table {
  const ratios = ['forward', 'both', 'whole'].map((name) => ({ name: `ratio ${name}`, digits: 2 }));
  return {
    caption:
      `Medians of ${rounds} rounds; in each, ${source} and the engine take turns with ${REPETITIONS} repetitions. ` +
      'Forward and both (forward and backward) are rasterisation alone; whole adds projection, sorting and tile lists, ' +
      'which the yardstick has done before its clock starts. A ratio above 1: the engine is faster.',
    columns: [
      ...plain('picture', 'Gaussians', 'threads'),
      ...milliseconds('yardstick forward', 'engine forward', 'yardstick both', 'engine both', 'engine whole'),
      ...ratios,
    ],
    rows,
  };
}

/** Says why it did not work out. */
async function compile(source: string, program: string): Promise<string | undefined> {
  try {
    await run('g++', [...FLAGS, source, '-o', program]);
    return undefined;
  } catch (error) {
    const first = error instanceof Error ? error.message.split('\n', 2).join(' ') : String(error);
    return `no yardstick without g++ and OpenMP (${first}).`;
  }
}

async function timeYardstick(
  program: string,
  side: number,
  count: number,
  threads: number,
): Promise<Pick<Round, 'forward' | 'both'>> {
  const env = { ...process.env, OMP_NUM_THREADS: String(threads) };
  const { stdout } = await run(program, [String(side), String(count)], { env });
  const time = (name: string): number => {
    const [, ms] = new RegExp(`^${name} ([\\d.]+) ms`, 'm').exec(stdout) ?? [];
    if (ms === undefined) throw new Error(`the yardstick printed no "${name}":\n${stdout}`);
    return Number(ms);
  };
  return { forward: time('fwd'), both: time('fwd\\+bwd') };
}

function timeEngine(scene: SplatScene, threads: number): Pick<Round, 'ourForward' | 'ourBoth' | 'ourWhole'> {
  const { project, bin, rasterise, backward, projectBackward } = timeRender(scene, threads, REPETITIONS);
  const ourBoth = rasterise + backward;
  return { ourForward: rasterise, ourBoth, ourWhole: project + bin + ourBoth + projectBackward };
}
