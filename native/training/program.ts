import { scheduledRate } from '../../core/schedule.ts';
import type { BatchPlan, DensifyOptions, Rates, RegistrationOptions } from '../addon/index.ts';
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
  /** One frame by itself: Gaussians on its visual hull learn for `count` iterations and become the frame's cloud. */
  | {
      readonly type: 'survey';
      readonly frame: number;
      readonly gaussians: number;
      readonly cells: number;
      readonly first: number;
      readonly count: number;
      readonly plan: BatchPlan;
    }
  /** The first Gaussians of the still figure. */
  | { readonly type: 'place-gaussians'; readonly frame: number }
  /** A new frame's nodes: those of `from`, or what follows from the step from `before`, registered with the frame's cloud. */
  | {
      readonly type: 'connect';
      readonly before: number;
      readonly from: number;
      readonly to: number;
      readonly registration: RegistrationOptions;
    }
  /** Gaussians are born where the frame's cloud shows something and the frame has nothing within `reach`. */
  | { readonly type: 'bear'; readonly frame: number; readonly reach: number; readonly maxGaussians: number };

export type TrainStep = Extract<Step, { type: 'train' }>;
export type SurveyStep = Extract<Step, { type: 'survey' }>;
export type ConnectStep = Extract<Step, { type: 'connect' }>;

export const stepIterations = (step: Step): number =>
  step.type === 'train' || step.type === 'survey' ? step.count : 0;

