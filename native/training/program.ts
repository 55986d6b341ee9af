import { scheduledRate } from '../../core/schedule.ts';
import type { BatchPlan, DensifyOptions, Rates } from '../addon/index.ts';
import type { Stage } from './contract.ts';
import type { PresetSettings } from './presets.ts';
import type { FrameChoice } from './sampler.ts';

/** One thing the trainer does. The whole run is a list of these, so that a checkpoint is a place in the list. */
export type Step =
  | {
      readonly type: 'train';
      readonly stage: Stage;
      /** Number of the first iteration, over all stages. */
      readonly first: number;
      readonly count: number;
      readonly frames: FrameChoice;
      readonly plan: BatchPlan;
    }
  | { readonly type: 'densify'; readonly options: DensifyOptions }
  | { readonly type: 'reset-opacity' }
  /** The deformation starts at rest. */
  | { readonly type: 'start-deformation' }
  /**
   * A new frame begins: for each momentum it starts at `from` plus momentum times the step from `before`, learns for
   * `count` iterations, and the start that fits best stays.
   */
  | {
      readonly type: 'open-frame';
      readonly before: number;
      readonly from: number;
      readonly to: number;
      readonly momenta: readonly number[];
      readonly first: number;
      readonly count: number;
      readonly plan: BatchPlan;
    };

export type TrainStep = Extract<Step, { type: 'train' }>;
export type OpenStep = Extract<Step, { type: 'open-frame' }>;

/** Iterations of a step, all trials included. */
export const stepIterations = (step: Step): number =>
  step.type === 'train' ? step.count : step.type === 'open-frame' ? step.count * step.momenta.length : 0;

export interface ProgramInput {
  readonly settings: PresetSettings;
  readonly frames: number;
  readonly width: number;
  readonly height: number;
  /** 1.1 times the largest distance of a camera from their mean (3DGS), in units of 3.85: the ring of the paper. */
  readonly extent: number;
  /** Total to reach instead of the preset's. */
  readonly iterations?: number;
}

export interface Program {
  readonly steps: readonly Step[];
  readonly iterations: number;
  /** Picture sizes that take part, for the trainer. */
  readonly levels: number;
}

/** Iterations between two looks at the rates and at a cancel; progress and checkpoints fall between batches. */
const BATCH = 25;
/** Share of the joint part of a window that still looks at the new frames. */
const FOCUS = 0.5;
/** Windows between two rounds of density control while they grow. */
const WINDOWS_PER_DENSIFY = 3;
const MAX_LEVELS = 4;
/** Largest standard deviation a Gaussian may have, in parts of the extent. */
const MAX_SCALE = 0.08;

interface StageCounts {
  readonly coarse: number;
  /** Of one trial at the opening of a frame. */
  readonly trial: number;
  readonly phases: readonly number[];
  readonly final: number;
}

/** Iterations of the stages: the preset's, or all scaled alike to a wanted total. */
function stageCounts({ settings, frames, iterations }: ProgramInput): StageCounts {
  const { coarseIterations, finalIterations, opening } = settings;
  const phases = settings.windows.map((phase) => phase.iterations);
  const preset = {
    coarse: coarseIterations,
    trial: opening.iterations,
    phases,
    final: frames > 1 ? finalIterations : 0,
  };
  if (iterations === undefined) return preset;
  const windowed = ({ trial, phases: counts }: Pick<StageCounts, 'trial' | 'phases'>): number =>
    trialsOf(settings, frames) * trial + Math.ceil((frames - 1) / 2) * counts.reduce((a, b) => a + b, 0);
  const scale = iterations / (preset.coarse + windowed(preset) + preset.final);
  const trial = Math.floor(preset.trial * scale);
  const scaled = phases.map((count) => Math.floor(count * scale));
  const left = iterations - windowed({ trial, phases: scaled });
  const coarse = frames > 1 ? Math.min(left, Math.max(1, Math.round(preset.coarse * scale))) : left;
  return { coarse, trial, phases: scaled, final: left - coarse };
}

