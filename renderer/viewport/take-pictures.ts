import { Color, PerspectiveCamera, Scene, WebGLRenderTarget, type WebGLRenderer } from 'three';
import type { Camera } from '../../core/camera.ts';
import { aimCamera } from './aim-camera.ts';
import type { SceneFacts } from './scene-messages.ts';
import type { ScenePlayer } from './scene-player.ts';
import { SplatCloud, type ViewMode } from './splat-cloud.ts';

export interface PictureLook {
  /** sRGB 0..1; null: transparent. */
  readonly background: readonly [number, number, number] | null;
  readonly mode: ViewMode;
}

interface PictureOrder {
  readonly player: ScenePlayer;
  readonly renderer: WebGLRenderer;
  readonly facts: SceneFacts;
  readonly frames: readonly number[];
  /** Of the pictures' size. */
  readonly camera: Camera;
  readonly look: PictureLook;
}

/** Pictures of some frames of the scene alone, taken beside what the screen shows. Frames that are gone are left out. */
export async function takePictures(order: PictureOrder): Promise<ImageData[]> {
  const { player, renderer, facts, frames, camera, look } = order;
  const { width, height } = camera;
  const cloud = new SplatCloud(facts);
  const target = new WebGLRenderTarget(width, height, { depthBuffer: true });
  const scene = new Scene();
  scene.add(cloud.mesh);
  const eye = new PerspectiveCamera();
  eye.matrixAutoUpdate = false;
  aimCamera(eye, camera);
  cloud.show(look.mode, eye);
  const images: ImageData[] = [];
  try {
    for (const frame of frames) {
      const shot = await player.picture(frame, camera);
      if (!shot) continue;
      cloud.update(shot);
      drawInto(renderer, target, scene, eye, look.background);
      const pixels = new Uint8Array(width * height * 4);
      await renderer.readRenderTargetPixelsAsync(target, 0, 0, width, height, pixels);
      images.push(new ImageData(fromPremultiplied(pixels, width, height), width, height));
    }
  } finally {
    cloud.dispose();
    target.dispose();
  }
  return images;
}

function drawInto(
  renderer: WebGLRenderer,
  target: WebGLRenderTarget,
  scene: Scene,
  camera: PerspectiveCamera,
  background: PictureLook['background'],
): void {
  const before = { colour: renderer.getClearColor(new Color()), alpha: renderer.getClearAlpha() };
  renderer.setRenderTarget(target);
  renderer.setClearColor(new Color(...(background ?? [0, 0, 0])), background ? 1 : 0);
  renderer.clear();
  renderer.render(scene, camera);
  renderer.setRenderTarget(null);
  renderer.setClearColor(before.colour, before.alpha);
}

/** Rows from above instead of from below, colours not multiplied with alpha, as pictures are stored. */
function fromPremultiplied(pixels: Uint8Array, width: number, height: number): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray(pixels.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = ((height - 1 - y) * width + x) * 4;
      const to = (y * width + x) * 4;
      const alpha = pixels[from + 3] ?? 0;
      for (let c = 0; c < 3; c++) out[to + c] = alpha > 0 ? ((pixels[from + c] ?? 0) * 255) / alpha : 0;
      out[to + 3] = alpha;
    }
  }
  return out;
}

/** A picture as a file. */
export function encodePicture(image: ImageData, type: 'image/png' | 'image/webp'): Promise<Blob> {
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('the browser gives no canvas to encode a picture with');
  context.putImageData(image, 0, 0);
  return canvas.convertToBlob({ type, quality: 0.85 });
}
