import type { Camera } from '../../core/camera.ts';
import type { Clip } from '../../core/clip.ts';
import { turntableCamera } from '../../core/ring.ts';

interface Ball {
  readonly centre: readonly [number, number, number];
  readonly radius: number;
  readonly colour: readonly [number, number, number];
}

/** A figure of three balls that lifts one arm; `time` is 0..1. */
const figure = (time: number): readonly Ball[] => [
  { centre: [0, 0, 0.5], radius: 0.45, colour: [200, 60, 40] },
  { centre: [0, 0, 1.15], radius: 0.25, colour: [230, 190, 150] },
  { centre: [0.55, -0.1, 0.5 + 0.4 * time], radius: 0.2, colour: [40, 80, 200] },
];

/** The first ball that the ray through a pixel's centre meets; plain colours, no shading. */
function trace(camera: Camera, x: number, y: number, balls: readonly Ball[]): readonly number[] {
  const m = camera.cameraToWorld;
  const ray = [(x + 0.5 - camera.cx) / camera.fx, -(y + 0.5 - camera.cy) / camera.fy, -1];
  const axis = (row: number, vector: readonly number[]): number =>
    vector.reduce((sum, value, column) => sum + (m[row * 4 + column] ?? 0) * value, 0);
  const direction = [0, 1, 2].map((row) => axis(row, ray));
  const length = Math.hypot(...direction);
  let nearest = Infinity;
  let colour: readonly number[] = [255, 255, 255];
  for (const ball of balls) {
    const offset = ball.centre.map((value, row) => value - (m[row * 4 + 3] ?? 0));
    const along = offset.reduce((sum, value, row) => sum + (value * (direction[row] ?? 0)) / length, 0);
    const distance2 = offset.reduce((sum, value) => sum + value * value, 0) - along * along;
    if (distance2 < ball.radius ** 2 && along < nearest) {
      nearest = along;
      colour = ball.colour;
    }
  }
  return colour;
}

/** A clip drawn by code: 4 views x 3 frames of 48x48 unless asked otherwise. */
export function tinyClip({ views = 4, frames = 3, size = 48 } = {}): Clip {
  const cameras = Array.from({ length: views }, (_, view) => turntableCamera((2 * Math.PI * view) / views, size, size));
  const images = cameras.map((camera) =>
    Array.from({ length: frames }, (_, frame) => {
      const balls = figure(frames > 1 ? frame / (frames - 1) : 0);
      const picture = new Uint8Array(size * size * 3);
      for (let i = 0; i < size * size; i++) picture.set(trace(camera, i % size, Math.floor(i / size), balls), i * 3);
      return picture;
    }),
  );
  return { width: size, height: size, fps: 12, frames, cameras, images, background: [1, 1, 1] };
}