/** Momenta tried when a frame is opened; beside the middle frame nothing has moved yet. */
const momentaOf = (settings: PresetSettings, from: number, middle: number): readonly number[] =>
  from === middle ? [0] : settings.opening.momenta;

/** Number of trials of a whole run: a start without a rival needs none. */
function trialsOf(settings: PresetSettings, frames: number): number {
  const { momenta } = settings.opening;
  const rivals = settings.deformation === 'nodes' && momenta.length > 1 ? momenta.length : 0;
  return rivals * Math.max(0, frames - 1 - Math.min(2, frames - 1));
}

class ProgramBuilder {
  readonly steps: Step[] = [];
  iterations = 0;
  readonly #input: ProgramInput;

  constructor(input: ProgramInput) {
    this.#input = input;
  }

  add(step: Step): void {
    this.steps.push(step);
  }

  program(): Program {
    const levels = 1 + Math.max(0, ...this.steps.map((step) => ('plan' in step ? step.plan.level : 0)));
    return { steps: this.steps, iterations: this.iterations, levels };
  }

  /** Splits into batches; `each` says what a batch does, given the part of the stage done before it. */
  train(
    stage: Stage,
    count: number,
    frames: FrameChoice,
    each: (part: number, iteration: number) => BatchPlan,
    after?: (done: number) => void,
  ): void {
    for (let done = 0; done < count;) {
      const size = Math.min(BATCH, count - done);
      this.add({ type: 'train', stage, first: this.iterations, count: size, frames, plan: each(done / count, done) });
      this.iterations += size;
      done += size;
      after?.(done);
    }
  }

  rates(gaussianPace: number, nodePace: number): Rates {
    const { settings, extent } = this.#input;
    const r = settings.rates;
    return {
      means: r.means * extent * gaussianPace,
      logScales: r.logScales * gaussianPace,
      quats: r.quats * gaussianPace,
      opacity: r.opacity * gaussianPace,
      shBase: r.shBase * gaussianPace,
      shRest: r.shRest * gaussianPace,
      nodeRotation: r.nodeRotation * nodePace,
      nodeTranslation: r.nodeTranslation * extent * nodePace,
      nodeColor: r.nodeColor * Math.min(1, nodePace),
      blendWeight: r.blendWeight * gaussianPace,
      grid: r.grid * extent * nodePace,
      network: r.network * extent * nodePace,
    };
  }

  densify(): void {
    const { settings, extent } = this.#input;
    const { gradientThreshold, splitScale, minOpacity } = settings.densify;
    this.add({
      type: 'densify',
      options: {
        gradientThreshold,
        splitScale: splitScale * 3.85 * extent,
        minOpacity,
        maxScale: MAX_SCALE * 3.85 * extent,
        maxGaussians: settings.maxGaussians,
      },
    });
  }

  /** Density control and opacity resets of a stage, by the iterations done in it. */
  control(count: number): (done: number) => void {
    const { densify, opacityResetInterval } = this.#input.settings;
    let nextDensify = densify.from;
    let nextReset = opacityResetInterval;
    return (done) => {
      if (done > count * densify.until) return;
      if (done >= nextDensify) {
        this.densify();
        nextDensify = done + densify.interval;
      }
      if (opacityResetInterval > 0 && done >= nextReset) {
        this.add({ type: 'reset-opacity' });
        nextReset = done + opacityResetInterval;
      }
    };
  }
}

/** Factor at `part` of the way, log-linear. */
const paceAt = ([start, end]: readonly [number, number], part: number): number =>
  scheduledRate({ start, end, steps: 1 }, part);

/**
 * The stages of section 3.4 of the paper: the middle frame as a still figure, windows that grow from it by one frame at
 * both ends, then all frames.
 */
