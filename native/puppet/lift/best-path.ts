/** What it costs to be in a state and to change it; all costs are finite and at least roughly on the scale of sigma^2. */
export interface PathCosts {
  readonly frames: number;
  readonly states: number;
  /** State `s` in frame `t`. */
  readonly at: (t: number, s: number) => number;
  /** State `a` in frame t - 1, then `b` in frame t. */
  readonly step: (t: number, a: number, b: number) => number;
  /** States `a`, `b`, `c` in frames t - 2, t - 1 and t: what a change of velocity costs. */
  readonly turn: (t: number, a: number, b: number, c: number) => number;
}

/** The cheapest sequence of states, one a frame (Viterbi over pairs of states). Ties go to the lower state. */
export function bestPath({ frames, states, at, step, turn }: PathCosts): number[] {
  const range = Array.from({ length: states }, (_, s) => s);
  const cheapest = (costs: readonly number[]): number =>
    costs.reduce((best, c, i) => (c < (costs[best] ?? 0) ? i : best), 0);
  if (frames === 0) return [];
  if (frames === 1) return [cheapest(range.map((s) => at(0, s)))];
  // Index a * states + b stands for state a in frame t - 1 and b in frame t.
  let totals = Float64Array.from(range.flatMap((a) => range.map((b) => at(0, a) + at(1, b) + step(1, a, b))));
  const origins: Uint8Array[] = [];
  for (let t = 2; t < frames; t++) {
    const next = new Float64Array(states * states);
    const origin = new Uint8Array(states * states);
    for (let c = 0; c < states; c++) {
      const own = at(t, c);
      for (let b = 0; b < states; b++) {
        let [best, from] = [Infinity, 0];
        for (let a = 0; a < states; a++) {
          const total = (totals[a * states + b] ?? 0) + turn(t, a, b, c);
          if (total < best) [best, from] = [total, a];
        }
        next[b * states + c] = best + own + step(t, b, c);
        origin[b * states + c] = from;
      }
    }
    totals = next;
    origins.push(origin);
  }
  let pair = cheapest(Array.from(totals));
  const path = [pair % states, Math.floor(pair / states)];
  for (const origin of origins.toReversed()) {
    const before = origin[pair] ?? 0;
    pair = before * states + Math.floor(pair / states);
    path.push(before);
  }
  return path.reverse();
}