export interface ProgramInput {
  readonly settings: PresetSettings;
  readonly frames: number;
  /** The frame of the still figure; the middle one without it. The number of iterations does not depend on it. */
  readonly canonical?: number;
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
/** How far births may exceed the preset's number of Gaussians, which the still figure alone can reach. */
const BIRTH_ROOM = 1.1;
/** Share of the iterations of a window that look at its new frames. */
const FOCUS = 0.5;
/** Windows between two rounds of density control while they grow. */
const WINDOWS_PER_DENSIFY = 3;
const MAX_LEVELS = 4;
/** Largest standard deviation a Gaussian may have, in parts of the extent. */
const MAX_SCALE = 0.08;

interface StageCounts {
  /** Of each frame by itself. */
  readonly survey: number;
  readonly coarse: number;
  /** Of each frame after the first. */
  readonly connect: number;
  /** Of each time the window grows. */
  readonly window: number;
  readonly final: number;
}

/** Iterations of the stages: the preset's, or all scaled alike to a wanted total. */
function stageCounts({ settings, frames, iterations }: ProgramInput): StageCounts {
  const moves = frames > 1;
  const isNodes = moves && settings.deformation === 'nodes';
  const preset: StageCounts = {
    survey: isNodes ? settings.survey.iterations : 0,
    coarse: settings.coarseIterations,
    connect: isNodes ? settings.connect.iterations : 0,
    window: moves && !isNodes ? settings.windowIterations : 0,
    final: moves ? settings.finalIterations : 0,
  };
  if (iterations === undefined) return preset;
  const many = ({ survey, connect, window }: Pick<StageCounts, 'survey' | 'connect' | 'window'>): number =>
    frames * survey + (frames - 1) * connect + Math.ceil((frames - 1) / 2) * window;
  const scale = iterations / (many(preset) + preset.coarse + preset.final);
  const scaled = {
    survey: Math.floor(preset.survey * scale),
    connect: Math.floor(preset.connect * scale),
    window: Math.floor(preset.window * scale),
  };
  const left = iterations - many(scaled);
  const coarse = moves ? Math.min(left, Math.max(1, Math.round(preset.coarse * scale))) : left;
  return { ...scaled, coarse, final: left - coarse };
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

  survey(frame: number, count: number): void {
    const { gaussians, cells, side } = this.#input.settings.survey;
    const { deform, collect, level } = { deform: false, collect: false, level: this.levelOf(side) };
    const plan = {
      ...this.base(frame, frame),
      deform,
      collect,
      level,
      activeDegree: 0,
      rates: this.rates(SURVEY_PACE, 0),
    };
    this.add({ type: 'survey', frame, gaussians, cells, first: this.iterations, count, plan });
    this.iterations += count;
  }

  /** What all plans share that look at frames low to high. */
  base(low: number, high: number): Omit<BatchPlan, 'rates'> {
    const { settings } = this.#input;
    return {
      level: 0,
      lambda: settings.lambda,
      clearWeight: settings.clearWeight,
      activeDegree: settings.shDegree,
      deform: true,
      moveGaussians: true,
      collect: true,
      windowLow: low,
      windowHigh: high,
      weights: settings.weights,
      ...(settings.neighbour.weight > 0 ? { neighbour: settings.neighbour } : {}),
    };
  }

  /** Pictures of about this side, halved so many times. */
  levelOf(side: number): number {
    const shorter = Math.min(this.#input.width, this.#input.height);
    return Math.max(0, Math.min(MAX_LEVELS - 1, Math.round(Math.log2(shorter / Math.min(side, shorter)))));
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

  /** Fills what a frame shows and the still figure did not: a hand that was hidden, the inside of a sleeve. */
  bear(frame: number): void {
    const { settings, extent } = this.#input;
    const reach = settings.birthReach * extent;
    this.add({ type: 'bear', frame, reach, maxGaussians: Math.round(settings.maxGaussians * BIRTH_ROOM) });
  }

  /** Connects frame `to` with its neighbour `from`, which `before` led to; then only its nodes learn, from its pictures. */
  connect(before: number, from: number, to: number, count: number): void {
    const { settings, extent } = this.#input;
    const { registration, side, pace } = settings.connect;
    const lengths = {
      sigmaStart: registration.sigmaStart * extent,
      sigmaEnd: registration.sigmaEnd * extent,
      tolerance: registration.tolerance * extent,
      // Against squared distances, which grow with the scene.
      rigidity: registration.rigidity / extent ** 2,
    };
    this.add({ type: 'connect', before, from, to, registration: { ...registration, ...lengths } });
    const [low, high] = [Math.min(from, to), Math.max(from, to)];
    const choice: FrameChoice = { low: to, high: to, fresh: [], focus: 0 };
    this.train('connect', count, choice, (part) => ({
      ...this.base(low, high),
      level: this.levelOf(side),
      moveGaussians: false,
      collect: false,
      // One frame is no place to learn from how Gaussians keep together over time.
      neighbour: { ...settings.neighbour, weight: 0 },
      rates: { ...this.rates(0, paceAt(pace, part)), blendWeight: 0 },
    }));
  }
}

/** Factor at `part` of the way, log-linear. */
const paceAt = ([start, end]: readonly [number, number], part: number): number =>
  scheduledRate({ start, end, steps: 1 }, part);

/** Surveys are short, so their Gaussians learn faster than those of the coarse stage. */
const SURVEY_PACE = 1.2;

/**
 * With nodes: every frame by itself, one of them as a still figure, the others connected with it one by one in both
 * directions, then all frames. With the network: the stages of section 3.4 of the paper, the middle frame as a still figure,
 * windows that grow from it by one frame at both ends, then all frames.
 */
export function makeProgram(input: ProgramInput): Program {
  const { settings, frames } = input;
  const counts = stageCounts(input);
  const builder = new ProgramBuilder(input);
  const canonical = input.canonical ?? Math.floor(frames / 2);
  const isNodes = frames > 1 && settings.deformation === 'nodes';
  if (isNodes) for (let frame = 0; frame < frames; frame++) builder.survey(frame, counts.survey);

  builder.add({ type: 'place-gaussians', frame: canonical });
  const still: FrameChoice = { low: canonical, high: canonical, fresh: [], focus: 0 };
  builder.train(
    'coarse',
    counts.coarse,
    still,
    (part, iteration) => ({
      ...builder.base(canonical, canonical),
      deform: false,
      activeDegree: Math.min(settings.shDegree, Math.floor(iteration / settings.shInterval)),
      rates: builder.rates(paceAt(settings.coarsePace, part), 0),
    }),
    builder.control(counts.coarse),
  );
  if (frames === 1) return builder.program();

  builder.add({ type: 'start-deformation' });
  if (isNodes) {
    connectFrames(builder, canonical, frames, counts.connect);
    for (let frame = 0; frame < frames; frame++) if (frame !== canonical) builder.bear(frame);
  } else growWindows(builder, canonical, frames, counts.window, settings.windowGaussianPace);
  const all: FrameChoice = { low: 0, high: frames - 1, fresh: [], focus: 0 };
  builder.train(
    'final',
    counts.final,
    all,
    (part) => {
      const pace = paceAt(settings.finalPace, part);
      return { ...builder.base(0, frames - 1), rates: builder.rates(pace, pace) };
    },
    builder.control(counts.final),
  );
  return builder.program();
}

/** From the still figure's frame outwards, a frame at a time at both ends. */
function connectFrames(builder: ProgramBuilder, canonical: number, frames: number, count: number): void {
  for (let distance = 1; distance < frames; distance++) {
    for (const direction of [-1, 1]) {
      const to = canonical + direction * distance;
      if (to < 0 || to >= frames) continue;
      const from = to - direction;
      builder.connect(from === canonical ? canonical : from - direction, from, to, count);
    }
  }
}

function growWindows(
  builder: ProgramBuilder,
  canonical: number,
  frames: number,
  count: number,
  gaussianPace: number,
): void {
  let [low, high] = [canonical, canonical];
  for (let window = 1; low > 0 || high < frames - 1; window++) {
    const fresh = [low - 1, high + 1].filter((frame) => frame >= 0 && frame < frames);
    low = Math.max(0, low - 1);
    high = Math.min(frames - 1, high + 1);
    const plan = { ...builder.base(low, high), rates: builder.rates(gaussianPace, 1) };
    builder.train('windows', count, { low, high, fresh, focus: FOCUS }, () => plan);
    if (window % WINDOWS_PER_DENSIFY === 0) builder.densify();
  }
}
