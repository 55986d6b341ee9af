import type { PoseModel } from '../pose-model.ts';
import { idle } from './idle.ts';
import type { PointerInput, ToolState } from './tool-state.ts';

/** The tool of the pose editor: one state at a time, which says what comes next. */
export class PoseTool {
  #state: ToolState;
  readonly #model: PoseModel;

  constructor(model: PoseModel) {
    this.#model = model;
    this.#state = idle(model);
  }

  get state(): ToolState['name'] {
    return this.#state.name;
  }

  pointerDown(input: PointerInput): void {
    this.#go(this.#state.pointerDown?.(input));
  }

  pointerMove(input: PointerInput): void {
    this.#go(this.#state.pointerMove?.(input));
  }

  pointerUp(input: PointerInput): void {
    this.#go(this.#state.pointerUp?.(input));
  }

  /** Takes back what is under way; whether there was something. */
  cancel(): boolean {
    const wasBusy = this.#state.name !== 'idle';
    this.#go(this.#state.cancel?.());
    return wasBusy;
  }

  /** Ends what is under way as it stands: the pointer is gone. */
  end(): void {
    if (this.#state.name !== 'idle') this.#go(idle(this.#model));
  }

  #go(next: ToolState | undefined): void {
    if (!next) return;
    this.#state.exit?.();
    this.#state = next;
    next.enter?.();
  }
}
