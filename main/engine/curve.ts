import type { CurvePoint } from '../../preload/contract/jobs.ts';

/** A curve of at most `Curve.MOST` points over a run of any length: when it is full, every second point goes. */
export class Curve {
  static readonly MOST = 500;
  #points: CurvePoint[] = [];
  /** Points that come for each that is kept. */
  #every = 1;
  #skipped = 0;

  /** Takes a point that lies behind all others and says so; what is not finite, or is known, is passed over. */
  add(point: CurvePoint): boolean {
    const last = this.#points.at(-1);
    if (!point.every(Number.isFinite) || (last && point[0] <= last[0])) return false;
    this.#skipped++;
    if (this.#skipped < this.#every) return true;
    this.#skipped = 0;
    this.#points.push(point);
    if (this.#points.length > Curve.MOST) {
      this.#points = this.#points.filter((_, index) => index % 2 === 0);
      this.#every *= 2;
    }
    return true;
  }

  points(): readonly CurvePoint[] {
    return this.#points.slice();
  }

  clear(): void {
    this.#points = [];
    this.#every = 1;
    this.#skipped = 0;
  }
}
