import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeFileAtomic } from '../../../native/files/atomic.ts';
import type { CurvePoint } from '../../../preload/contract/jobs.ts';
import { Curve } from '../curve.ts';

const saved = z.array(z.tuple([z.number(), z.number(), z.number()])).max(2 * Curve.MOST);

/** How a fit goes, kept beside its checkpoint so that a run that goes on has its beginning too. */
export class TrainingCurve {
  readonly #path: string;
  readonly #curve = new Curve();

  private constructor(path: string) {
    this.#path = path;
  }

  /** The curve that was saved at `path`, or an empty one: a picture of the past is worth no failure. */
  static async open(path: string): Promise<TrainingCurve> {
    const curve = new TrainingCurve(path);
    try {
      for (const point of saved.parse(JSON.parse(await readFile(path, 'utf8')))) curve.add(point);
    } catch {
      // none, or damaged
    }
    return curve;
  }

  /** Whether the point was news: a run that goes on from a checkpoint does a few iterations again. */
  add(point: CurvePoint): boolean {
    return this.#curve.add(point);
  }

  points(): readonly CurvePoint[] {
    return this.#curve.points();
  }

  clear(): void {
    this.#curve.clear();
  }

  async save(): Promise<void> {
    await writeFileAtomic(this.#path, JSON.stringify(this.points())).catch(() => undefined);
  }
}
