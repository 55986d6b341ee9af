import { availableParallelism } from 'node:os';
import type { Clip } from '../../core/clip.ts';
import type { Deformation, HexPlaneConfig, Scene } from '../../core/deformation/deformation.ts';
import { AppError } from '../../core/errors.ts';
import { MEASURES, nativeAddon, rasterCamera, type BatchResult, type Trainer } from '../addon/index.ts';
import { fingerprintOf, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import type { OptimizeOptions, OptimizeReport, OptimizeResult, Stage, TrainingEvent } from './contract.ts';
import { connectFrame } from './connect-frame.ts';
import { placeControlNodes } from './control-nodes.ts';
import { decibels } from './decibels.ts';
import { chooseCanonicalFrame } from './canonical-frame.ts';
import { gaussiansOnHull, randomGaussians } from './initialise.ts';
import { PRESET_SETTINGS, type PresetSettings } from './presets.ts';
import {
  makeProgram,
  stepIterations,
  type ConnectStep,
  type Program,
  type Step,
  type SurveyStep,
  type TrainStep,
} from './program.ts';
import { Pace } from './pace.ts';
import { doubtsAbout, listed } from './doubts.ts';
import { drawableFrames, drawSamples } from './sampler.ts';
import { CLOUD_FIELDS, cloudOf, type Cloud } from './survey.ts';
import { viewsInDoubt } from './view-agreement.ts';
import { qualityOf, type MeasuredPicture } from './view-quality.ts';
import { isEmptyFrame, visualHull } from './visual-hull.ts';

const CHECKPOINT_SECONDS = 20;
const PROGRESS_SECONDS = 0.25;
/** Ceiling of an opacity reset (3DGS). */
const RESET_OPACITY = 0.01;
/** Ring radius for which the presets' rates are given: 1.1 * 3.5. */
const REFERENCE_EXTENT = 3.85;
/** Grid points of the still figure's visual hull along the longest side of the character: finer than its Gaussians. */
const HULL_CELLS = 110;
/** Names of the survey's clouds in a checkpoint. */
const CLOUD_PREFIX = 'survey.';
/** Pictures measured at once; between two such batches a cancel is seen. */
const MEASURE_BATCH = 16;

/**
 * A 4D scene from a multi-view clip (paper, section 3.4).
 * @throws AppError for a clip that cannot be optimised, and with code 'cancelled' when the signal aborts.
 */
export async function optimize(clip: Clip, options: OptimizeOptions): Promise<OptimizeResult> {
  return new Optimisation(clip, options).run();
}

/** 1.1 times the largest distance of a camera from the mean camera, in parts of the paper's ring. */
function sceneExtent(clip: Clip, views: readonly number[]): number {
  const positions = views.map((view) => [3, 7, 11].map((k) => clip.cameras[view]?.cameraToWorld[k] ?? 0));
  const mean = [0, 1, 2].map((c) => positions.reduce((sum, p) => sum + (p[c] ?? 0), 0) / positions.length);
  const largest = Math.max(...positions.map((p) => Math.hypot(...p.map((value, c) => value - (mean[c] ?? 0)))));
  return largest > 0 ? (1.1 * largest) / REFERENCE_EXTENT : 1;
}

class Optimisation {
  readonly #clip: Clip;
  readonly #options: OptimizeOptions;
  readonly #settings: PresetSettings;
  readonly #seed: number;
  readonly #views: readonly number[];
  readonly #holdout: readonly number[];
  /** Views that contradict the others and take no part. */
  readonly #doubtful: readonly number[];
  /** Frames in which no view shows anything. */
  readonly #emptyFrames: readonly number[];
  /** Frame of the still figure. */
  readonly #canonical: number;
  readonly #program: Program;
  /** What the survey found of each frame; frames without a visual hull have none. */
  readonly #clouds = new Map<number, Cloud>();
  readonly #trainer: Trainer;
  #hexplaneConfig: HexPlaneConfig | undefined;
  #deforming = false;
  #iteration = 0;
  /** Of the run before the checkpoint it goes on from. */
  #earlierSeconds = 0;
  #startedIteration = 0;
  #began = performance.now();
  #optimisingSeconds = 0;
  /** The checkpoint on its way to the disk. */
  #saving: Promise<void> = Promise.resolve();

  constructor(clip: Clip, options: OptimizeOptions) {
    this.#clip = clip;
    this.#options = options;
    this.#settings = options.settings ?? PRESET_SETTINGS[options.preset];
    this.#seed = options.seed ?? 0;
    this.#holdout = options.holdout ?? [];
    const offered = clip.cameras.map((_, view) => view).filter((view) => !this.#holdout.includes(view));
    if (offered.length === 0)
      throw new AppError('bad-input', 'All views are held out; leave at least one to learn from.');
    this.#doubtful = viewsInDoubt(clip, offered);
    this.#views = offered.filter((view) => !this.#doubtful.includes(view));
    const { width, height, frames } = clip;
    const { iterations } = options;
    const frameNumbers = Array.from({ length: frames }, (_, frame) => frame);
    this.#emptyFrames = frameNumbers.filter((frame) => isEmptyFrame(clip, this.#views, frame));
    if (this.#emptyFrames.length === frames)
      throw new AppError('bad-input', 'No picture shows anything but the background; there is no character to fit.');
    // The network keeps the schedule of the paper, which begins in the middle.
    const isNodes = this.#settings.deformation === 'nodes';
    this.#canonical = isNodes ? chooseCanonicalFrame(clip, this.#views) : Math.floor(frames / 2);
    this.#program = makeProgram({
      ...{ settings: this.#settings, width, height, frames, extent: sceneExtent(clip, this.#views) },
      canonical: this.#canonical,
      ...(iterations === undefined ? {} : { iterations }),
    });
    this.#trainer = new (nativeAddon().Trainer)({
      ...{ width, height, frames, seed: this.#seed, levels: this.#program.levels },
      threads: options.threads ?? availableParallelism(),
      background: Float32Array.from(clip.background),
      cameras: clip.cameras.map(rasterCamera),
    });
  }

  async run(): Promise<OptimizeResult> {
    this.#sayWhatIsLeftOut();
    this.#loadPictures();
    const fingerprint = this.#options.checkpoint === undefined ? '' : this.#fingerprint();
    let { step, offset } = await this.#start(fingerprint);
    const abort = (): void => {
      this.#trainer.cancel();
    };
    this.#options.signal?.addEventListener('abort', abort);
    try {
      this.#startedIteration = this.#iteration;
      this.#began = performance.now();
      const pace = new Pace();
      for (; step < this.#program.steps.length; step++, offset = 0) {
        const current = this.#program.steps[step];
        if (!current) break;
        // An abort that fell between two batches found nothing to cancel.
        if (this.#options.signal?.aborted) {
          await this.#save(fingerprint, step, offset);
          throw cancelled(this.#options.signal);
        }
        if (current.type !== 'train') {
          await this.#apply(current, pace);
          if (!this.#options.signal?.aborted) continue;
          // All but training is done as a whole or not at all.
          await this.#save(fingerprint, step, 0);
          throw cancelled(this.#options.signal);
        }
        if (offset === 0) this.#announce(current, this.#program.steps[step - 1]);
        offset += await this.#train(current, offset, pace);
        if (this.#options.signal?.aborted) {
          await this.#save(
            fingerprint,
            offset === current.count ? step + 1 : step,
            offset === current.count ? 0 : offset,
          );
          throw cancelled(this.#options.signal);
        }
        const { checkpointSeconds = CHECKPOINT_SECONDS } = this.#options;
        if (pace.isDue('checkpoint', checkpointSeconds)) await this.#save(fingerprint, step + 1, 0);
      }
      this.#optimisingSeconds = (performance.now() - this.#began) / 1000;
      return { scene: this.#scene(), report: await this.#report() };
    } finally {
      this.#options.signal?.removeEventListener('abort', abort);
      // Nobody may find half of a checkpoint, or one that appears after the end.
      await this.#saving;
    }
  }

  #say(event: TrainingEvent): void {
    this.#options.onEvent?.(event);
  }

  #sayWhatIsLeftOut(): void {
    if (this.#doubtful.length === 0) return;
    const which = listed(this.#doubtful);
    const statement =
      this.#doubtful.length === 1
        ? `View ${which} (counted from 0) contradicts the other views and takes no part in the fit.`
        : `Views ${which} (counted from 0) contradict the other views and take no part in the fit.`;
    this.#say({ type: 'warning', message: `${statement} Check the camera and the pictures.` });
  }

  #showIfDue(pace: Pace): void {
    const { snapshotSeconds } = this.#options;
    if (snapshotSeconds !== undefined && pace.isDue('snapshot', snapshotSeconds)) {
      this.#say({ type: 'snapshot', iteration: this.#iteration, scene: this.#scene() });
    }
  }

  #loadPictures(): void {
    this.#clip.images.forEach((view, index) => {
      view.forEach((rgb, frame) => {
        this.#trainer.setImage({ view: index, frame, rgb });
      });
    });
  }

  #fingerprint(): string {
    const { preset, iterations } = this.#options;
    const decisions = { preset, iterations, settings: this.#settings, seed: this.#seed, holdout: [...this.#holdout] };
    return fingerprintOf(this.#clip, decisions);
  }

  /** Takes up a checkpoint where there is one. */
  async #start(fingerprint: string): Promise<{ step: number; offset: number }> {
    const { checkpoint, resume } = this.#options;
    const saved = checkpoint !== undefined && resume ? await readCheckpoint(checkpoint, fingerprint) : undefined;
    if (!saved) return { step: 0, offset: 0 };

    for (const [name, points] of Object.entries(saved.state)) {
      if (!name.startsWith(CLOUD_PREFIX) || !(points instanceof Float32Array)) continue;
      this.#clouds.set(Number(name.slice(CLOUD_PREFIX.length)), points);
    }
    const done = this.#program.steps.slice(0, saved.step);
    const isNetwork = this.#settings.deformation === 'hexplane';
    // The box of the network is that of the first Gaussians, which the checkpoint has no more.
    if (isNetwork && done.some((step) => step.type === 'place-gaussians')) this.#placeGaussians(this.#canonical);
    if (done.some((step) => step.type === 'start-deformation')) {
      this.#deforming = true;
      if (isNetwork) this.#trainer.startHexPlane(this.#networkConfig());
    }
    this.#trainer.restore(saved.state);
    this.#earlierSeconds = saved.seconds;
    this.#iteration = done.reduce((sum, step) => sum + stepIterations(step), saved.offset);
    return { step: saved.step, offset: saved.offset };
  }

  #placeGaussians(frame: number): void {
    const hull = visualHull(this.#clip, frame, this.#views, HULL_CELLS);
    const { initialGaussians, shDegree } = this.#settings;
    const gaussians = hull
      ? gaussiansOnHull(hull, initialGaussians, shDegree, this.#seed)
      : randomGaussians(this.#clip, this.#views, initialGaussians, shDegree, this.#seed);
    if (!hull) {
      const message = 'The silhouettes have nothing in common (is the background clean?); starting from random points.';
      this.#say({ type: 'warning', message });
    }
    this.#trainer.setGaussians(gaussians);
    if (this.#settings.deformation === 'hexplane') this.#hexplaneConfig = this.#hexplane(gaussians.means);
  }

  #networkConfig(): HexPlaneConfig {
    if (!this.#hexplaneConfig) throw new Error('the network was started before the first Gaussians were placed');
    return this.#hexplaneConfig;
  }

  /** The published network over the box of the first Gaussians, with room for the limbs. */
  #hexplane(means: Float32Array): HexPlaneConfig {
    const high: [number, number, number] = [-Infinity, -Infinity, -Infinity];
    const low: [number, number, number] = [Infinity, Infinity, Infinity];
    means.forEach((value, i) => {
      const c = (i % 3) as 0 | 1 | 2;
      high[c] = Math.max(high[c], value);
      low[c] = Math.min(low[c], value);
    });
    const margin = 0.1 * Math.max(...high.map((value, c) => value - (low[c] ?? 0)));
    return {
      multires: [1, 2],
      channels: 32,
      resolution: [64, 64, 64, Math.max(2, this.#clip.frames)],
      width: 64,
      depth: 0,
      heads: { position: true, scale: true, rotation: true, opacity: false, sh: false },
      aabb: [
        [high[0] + margin, high[1] + margin, high[2] + margin],
        [low[0] - margin, low[1] - margin, low[2] - margin],
      ],
    };
  }

  #announce(step: TrainStep, before: Step | undefined): void {
    if (before?.type === 'train' && before.stage === step.stage) return;
    const { steps } = this.#program;
    const iterations = steps.reduce((sum, s) => sum + (s.type === 'train' && s.stage === step.stage ? s.count : 0), 0);
    this.#say({ type: 'begin', stage: step.stage, iterations });
  }

  async #apply(step: Exclude<Step, TrainStep>, pace: Pace): Promise<void> {
    switch (step.type) {
      case 'survey':
        await this.#survey(step, pace);
        break;
      case 'place-gaussians':
        this.#placeGaussians(step.frame);
        break;
      case 'connect':
        await this.#connect(step);
        break;
      case 'bear':
        this.#bear(step);
        break;
      case 'densify':
        this.#trainer.densify(step.options);
        break;
      case 'reset-opacity':
        this.#trainer.resetOpacity({ ceiling: RESET_OPACITY });
        break;
      case 'start-deformation':
        if (this.#settings.deformation === 'hexplane') {
          this.#trainer.startHexPlane(this.#networkConfig());
        } else {
          this.#trainer.setNodes(placeControlNodes(this.#trainer.gaussians(), this.#settings.nodes));
        }
        this.#deforming = true;
        break;
    }
  }

  async #survey({ frame, gaussians, cells, first, count, plan }: SurveyStep, pace: Pace): Promise<void> {
    const hull = visualHull(this.#clip, frame, this.#views, cells);
    if (hull) {
      this.#trainer.setGaussians(gaussiansOnHull(hull, gaussians, 0, this.#seed));
      const still = { low: frame, high: frame, fresh: [], focus: 0 };
      await this.#train({ type: 'train', stage: 'survey', first, count, frames: still, plan }, 0, pace);
      if (!this.#options.signal?.aborted) this.#clouds.set(frame, cloudOf(this.#trainer.gaussians()));
    } else {
      this.#iteration += count;
    }
  }

  async #connect(step: ConnectStep): Promise<void> {
    const cloud = this.#clouds.get(step.to);
    if (cloud && cloud.length > 0) {
      await connectFrame(this.#trainer, step, cloud, this.#connectedBefore(step.to));
      return;
    }
    // The motion goes on where there are pictures to correct it, and stops where there are none.
    const momentum = this.#emptyFrames.includes(step.to) ? 0 : 1;
    this.#trainer.extrapolateNodes({ before: step.before, from: step.from, to: step.to, momentum });
  }

  #bear({ frame, reach, maxGaussians }: Extract<Step, { type: 'bear' }>): void {
    const cloud = this.#clouds.get(frame);
    if (!cloud || cloud.length === 0) return;
    const limit = Math.max(0, maxGaussians - this.#trainer.gaussians().count);
    this.#trainer.bear({ frame, points: cloud.length / CLOUD_FIELDS, cloud, reach, limit });
  }

  /** The frames whose nodes are known when `frame` is connected. */
  #connectedBefore(frame: number): number[] {
    const connected = this.#program.steps.flatMap((step) => (step.type === 'connect' ? [step.to] : []));
    return [this.#canonical, ...connected.slice(0, connected.indexOf(frame))];
  }

  /**
   * Runs what is left of a batch and returns the iterations done. Where somebody watches, in pieces: where a batch is cut changes
   * no bit of the result.
   */
  async #train({ stage, frames, count, plan, ...step }: TrainStep, offset: number, pace: Pace): Promise<number> {
    const kind = `${plan.level} ${plan.deform} ${plan.moveGaussians}`;
    const choice = { ...frames, without: this.#emptyFrames };
    if (drawableFrames(choice).length === 0) {
      this.#iteration += count - offset;
      return count - offset;
    }
    let done = offset;
    while (done < count && this.#options.signal?.aborted !== true) {
      const left = count - done;
      const first = step.first + done;
      const size = this.#options.snapshotSeconds === undefined ? left : pace.piece(kind, left);
      const samples = drawSamples(this.#seed, this.#views, choice, first, size);
      const began = performance.now();
      const batch = await this.#trainer.run({ ...plan, first, samples });
      pace.noteTime(kind, batch.iterations, performance.now() - began);
      this.#advance(stage, batch, pace);
      done += batch.iterations;
      this.#showIfDue(pace);
    }
    return done - offset;
  }

  #advance(stage: Stage, batch: BatchResult, pace: Pace): void {
    this.#iteration += batch.iterations;
    pace.add(batch.loss, batch.mse, batch.iterations);
    const total = this.#program.iterations;
    if (!pace.isDue('progress', PROGRESS_SECONDS) && this.#iteration !== total) return;
    const seconds = (performance.now() - this.#began) / 1000;
    const iterationsPerSecond = (this.#iteration - this.#startedIteration) / Math.max(seconds, 1e-3);
    const secondsLeft = iterationsPerSecond > 0 ? (total - this.#iteration) / iterationsPerSecond : Infinity;
    const { iteration, gaussians } = { iteration: this.#iteration, gaussians: batch.gaussians };
    const where = { type: 'progress' as const, stage, iteration, total, gaussians };
    this.#say({ ...where, ...pace.take(), iterationsPerSecond, secondsLeft });
  }

  /** Takes the state as it is now; it is written while the run goes on. Throws what the checkpoint before it could not be written for. */
  async #save(fingerprint: string, step: number, offset: number): Promise<void> {
    const { checkpoint } = this.#options;
    if (checkpoint === undefined) return;
    await this.#saving;
    const iteration = this.#iteration;
    const seconds = this.#earlierSeconds + (performance.now() - this.#began) / 1000;
    const clouds = Object.fromEntries([...this.#clouds].map(([frame, cloud]) => [`${CLOUD_PREFIX}${frame}`, cloud]));
    const state = { ...this.#trainer.state(), ...clouds };
    this.#saving = writeCheckpoint(checkpoint, { fingerprint, step, offset, seconds, state }).then(() => {
      this.#say({ type: 'checkpoint', iteration });
    });
    // It is thrown where it is waited for.
    this.#saving.catch(() => undefined);
  }

  #scene(): Scene {
    const { fps, frames, background } = this.#clip;
    return { gaussians: this.#trainer.gaussians(), deformation: this.#deformation(), fps, frames, background };
  }

  #deformation(): Deformation {
    if (!this.#deforming) return { kind: 'static' };
    const network = this.#trainer.hexplane();
    if (!network || !this.#hexplaneConfig) return { kind: 'nodes', ...this.#trainer.nodes() };
    return { kind: 'hexplane', config: this.#hexplaneConfig, parameters: new Map(Object.entries(network)) };
  }

  async #report(): Promise<OptimizeReport> {
    const { preset } = this.#options;
    const pictures = await this.#measure(this.#views);
    for (const message of doubtsAbout(pictures)) this.#say({ type: 'warning', message });
    const holdout = this.#holdout.length > 0 ? await this.#measure(this.#holdout) : undefined;
    const seconds = this.#earlierSeconds + this.#optimisingSeconds;
    const done = Math.max(1, this.#iteration - this.#startedIteration);
    return {
      ...{ preset, seed: this.#seed, iterations: this.#iteration, seconds },
      training: qualityOf(this.#views, pictures),
      gaussians: this.#trainer.gaussians().count,
      msPerIteration: (this.#optimisingSeconds * 1000) / done,
      ...(holdout ? { holdout: qualityOf(this.#holdout, holdout) } : {}),
      peakMemoryMegabytes: process.resourceUsage().maxRSS / 1024,
    };
  }

  /** All pictures of some views, measured against the clip. */
  async #measure(views: readonly number[]): Promise<MeasuredPicture[]> {
    const pairs = views.flatMap((view) => this.#clip.images[view]?.map((_, frame) => ({ view, frame })) ?? []);
    this.#say({ type: 'begin', stage: 'evaluate', iterations: pairs.length });
    const measured: MeasuredPicture[] = [];
    for (let first = 0; first < pairs.length; first += MEASURE_BATCH) {
      if (this.#options.signal?.aborted) throw cancelled(this.#options.signal);
      const batch = pairs.slice(first, first + MEASURE_BATCH);
      const samples = Int32Array.from(batch.flatMap(({ view, frame }) => [view, frame]));
      const values = await this.#trainer.measure({ samples, deform: this.#deforming });
      batch.forEach((picture, i) => {
        const [mse = 0, ssim = 0, foreground = -1, iou = 0, uncovered = 0] = values.subarray(i * MEASURES);
        const foregroundPsnr = foreground < 0 ? null : decibels(foreground);
        measured.push({ ...picture, psnr: decibels(mse), ssim, foregroundPsnr, iou, uncovered });
      });
    }
    return measured;
  }
}

const cancelled = (signal: AbortSignal): AppError =>
  new AppError('cancelled', 'The optimisation was cancelled.', signal.reason);
