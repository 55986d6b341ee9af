import { add, distance, dot, length, normalize, scale, subtract, type Vector } from '../../../core/vector.ts';
import { bestPath } from './best-path.ts';
import type { BodyFrame } from './frame-of-body.ts';
import { reachOf } from './on-ray.ts';
import { addScaled, middleDepth } from './sights.ts';
import { within } from './statistics.ts';
import { steadySeries } from './steady-series.ts';
import type { TrunkInput } from './trunk.ts';
import { capped, combined } from './uncertainty.ts';

const NOWHERE: Vector = [0, 0, 1];
const NO_REACH = reachOf(NOWHERE, NOWHERE, 1);

/** A spine that looks shorter by less than this part is upright for all that is known. */
const UNSEEN_LEAN = 0.06;
/** People stand this upright, as a standard deviation in parts of the spine. */
const UPRIGHT = 0.1;
const LEAN_ACCELERATION = 14;

/** The neck above the hips, leaning forwards rather than backwards where the spine looks short. */
export function liftNeck(
  { tracks, size, fps, depthSigma, pixel, up }: TrunkInput,
  root: readonly Vector[],
  chest: readonly BodyFrame[],
): Vector[] {
  const spine = size.lengths.spine;
  const reaches = root.map((hips, t) => reachOf(hips, tracks.neck.rays[t] ?? [0, 0, 1], spine));
  const halves = reaches.map(({ nearest }, t) => {
    const seen = distance(nearest, root[t] ?? NOWHERE);
    return Math.sqrt(Math.max(0, ((1 - UNSEEN_LEAN) * spine * (size.neckLifts[t] ?? 1)) ** 2 - seen * seen));
  });
  const forwardness = chest.map(({ forward }, t) => dot(forward, reaches[t]?.away ?? [0, 0, 1]));
  const slack = halves.map((half) => Math.max(half, 0.1 * spine));
  const signed = (s: number, t: number): number => (s === 0 ? 1 : -1) * (halves[t] ?? 0);
  const bend = Math.hypot((LEAN_ACCELERATION / (fps * fps)) * spine, 0.1 * spine);
  const givenOf = (t: number): number => {
    const [hips, nearest] = [root[t] ?? [0, 0, 0], reaches[t]?.nearest ?? [0, 0, 0]];
    const depth = (tracks.neck.depths[t] ?? NaN) - middleDepth(tracks, t);
    return hips[2] + depth * pixel * hips[2] - nearest[2];
  };
  const uprightOf = (t: number): number => {
    const [hips, { nearest, away }] = [root[t] ?? NOWHERE, reaches[t] ?? NO_REACH] as const;
    return dot(subtract(addScaled(hips, up, spine), nearest), away);
  };
  const path = bestPath({
    frames: root.length,
    states: 2,
    at: (t, s) => {
      const offset = signed(s, t);
      const lean = ((offset - uprightOf(t)) * (forwardness[t] ?? 0)) / spine;
      const given = givenOf(t);
      const known = Number.isNaN(given) ? 0 : capped((given - offset) / Math.hypot(depthSigma, 0.1 * spine), 25);
      return known + 6 * Math.max(0, -lean) + 20 * Math.max(0, -lean - 0.3) ** 2;
    },
    step: () => 0,
    turn: (t, a, b, c) => capped((signed(c, t) - 2 * signed(b, t - 1) + signed(a, t - 2)) / bend),
  });
  const fused = path.map((s, t) => {
    const given = givenOf(t);
    const known = !Number.isNaN(given);
    const terms = [
      { depth: uprightOf(t), sigma: (UPRIGHT * spine + 0.3 * (halves[t] ?? 0)) * (known ? 4 : 1) },
      { depth: signed(s, t), sigma: ((known ? 2 : 1) * 0.05 * spine * spine) / (slack[t] ?? spine) },
    ];
    if (known) terms.push({ depth: given, sigma: depthSigma });
    return combined(terms);
  });
  const offsets = steadySeries(
    fused.map(({ depth }) => depth),
    fused.map(({ sigma }) => sigma),
    (LEAN_ACCELERATION / (fps * fps)) * spine,
  );
  return reaches.map(({ nearest, away }, t) => {
    const hips = root[t] ?? [0, 0, 0];
    const neck = add(nearest, scale(away, offsets[t] ?? 0));
    const reach = length(subtract(neck, hips));
    const allowed = within(reach, (1 - 2 * UNSEEN_LEAN) * spine, (1 + 2 * UNSEEN_LEAN) * spine);
    return add(hips, scale(normalize(subtract(neck, hips), up), allowed));
  });
}
