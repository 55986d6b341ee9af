import type { WebGLRenderer } from 'three';

/** How often it is asked whether the card is done, ms. */
const POLL = 4;

/** Tells how long the graphics card takes for pictures: of several that overlap, for the first. */
export class DrawingTime {
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Called right after drawing that began at `from` (performance.now()); `done` gets milliseconds, or is never called. */
  measure(renderer: WebGLRenderer, from: number, done: (ms: number) => void): void {
    if (this.#timer !== undefined) return;
    const gl = renderer.getContext() as WebGL2RenderingContext;
    // null after the context was lost.
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    if (!fence) return;
    gl.flush();
    const poll = (): void => {
      this.#timer = undefined;
      if (gl.isContextLost()) return;
      if (gl.getSyncParameter(fence, gl.SYNC_STATUS) !== gl.SIGNALED) {
        this.#timer = setTimeout(poll, POLL);
        return;
      }
      gl.deleteSync(fence);
      done(performance.now() - from);
    };
    this.#timer = setTimeout(poll, POLL);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}
