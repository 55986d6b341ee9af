import { MIN_CONFIDENCE, type Pose, type PoseSequence } from './pose-sequence.ts';
import { SKELETONS, type SkeletonId } from './skeleton.ts';

export interface FillGapsOptions {
  /** Longest time without a keypoint that is bridged, in seconds; before the first and after the last sight half of it. */
  readonly longest?: number;
}

/** A limb can turn back in less than half of this, and then a straight bridge is wrong by the whole movement. */
const DEFAULT_LONGEST = 0.5;

interface Gap {
  /** Frames with a trusted keypoint on both sides, at least one of them. */
  readonly before: number | undefined;
  readonly after: number | undefined;
  /** First and last frame without one. */
  readonly first: number;
  readonly last: number;
}

/**
 * Fills keypoints below `MIN_CONFIDENCE` from their neighbours in time. A keypoint keeps its offset to the joint it hangs
 * on where that joint is trusted throughout the gap, so that a hidden hand moves with its arm. The confidence of a
 * filled keypoint falls with the time to the nearest sight, down to `MIN_CONFIDENCE`. Longer gaps stay as they are,
 * and a keypoint that is never seen is never invented.
 */
export function fillGaps(sequence: PoseSequence, { longest = DEFAULT_LONGEST }: FillGapsOptions = {}): PoseSequence {
  const frames = sequence.frames.map(({ keypoints, depths }): Pose => {
    const copy = { keypoints: keypoints.slice() };
    return depths ? { ...copy, depths: depths.slice() } : copy;
  });
  const limit = longest * sequence.fps;
  for (const [keypoint, parent] of outwards(sequence.skeleton)) {
    for (const gap of gapsOf(frames, keypoint)) {
      if (isBridged(gap, limit)) fillGap(frames, keypoint, parent, gap, limit);
    }
  }
  return { ...sequence, frames };
}

/** All keypoints with the one each hangs on, parents first. */
function outwards(skeleton: SkeletonId): [keypoint: number, parent: number | undefined][] {
  const { names, limbs } = SKELETONS[skeleton];
  const parents = new Map<number, number>();
  for (const [from, to] of limbs) if (!parents.has(to)) parents.set(to, from);
  const depthOf = (k: number): number => {
    const parent = parents.get(k);
    return parent === undefined ? 0 : 1 + depthOf(parent);
  };
  const order = names.map((_, k) => k).sort((a, b) => depthOf(a) - depthOf(b));
  return order.map((k) => [k, parents.get(k)]);
}

const isTrusted = (pose: Pose | undefined, k: number): boolean => (pose?.keypoints[k * 3 + 2] ?? 0) >= MIN_CONFIDENCE;

function gapsOf(frames: readonly Pose[], k: number): Gap[] {
  const gaps: Gap[] = [];
  let before: number | undefined;
  frames.forEach((pose, frame) => {
    if (!isTrusted(pose, k)) return;
    const first = before === undefined ? 0 : before + 1;
    if (first < frame) gaps.push({ before, after: frame, first, last: frame - 1 });
    before = frame;
  });
  if (before !== undefined && before < frames.length - 1) {
    gaps.push({ before, after: undefined, first: before + 1, last: frames.length - 1 });
  }
  return gaps;
}

/** An open end is always filled, as far as half the limit reaches. `limit` is in frames. */
const isBridged = ({ before, after }: Gap, limit: number): boolean =>
  before === undefined || after === undefined || after - before <= limit;

function fillGap(frames: readonly Pose[], k: number, parent: number | undefined, gap: Gap, limit: number): void {
  const { before, after, first, last } = gap;
  const reach = limit / 2;
  const start = before === undefined ? Math.max(first, Math.ceil((after ?? 0) - reach)) : first;
  const end = after === undefined ? Math.min(last, Math.floor((before ?? 0) + reach)) : last;
  const moving = frames.slice(before ?? start, (after ?? end) + 1);
  const anchor = moving.every((pose) => parent !== undefined && isTrusted(pose, parent)) ? parent : undefined;
  const [from, to] = [frames[before ?? after ?? 0], frames[after ?? before ?? 0]];
  if (!from || !to) return;
  for (let frame = start; frame <= end; frame++) {
    const pose = frames[frame];
    if (!pose) continue;
    const part = before !== undefined && after !== undefined ? (frame - before) / (after - before) : 0;
    const distance = Math.min(frame - (before ?? -Infinity), (after ?? Infinity) - frame);
    const at = (field: 'x' | 'y' | 'depth'): number => {
      const offset = mix(valueOf(from, k, field, anchor), valueOf(to, k, field, anchor), part);
      return anchor === undefined ? offset : offset + fieldOf(pose, anchor, field);
    };
    const seen = mix(from.keypoints[k * 3 + 2] ?? 0, to.keypoints[k * 3 + 2] ?? 0, part);
    const fade = Math.max(0, 1 - distance / (reach + 1));
    const depth = at('depth');
    // Just above the limit, because 32-bit numbers would round some of these below it.
    const confidence = MIN_CONFIDENCE + 1e-6 + Math.max(0, seen - MIN_CONFIDENCE) * fade;
    pose.keypoints.set([at('x'), at('y'), Math.min(1, confidence)], k * 3);
    pose.depths?.set([depth], k);
  }
}

const mix = (a: number, b: number, part: number): number => a + (b - a) * part;

function fieldOf(pose: Pose, k: number, field: 'x' | 'y' | 'depth'): number {
  if (field === 'depth') return pose.depths?.[k] ?? NaN;
  return pose.keypoints[k * 3 + (field === 'x' ? 0 : 1)] ?? 0;
}

/** A keypoint's x, y or depth, counted from that of the keypoint `anchor` where there is one. */
const valueOf = (pose: Pose, k: number, field: 'x' | 'y' | 'depth', anchor: number | undefined): number =>
  fieldOf(pose, k, field) - (anchor === undefined ? 0 : fieldOf(pose, anchor, field));
