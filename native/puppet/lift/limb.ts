import { add, length, scale, subtract, type Vector } from '../../../core/vector.ts';
import { bestPath } from './best-path.ts';
import { endAt, pointedOffset, reachOf, type Reach } from './on-ray.ts';
import { steadySeries } from './steady-series.ts';
import type { Track } from './tracks.ts';
import { capped, combined, offsetSigma } from './uncertainty.ts';

/** A chain of two bones: shoulder, elbow and wrist, or hip, knee and ankle. */
export interface LimbInput {
  /** Where it hangs, a frame. */
  readonly base: readonly Vector[];
  readonly middle: Track;
  readonly end: Track;
  readonly upper: number;
  readonly lower: number;
  readonly fps: number;
  /** Depth of a joint as the source gives it, in world units; NaN where unknown. */
  readonly given: (track: Track, t: number) => number;
  readonly depthSigma: number;
  /** A place as it is seen from what the limb moves with: the chest for an arm, the ground for a leg. */
  readonly relative: (t: number, point: Vector) => Vector;
  /** How unlikely a posture is for a body: 1 is one standard deviation, squared. */
  readonly unlikely: (t: number, posture: Posture) => number;
}

/** Where the far ends of both bones are. */
export interface Posture {
  readonly middle: Vector;
  readonly end: Vector;
}

export interface Limb {
  readonly middle: Vector[];
  readonly end: Vector[];
}

/** How unlikely it is that limbs have these postures at the same time. */
export type Together = (t: number, postures: readonly Posture[]) => number;

/** How fast a hand or foot changes its course, in world units a second squared, and how fast it moves. */
const ACCELERATION = 14;
const SPEED = 3;
/** What noise in the picture makes of depths, in parts of the limb. */
const DEPTH_NOISE = 0.06;

/** Towards the camera or away from it: signs of the depths of both bones. */
const SIGNS = [
  [1, 1],
  [1, -1],
  [-1, 1],
  [-1, -1],
] as const;
const STATES = SIGNS.length;
const NOWHERE: Posture = { middle: [0, 0, 1], end: [0, 0, 1] };

/** One limb's costs in one frame: of each state, of each step from the frame before, of each turn from the two before. */
interface FrameCosts {
  readonly at: Float64Array;
  readonly step: Float64Array;
  readonly turn: Float64Array;
}

/**
 * Limbs in space that are decided together. In each frame every bone points towards the camera or away from it by as
 * much as it looks shortened; which way is decided over all frames at once by what bodies do and by smooth movement.
 */
export function liftLimbs(inputs: readonly LimbInput[], together: Together = () => 0): Limb[] {
  const frames = inputs[0]?.base.length ?? 0;
  const limbs = inputs.length;
  const postures = inputs.map(posturesOf);
  const costs = inputs.map((input, limb) => costsOf(input, postures[limb] ?? []));
  // What all limbs do is a number whose digits, base 4, are the states of each.
  const states = STATES ** limbs;
  const digits = Uint8Array.from(
    { length: states * limbs },
    (_, i) => Math.floor(i / limbs / STATES ** (i % limbs)) % STATES,
  );
  const digit = (s: number, limb: number): number => digits[s * limbs + limb] ?? 0;
  const turns = turnTables(
    costs.map((limb) => limb.map(({ turn }) => turn)),
    digits,
  );
  const path = bestPath({
    frames,
    states,
    at: (t, s) => {
      let total = together(
        t,
        postures.map((limb, i) => limb[t]?.[digit(s, i)] ?? NOWHERE),
      );
      for (let limb = 0; limb < limbs; limb++) total += costs[limb]?.[t]?.at[digit(s, limb)] ?? 0;
      return total;
    },
    step: (t, a, b) => {
      let total = 0;
      for (let limb = 0; limb < limbs; limb++) {
        total += costs[limb]?.[t]?.step[digit(a, limb) * STATES + digit(b, limb)] ?? 0;
      }
      return total;
    },
    turn: (t, a, b, c) => turns(t)[(a * states + b) * states + c] ?? 0,
  });
  return inputs.map((input, limb) => {
    const signs = path.map((s) => SIGNS[digit(s, limb)] ?? SIGNS[0]);
    const middle = steadyEnds(
      input,
      input.base,
      input.middle,
      input.upper,
      signs.map(([sign]) => sign),
    );
    return {
      middle,
      end: steadyEnds(
        input,
        middle,
        input.end,
        input.lower,
        signs.map(([, sign]) => sign),
      ),
    };
  });
}

/**
 * Each frame's costs of turns, [states, states, states], of all limbs together. A table serves one frame only: the path
 * finder asks for thousands of its entries, frame after frame.
 */
