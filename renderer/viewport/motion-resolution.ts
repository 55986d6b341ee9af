/** A picture that takes longer than this is drawn coarser while things move, ms. */
const TOO_LONG = 50;
/** How long nothing may have changed before the picture becomes sharp, ms; pictures of the slowest machine count in. */
const REST = 150;
const LONGEST_REST = 800;
/** Of the full resolution, while things move. Below a half one sees squares instead of a character. */
const SHARES = [1, 0.75, 0.5] as const;
/** Of a new time in the mean of those before. */
const WEIGHT = 0.3;

/**
 * How sharp the picture is drawn. On a machine that is too slow for it a moving picture is coarser, and sharp again as
 * soon as it rests; elsewhere it is always sharp.
 */
export class MotionResolution {
  readonly #redraw: () => void;
  #isMoving = false;
  #rest: ReturnType<typeof setTimeout> | undefined;
  /** Milliseconds that a sharp picture takes, as far as is known from those drawn. */
  #cost = 0;

  /** `redraw` is called when the picture rests and was coarse. */
  constructor(redraw: () => void) {
    this.#redraw = redraw;
  }

  /** Another time, another side, other Gaussians. */
  moved(): void {
    this.#isMoving = true;
    clearTimeout(this.#rest);
    // A sharp picture that is begun between two steps of a slow motion holds up the second.
    this.#rest = setTimeout(
      () => {
        const wasCoarse = this.share < 1;
        this.#isMoving = false;
        if (wasCoarse) this.#redraw();
      },
      Math.min(REST + 2 * this.#cost, LONGEST_REST),
    );
  }

  /** Of the full resolution along each side, for the picture that is drawn next. */
  get share(): number {
    if (!this.#isMoving || this.#cost <= TOO_LONG) return 1;
    return SHARES.find((share) => this.#cost * share * share <= TOO_LONG) ?? 0.5;
  }

  /** A picture of `share` has taken `ms` until the graphics card was done. */
  drawn(share: number, ms: number): void {
    // Not all of the work goes with the pixels; the share that is too sharp then is corrected by the next picture.
    const sharp = ms / (share * share);
    this.#cost = this.#cost === 0 ? sharp : this.#cost + WEIGHT * (sharp - this.#cost);
  }

  dispose(): void {
    clearTimeout(this.#rest);
  }
}
