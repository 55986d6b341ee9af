import { resizeCamera, type Camera } from '../../../core/camera.ts';
import type { Scene } from '../../../core/deformation/deformation.ts';
import { recordOf, type ProjectDocument } from '../../../core/document/document.ts';
import { AppError } from '../../../core/errors.ts';
import { ringCameras } from '../../../core/ring.ts';
import { SceneRenderer } from '../../../native/render.ts';
import { camerasOf } from '../clip-records.ts';

type Colour = readonly [number, number, number];

/** Pictures of a scene on a colour, or on nothing. To be disposed of. */
export class ScenePictures {
  readonly #on: readonly SceneRenderer[];

  /** `background` null: transparent, which takes two renderings a picture. `threads` null: all cores. */
  constructor(scene: Scene, background: Colour | null, threads: number | null) {
    const options = threads === null ? {} : { threads };
    const backgrounds: readonly Colour[] = background
      ? [background]
      : [
          [0, 0, 0],
          [1, 1, 1],
        ];
    this.#on = backgrounds.map((colour) => new SceneRenderer({ ...scene, background: colour }, options));
  }

  /** 8-bit sRGB, height x width x 3; x 4 with straight alpha where it is transparent. */
  async render(camera: Camera, time: number): Promise<Uint8Array> {
    const [first = new Uint8Array(), second] = await Promise.all(this.#on.map((one) => one.render(camera, time)));
    return second ? withAlpha(first, second) : first;
  }

  dispose(): void {
    for (const renderer of this.#on) renderer.dispose();
  }
}

/** What shows black through on black and white through on white is transparent by just that. */
export function withAlpha(onBlack: Uint8Array, onWhite: Uint8Array): Uint8Array {
  const pixels = onBlack.length / 3;
  const rgba = new Uint8Array(pixels * 4);
  for (let p = 0; p < pixels; p++) {
    let through = 0;
    for (let c = 0; c < 3; c++) through += (onWhite[p * 3 + c] ?? 0) - (onBlack[p * 3 + c] ?? 0);
    const alpha = Math.min(255, Math.max(0, 255 - Math.round(through / 3)));
    rgba[p * 4 + 3] = alpha;
    for (let c = 0; c < 3 && alpha > 0; c++) {
      rgba[p * 4 + c] = Math.min(255, Math.round(((onBlack[p * 3 + c] ?? 0) * 255) / alpha));
    }
  }
  return rgba;
}

/** A camera of the document's clip, or of the ring where it has no clip, that sees as much in a picture of another size. */
export function cameraOf(document: ProjectDocument, view: number, [width, height]: readonly [number, number]): Camera {
  const clip = recordOf(document, 'clip');
  const cameras = clip ? camerasOf(clip) : ringCameras(Math.min(width, height));
  const camera = cameras[view];
  if (!camera) {
    throw new AppError('bad-input', `There is no camera ${view}; choose one from 0 to ${cameras.length - 1}.`);
  }
  const scale = Math.min(width / camera.width, height / camera.height);
  const fitted = resizeCamera(camera, camera.width * scale, camera.height * scale);
  const [right, down] = [(width - fitted.width) / 2, (height - fitted.height) / 2];
  return { ...fitted, width, height, cx: fitted.cx + right, cy: fitted.cy + down };
}