function turnTables(limbs: readonly (readonly Float64Array[])[], digits: Uint8Array): (t: number) => Float64Array {
  const count = limbs.length;
  const states = digits.length / count;
  const table = new Float64Array(states ** 3);
  let current = -1;
  return (t) => {
    if (t === current) return table;
    current = t;
    table.fill(0);
    limbs.forEach((frames, limb) => {
      const own = frames[t] ?? new Float64Array();
      for (let a = 0, at = 0; a < states; a++) {
        const first = (digits[a * count + limb] ?? 0) * STATES;
        for (let b = 0; b < states; b++) {
          const row = (first + (digits[b * count + limb] ?? 0)) * STATES;
          for (let c = 0; c < states; c++, at++) {
            table[at] = (table[at] ?? 0) + (own[row + (digits[c * count + limb] ?? 0)] ?? 0);
          }
        }
      }
    });
    return table;
  };
}

const rayOf = (track: Track, t: number): Vector => track.rays[t] ?? [0, 0, 1];

/** The postures of a frame's states. */
function posturesOf({ base, middle, end, upper, lower }: LimbInput): Posture[][] {
  return base.map((start, t) => {
    const reach = reachOf(start, rayOf(middle, t), upper);
    return SIGNS.map(([first, second]): Posture => {
      const joint = endAt(start, reach, pointedOffset(start, reach, first, upper), upper);
      const beyond = reachOf(joint, rayOf(end, t), lower);
      return { middle: joint, end: endAt(joint, beyond, pointedOffset(joint, beyond, second, lower), lower) };
    });
  });
}

function costsOf(input: LimbInput, postures: readonly (readonly Posture[])[]): FrameCosts[] {
  const { fps, upper, lower, middle, end, depthSigma, given, unlikely, relative } = input;
  const noise = DEPTH_NOISE * (upper + lower);
  const speed = Math.hypot(SPEED / fps, noise);
  const bend = Math.hypot(ACCELERATION / (fps * fps), noise);
  const moving = postures.map((own, t) =>
    own.map((posture) => ({ middle: relative(t, posture.middle), end: relative(t, posture.end) })),
  );
  const get = (t: number, s: number): Posture => moving[t]?.[s] ?? NOWHERE;
  const evidence = (track: Track, t: number, place: Vector): number => {
    const depth = given(track, t);
    return Number.isNaN(depth) ? 0 : capped((depth - place[2]) / Math.hypot(depthSigma, 0.1 * upper), 25);
  };
  const states = SIGNS.map((_, s) => s);
  return postures.map((own, t) => ({
    at: Float64Array.from(own, (posture) => {
      return unlikely(t, posture) + evidence(middle, t, posture.middle) + evidence(end, t, posture.end);
    }),
    step: Float64Array.from(
      states.flatMap((a) => states.map((b) => (t < 1 ? 0 : moved(get(t - 1, a), get(t, b), speed)))),
    ),
    turn: Float64Array.from(
      states.flatMap((a) =>
        states.flatMap((b) => states.map((c) => (t < 2 ? 0 : turned(get(t - 2, a), get(t - 1, b), get(t, c), bend)))),
      ),
    ),
  }));
}

const moved = (from: Posture, to: Posture, speed: number): number =>
  0.5 * (capped(gap(from.middle, to.middle) / speed) + capped(gap(from.end, to.end) / speed));

const turned = (a: Posture, b: Posture, c: Posture, bend: number): number =>
  capped(kink(a.middle, b.middle, c.middle) / bend) + capped(kink(a.end, b.end, c.end) / bend);

const gap = (a: Vector, b: Vector): number => length(subtract(b, a));
const kink = (a: Vector, b: Vector, c: Vector): number => length(subtract(add(a, c), scale(b, 2)));

/** Ends of one bone: each frame's depth weighs by how sure it is, and the bone keeps its length. */
function steadyEnds(
  { fps, given, depthSigma }: LimbInput,
  starts: readonly Vector[],
  track: Track,
  bone: number,
  signs: readonly number[],
): Vector[] {
  const reaches = starts.map((start, t) => reachOf(start, rayOf(track, t), bone));
  const fused = reaches.map((reach, t) => {
    const sigma = offsetSigma(reach.half, bone, track.trust[t] ?? 0);
    const terms = [{ depth: pointedOffset(starts[t] ?? reach.nearest, reach, signs[t] ?? 1, bone), sigma }];
    const known = given(track, t);
    if (!Number.isNaN(known)) terms.push({ depth: offsetOf(reach, known), sigma: depthSigma });
    return combined(terms);
  });
  const offsets = steadySeries(
    fused.map(({ depth }) => depth),
    fused.map(({ sigma }) => sigma),
    ACCELERATION / (fps * fps),
  );
  return starts.map((start, t) =>
    endAt(start, reaches[t] ?? reachOf(start, rayOf(track, t), bone), offsets[t] ?? 0, bone),
  );
}

/** The offset along the ray at which it has that depth. */
const offsetOf = ({ nearest, away }: Reach, depth: number): number => (depth - nearest[2]) / Math.max(away[2], 0.1);
