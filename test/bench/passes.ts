import { VARIANTS, withKernels } from '../golden/native-passes.ts';
import { SIZES, sizeName, THREADS, type Bench } from './bench-options.ts';
import { ITERATION_PARTS, timeIteration, type MovedBy } from './iteration-timing.ts';
import { RENDER_PASSES, timeRender } from './render-timing.ts';
import { splatScene } from './splat-scene.ts';
import { milliseconds, plain, type Table } from './table.ts';

const MOVED_BY: readonly MovedBy[] = ['nothing', 'nodes', 'hexplane'];

/** Where the time of an iteration goes: the renderer in every instruction set, then whole iterations of the trainer. */
export const benchPasses: Bench = async ({ quick, say }) => {
  const repetitions = quick ? 5 : 41;
  const batches = quick ? { batches: 3, iterations: 2 } : { batches: 15, iterations: 5 };
  const rendering: (string | number)[][] = [];
  const training: (string | number)[][] = [];
  for (const { side, count } of SIZES) {
    const scene = splatScene(side, count);
    const [size, pairs] = [sizeName(side), scene.pairs / 1e6];
    for (const threads of THREADS) {
      for (const variant of VARIANTS) {
        say(`${size}, ${threads} threads, ${variant}`);
        const times = withKernels(variant, () => timeRender(scene, threads, repetitions));
        const passes = RENDER_PASSES.map((name) => times[name]);
        const total = passes.reduce((a, b) => a + b);
        rendering.push([size, count, threads, variant, ...passes, total, pairs / (total / 1000)]);
      }
      for (const movedBy of MOVED_BY) {
        say(`${size}, ${threads} threads, moved by ${movedBy}`);
        const neighbour = movedBy !== 'nothing';
        const times = await timeIteration({ scene, movedBy, neighbour, threads }, batches);
        const parts = ITERATION_PARTS.map((name) => times[name]);
        training.push([size, count, threads, movedBy, ...parts, times.total, times.total - times.neighbour]);
      }
    }
  }
  const renderer: Table = {
    caption: `Renderer, forward and backward: medians of ${repetitions} repetitions.`,
    columns: [
      ...plain('picture', 'Gaussians', 'threads', 'kernels'),
      ...milliseconds(...RENDER_PASSES, 'total'),
      { name: 'Mpairs/s', digits: 1 },
    ],
    rows: rendering,
  };
  const trainer: Table = {
    caption:
      `Training iteration, fastest kernels, by what moves the Gaussians: medians of ${batches.batches} batches of ` +
      `${batches.iterations} iterations. The neighbour constraint runs in every iteration of these rows; ` +
      'the last column leaves its share out.',
    columns: [
      ...plain('picture', 'Gaussians', 'threads', 'moved by'),
      ...milliseconds(...ITERATION_PARTS, 'total', 'without neighbour'),
    ],
    rows: training,
  };
  return [renderer, trainer];
};
