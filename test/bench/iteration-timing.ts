import type { HexPlaneConfig } from '../../core/deformation/deformation.ts';
import { nativeAddon, type BatchPlan, type BatchResult, type Rates, type Trainer } from '../../native/addon/index.ts';
import { placeControlNodes } from '../../native/training/control-nodes.ts';
import { PRESET_SETTINGS } from '../../native/training/presets.ts';
import { pictureOf } from './render-timing.ts';
import { splatScene, type SplatScene } from './splat-scene.ts';
import { mediansOf } from './statistics.ts';

export type MovedBy = 'nothing' | 'nodes' | 'hexplane';

/** Parts of an iteration, in their order. */
export const ITERATION_PARTS = ['deform', 'render', 'loss', 'backward', 'neighbour', 'optimise'] as const;

export type IterationTimes = Record<(typeof ITERATION_PARTS)[number] | 'total', number>;

export interface IterationCase {
  readonly scene: SplatScene;
  readonly movedBy: MovedBy;
  readonly neighbour: boolean;
  readonly threads: number;
}

export interface Repetitions {
  readonly batches: number;
  /** Iterations of one batch; the medians are taken over the batches' means. */
  readonly iterations: number;
}

const FRAMES = 25;
const WHITE = Float32Array.of(1, 1, 1);
/** So small that the scene stays what it is, so that the last batch measures the same as the first. */
const RATE = 1e-9;
const RATES: Required<Rates> = {
  ...{ means: RATE, logScales: RATE, quats: RATE, opacity: RATE, shBase: RATE, shRest: RATE },
  ...{ nodeRotation: RATE, nodeTranslation: RATE, nodeColor: RATE, blendWeight: RATE, grid: RATE, network: RATE },
};

/** Median milliseconds of a whole training iteration and its parts. */
export async function timeIteration(
  setup: IterationCase,
  { batches, iterations }: Repetitions,
): Promise<IterationTimes> {
  const trainer = prepare(setup);
  const { weights, neighbour } = PRESET_SETTINGS[setup.movedBy === 'hexplane' ? 'paper' : 'draft'];
  const plan: BatchPlan = {
    ...{ level: 0, lambda: 0.2, activeDegree: 0, moveGaussians: true, collect: true },
    ...{ windowLow: 0, windowHigh: FRAMES - 1, rates: RATES, weights, deform: setup.movedBy !== 'nothing' },
    ...(setup.neighbour ? { neighbour: { ...neighbour, weight: 1, interval: 1 } } : {}),
  };
  const runs: IterationTimes[] = [];
  // The first batch allocates, and builds the graph of neighbours.
  for (let batch = -1; batch < batches; batch++) {
    // Steps of 7 frames: neighbouring iterations do not share the memory of neighbouring frames.
    const frames = Array.from({ length: iterations }, (_, i) => ((batch * iterations + i + FRAMES) * 7) % FRAMES);
    const samples = Int32Array.from(frames.flatMap((frame) => [0, frame]));
    const first = (batch + 1) * iterations;
    const result = await trainer.run({ ...plan, first, samples });
    if (batch >= 0) runs.push(timesOf(result));
  }
  return mediansOf([...ITERATION_PARTS, 'total'], runs);
}

function timesOf({ milliseconds, iterations }: BatchResult): IterationTimes {
  const parts = ITERATION_PARTS.map((name) => [name, milliseconds[name] / iterations] as const);
  const total = parts.reduce((sum, [, ms]) => sum + ms, 0);
  return Object.fromEntries([...parts, ['total', total]]) as IterationTimes;
}

function prepare({ scene, movedBy, threads }: IterationCase): Trainer {
  const { gaussians, camera } = scene;
  const { width, height } = camera;
  const trainer = new (nativeAddon().Trainer)({
    ...{ width, height, threads, frames: FRAMES, levels: 1, seed: 0 },
    ...{ background: WHITE, cameras: [camera] },
  });
  // Another drawing of the same cloud: the same silhouette, wrong in every pixel.
  const rgb = pictureOf(splatScene(width, gaussians.count, 2));
  for (let frame = 0; frame < FRAMES; frame++) trainer.setImage({ view: 0, frame, rgb });
  trainer.setGaussians(gaussians);
  if (movedBy === 'nodes') trainer.setNodes(placeControlNodes(gaussians, PRESET_SETTINGS.draft.nodes));
  if (movedBy === 'hexplane') trainer.startHexPlane(publishedNetwork(gaussians.means));
  return trainer;
}

/** The network of the `paper` preset over the box of the centres. */
function publishedNetwork(means: Float32Array): HexPlaneConfig {
  const corner = (pick: (a: number, b: number) => number): [number, number, number] => {
    const corner: [number, number, number] = [means[0] ?? 0, means[1] ?? 0, means[2] ?? 0];
    means.forEach((value, i) => {
      const axis = (i % 3) as 0 | 1 | 2;
      corner[axis] = pick(corner[axis], value);
    });
    return corner;
  };
  return {
    ...{ multires: [1, 2], channels: 32, resolution: [64, 64, 64, FRAMES], width: 64, depth: 0 },
    heads: { position: true, scale: true, rotation: true, opacity: false, sh: false },
    aabb: [corner(Math.max), corner(Math.min)],
  };
}
