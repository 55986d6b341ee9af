/** The space bar over the pose: held while something is dragged it pans, only pressed it plays as everywhere. */
export class HeldSpace {
  #state: 'up' | 'down' | 'used' = 'up';

  get isHeld(): boolean {
    return this.#state !== 'up';
  }

  press(): void {
    if (this.#state === 'up') this.#state = 'down';
  }

  /** Something is dragged with it. */
  use(): void {
    if (this.#state === 'down') this.#state = 'used';
  }

  /** Whether it was pressed and nothing was dragged with it. */
  release(): boolean {
    const wasPressed = this.#state === 'down';
    this.#state = 'up';
    return wasPressed;
  }
}
