import { ALL_THREADS, sizeName, type Bench } from './bench-options.ts';
import { timeIteration } from './iteration-timing.ts';
import { splatScene } from './splat-scene.ts';
import { milliseconds, plain } from './table.ts';

const BASE = { side: 256, count: 10_000 };
const COUNTS = [1_000, 3_000, 10_000, 30_000, 100_000, 300_000];
const SIDES = [64, 128, 256, 480, 960];

/** How an iteration grows with the number of Gaussians and with the picture; splats keep their part of the picture. */
export const benchScaling: Bench = async ({ quick, say }) => {
  const repetitions = quick ? { batches: 3, iterations: 2 } : { batches: 15, iterations: 3 };
  const { batches, iterations } = repetitions;
  const measure = async (side: number, count: number): Promise<(string | number)[]> => {
    say(`${sizeName(side)}, ${count} Gaussians`);
    const scene = splatScene(side, count);
    const setup = { scene, movedBy: 'nothing', neighbour: false, threads: ALL_THREADS } as const;
    const { total } = await timeIteration(setup, repetitions);
    return [sizeName(side), count, scene.pairs, total, scene.pairs / 1000 / total];
  };
  const columns = [
    ...plain('picture', 'Gaussians', 'pairs'),
    ...milliseconds('iteration'),
    { name: 'Mpairs/s', digits: 1 },
  ];
  const note = `${ALL_THREADS} threads, medians of ${batches} batches of ${iterations} iterations.`;
  const byCount: (string | number)[][] = [];
  for (const count of COUNTS) byCount.push(await measure(BASE.side, count));
  const bySide: (string | number)[][] = [];
  for (const side of SIDES) bySide.push(await measure(side, BASE.count));
  return [
    { caption: `By number of Gaussians: ${note}`, columns, rows: byCount },
    { caption: `By picture: ${note}`, columns, rows: bySide },
  ];
};