export function makeProgram(input: ProgramInput): Program {
  const { settings, frames, width, height } = input;
  const counts = stageCounts(input);
  const builder = new ProgramBuilder(input);
  const middle = Math.floor(frames / 2);
  const shorter = Math.min(width, height);
  const levelOf = (side: number): number =>
    Math.max(0, Math.min(MAX_LEVELS - 1, Math.round(Math.log2(shorter / Math.min(side, shorter)))));
  const degreeAt = (iteration: number): number =>
    Math.min(settings.shDegree, Math.floor(iteration / settings.shInterval));

  const base = (low: number, high: number): Omit<BatchPlan, 'rates'> => ({
    level: 0,
    lambda: settings.lambda,
    activeDegree: settings.shDegree,
    deform: true,
    moveGaussians: true,
    collect: true,
    windowLow: low,
    windowHigh: high,
    weights: settings.weights,
    ...(settings.neighbour.weight > 0 ? { neighbour: settings.neighbour } : {}),
  });

  const still: FrameChoice = { low: middle, high: middle, fresh: [], focus: 0 };
  builder.train(
    'coarse',
    counts.coarse,
    still,
    (part, iteration) => {
      const rates = builder.rates(paceAt(settings.coarsePace, part), 0);
      return { ...base(middle, middle), deform: false, activeDegree: degreeAt(iteration), rates };
    },
    builder.control(counts.coarse),
  );
  if (frames === 1) return builder.program();

  /** Only the deformation learns, from reduced pictures. */
  const follow = (low: number, high: number, side: number, pace: number): BatchPlan => ({
    ...base(low, high),
    level: levelOf(side),
    moveGaussians: false,
    collect: false,
    rates: { ...builder.rates(0, pace), blendWeight: 0 },
  });
  const open = (before: number, from: number, to: number): void => {
    const momenta = momentaOf(settings, from, middle);
    const count = momenta.length > 1 ? counts.trial : 0;
    // The neighbour constraint pulls at both of its frames; a trial must leave the one it starts from to the next trial.
    const neighbour = { ...settings.neighbour, weight: 0 };
    const { side, pace } = settings.opening;
    const plan = { ...follow(Math.min(from, to), Math.max(from, to), side, pace), neighbour };
    builder.add({ type: 'open-frame', before, from, to, momenta, first: builder.iterations, count, plan });
    builder.iterations += count * momenta.length;
  };

  builder.add({ type: 'start-deformation' });
  let low = middle;
  let high = middle;
  for (let window = 1; low > 0 || high < frames - 1; window++) {
    const [oldLow, oldHigh] = [low, high];
    low = Math.max(0, low - 1);
    high = Math.min(frames - 1, high + 1);
    const fresh = [low, high].filter((frame) => frame < oldLow || frame > oldHigh);
    if (settings.deformation === 'nodes') {
      if (low < oldLow) open(Math.min(oldLow + 1, oldHigh), oldLow, low);
      if (high > oldHigh) open(Math.max(oldHigh - 1, oldLow), oldHigh, high);
    }
    for (const [index, phase] of settings.windows.entries()) {
      const choice: FrameChoice = { low, high, fresh, focus: phase.joint ? FOCUS : 1 };
      const { windowLow, windowHigh } = { windowLow: low, windowHigh: high };
      builder.train('windows', counts.phases[index] ?? 0, choice, (part) => {
        const pace = paceAt(phase.pace, part);
        if (!phase.joint) return follow(windowLow, windowHigh, phase.side, pace);
        const rates = builder.rates(settings.windowGaussianPace, pace);
        return { ...base(windowLow, windowHigh), level: levelOf(phase.side), rates };
      });
    }
    if (window % WINDOWS_PER_DENSIFY === 0) builder.densify();
  }
  const all: FrameChoice = { low: 0, high: frames - 1, fresh: [], focus: 0 };
  builder.train(
    'final',
    counts.final,
    all,
    (part) => {
      const pace = paceAt(settings.finalPace, part);
      return { ...base(0, frames - 1), rates: builder.rates(pace, pace) };
    },
    builder.control(counts.final),
  );
  return builder.program();
}
