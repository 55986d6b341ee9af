import type { Scene } from '../deformation/deformation.ts';
import { deformHexPlane, openHexPlane, type HexPlaneNetwork } from '../deformation/hexplane.ts';
import type { Gaussians } from '../gaussians.ts';
import { shCoefficients } from '../gaussians.ts';
import {
  allocateWords,
  harmonicWords,
  packHarmonics,
  packPoses,
  packShapes,
  paddedLength,
  POSE_WORDS,
  SHAPE_WORDS,
  type Words,
} from './packed-gaussians.ts';
import { poseByNodes } from './pose-by-nodes.ts';

/** A scene's Gaussians at one time, packed. What stays the same over the whole scene is null. */
export interface PosedFrame {
  /** The frame that this is; the nearest whole one where frames between are too dear. */
  readonly frame: number;
  readonly pose: Words;
  readonly shape: Float32Array<ArrayBuffer> | null;
  readonly harmonics: Uint32Array<ArrayBuffer> | null;
}

/** Gaussians of a network deformation worked out in one go: some milliseconds. */
const SLICE = 512;

/** A scene's frames, packed for drawing; those worked out are kept as far as a budget of bytes allows. */
export class PosedScene {
  readonly scene: Scene;
  /** At rest. */
  readonly shape: Float32Array<ArrayBuffer>;
  readonly harmonics: Uint32Array<ArrayBuffer>;
  /** Frames between whole ones are shown as such; false where the deformation takes too long for that. */
  readonly smooth: boolean;
  readonly #network: HexPlaneNetwork | undefined;
  readonly #budget: number;
  /** Whole frames, least recently used first. */
  readonly #kept = new Map<number, PosedFrame>();
  #bytes = 0;

  constructor(scene: Scene, budget: number) {
    const { gaussians, deformation } = scene;
    const { count, shDegree } = gaussians;
    this.scene = scene;
    this.#budget = budget;
    this.#network = deformation.kind === 'hexplane' ? openHexPlane(deformation) : undefined;
    this.smooth = this.#network === undefined;
    this.shape = allocateWords(paddedLength(count, SHAPE_WORDS)).floats;
    packShapes(gaussians, this.shape);
    this.harmonics = allocateWords(paddedLength(count, harmonicWords(shDegree))).words;
    packHarmonics(gaussians, this.harmonics);
  }

  /** The frame that stands for `frame`, which may lie between two or outside. */
  nearest(frame: number): number {
    const inside = Math.min(Math.max(frame, 0), this.scene.frames - 1);
    return this.smooth ? inside : Math.round(inside);
  }

  /** The frame if it is kept. */
  kept(frame: number): PosedFrame | undefined {
    const found = this.#kept.get(this.nearest(frame));
    if (!found) return undefined;
    this.#kept.delete(found.frame);
    this.#kept.set(found.frame, found);
    return found;
  }

  /** Works a frame out, in steps of some milliseconds; whoever runs the steps may stop between them. */
  *work(frame: number): Generator<undefined, PosedFrame> {
    const kept = this.kept(frame);
    if (kept) return kept;
    const posed = yield* this.#posed(this.nearest(frame));
    // What lies between frames comes by once while the scene plays.
    if (Number.isInteger(posed.frame)) this.#keep(posed);
    return posed;
  }

  /** The next whole frame after `frame`, around the end, that is not kept though the budget has room for it. */
  nextMissing(frame: number): number | undefined {
    const { frames } = this.scene;
    for (let step = 0; step < frames; step++) {
      const next = (Math.round(this.nearest(frame)) + step) % frames;
      if (this.#kept.has(next)) continue;
      return this.#bytes + this.#frameBytes() <= this.#budget ? next : undefined;
    }
    return undefined;
  }

  *#posed(frame: number): Generator<undefined, PosedFrame> {
    const { gaussians, deformation, frames } = this.scene;
    const time = frames > 1 ? frame / (frames - 1) : 0;
    const pose = allocateWords(paddedLength(gaussians.count, POSE_WORDS));
    if (deformation.kind === 'nodes') poseByNodes(gaussians, deformation, time, pose);
    if (deformation.kind === 'static') packPoses(gaussians, pose);
    if (!this.#network) return { frame, pose, shape: null, harmonics: null };

    const { scale, opacity, sh } = this.#network.config.heads;
    const shape = scale || opacity ? new Float32Array(this.shape.length) : null;
    const harmonics = sh && gaussians.shDegree > 0 ? new Uint32Array(this.harmonics.length) : null;
    for (let first = 0; first < gaussians.count; first += SLICE) {
      const moved = deformHexPlane(part(gaussians, first, first + SLICE), this.#network, time);
      packPoses(moved, pose, first);
      if (shape) packShapes(moved, shape, first);
      if (harmonics) packHarmonics(moved, harmonics, first);
      yield;
    }
    return { frame, pose, shape, harmonics };
  }

  #frameBytes(): number {
    const { count } = this.scene.gaussians;
    const heads = this.#network?.config.heads;
    const shape = heads && (heads.scale || heads.opacity) ? this.shape.byteLength : 0;
    return paddedLength(count, POSE_WORDS) * 4 + shape + (heads?.sh ? this.harmonics.byteLength : 0);
  }

  #keep(posed: PosedFrame): void {
    const size = this.#frameBytes();
    if (size > this.#budget) return;
    this.#kept.set(posed.frame, posed);
    this.#bytes += size;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#budget) break;
      this.#kept.delete(oldest);
      this.#bytes -= size;
    }
  }
}

/** Gaussians `from` to `to` (not included) of a cloud, sharing its memory. */
function part(gaussians: Gaussians, from: number, to: number): Gaussians {
  const end = Math.min(to, gaussians.count);
  const rows = (values: Float32Array, width: number): Float32Array => values.subarray(from * width, end * width);
  return {
    count: end - from,
    shDegree: gaussians.shDegree,
    means: rows(gaussians.means, 3),
    logScales: rows(gaussians.logScales, 3),
    quats: rows(gaussians.quats, 4),
    opacityLogits: rows(gaussians.opacityLogits, 1),
    sh: rows(gaussians.sh, 3 * shCoefficients(gaussians.shDegree)),
  };
}
