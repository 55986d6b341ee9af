import type { PerspectiveCamera } from 'three';
import type { Gaussians } from '../../core/gaussians.ts';
import type { DepthRow } from '../../core/viewer/depth-order.ts';

export interface Contest {
  readonly canvas: HTMLCanvasElement;
  readonly side: number;
  /** The cloud at rest; frames have as many Gaussians. */
  readonly rest: Gaussians;
  /** Aimed already; its matrices stay as they are. */
  readonly camera: PerspectiveCamera;
  readonly row: DepthRow;
}

/** A way to draw Gaussians that change with every frame. */
export interface Contender {
  /** Takes the Gaussians in and draws them in their order; resolves in the task that drew, before the card is done. */
  readonly draw: (gaussians: Gaussians) => Promise<void>;
  /** Resolves when the card is done. */
  readonly finish: () => Promise<void>;
}

/** Reading a pixel waits for everything drawn before it. */
export function finishWebGl(gl: WebGL2RenderingContext | WebGLRenderingContext): Promise<void> {
  gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
  return Promise.resolve();
}
