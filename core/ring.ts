import type { Camera } from './camera.ts';

/**
 * Where the paper's 21 cameras stand, (x, y) in world units. They are the positions of the published camera template
 * (CharacterShot, 4D_optimization/cam_template/transforms_train.json, MIT licence), which rounds them to 0.01: the
 * radius varies by 0.005, and the steps are not exactly 360/21 degrees. A clip has to repeat the rounding, because
 * the published networks were trained on pictures from just these places.
 */
const RING_POSITIONS: readonly (readonly [number, number])[] = [
  [0, -3.5],
  [1.03, -3.34],
  [1.97, -2.89],
  [2.74, -2.18],
  [3.26, -1.28],
  [3.49, -0.26],
  [3.41, 0.78],
  [3.03, 1.75],
  [2.38, 2.57],
  [1.52, 3.15],
  [0.52, 3.46],
  [-0.52, 3.46],
  [-1.52, 3.15],
  [-2.38, 2.57],
  [-3.03, 1.75],
  [-3.41, 0.78],
  [-3.49, -0.26],
  [-3.26, -1.28],
  [-2.74, -2.18],
  [-1.97, -2.89],
  [-1.03, -3.34],
];

export const RING_VIEWS = RING_POSITIONS.length;

/** Height of the ring's cameras, and its nominal radius, in world units. */
export const RING_HEIGHT = 0.7;
export const RING_RADIUS = 3.5;

/** Field of view of the ring's square pictures, in radians: 39.6 degrees. */
export const RING_FIELD_OF_VIEW = 0.6911111611634243;

/**
 * The ring's 21 cameras for square pictures of `size` pixels. View 0 stands before the character at (0, -3.5, 0.7), the
 * numbers rise counter-clockwise seen from above, and every camera looks level at the axis z.
 */
export const ringCameras = (size: number): Camera[] =>
  RING_POSITIONS.map(([x, y]) => levelCamera([x, y, RING_HEIGHT], size, size));

/**
 * A camera on the ring's circle, `angle` radians counter-clockwise (seen from above) from view 0. What a ring camera
 * sees fits into the shorter side of the picture.
 */
export function turntableCamera(angle: number, width: number, height: number): Camera {
  return levelCamera([RING_RADIUS * Math.sin(angle), -RING_RADIUS * Math.cos(angle), RING_HEIGHT], width, height);
}

/** A camera at `position` that looks level at the axis z, with z up in the picture. */
function levelCamera([x, y, z]: readonly [number, number, number], width: number, height: number): Camera {
  const radius = Math.hypot(x, y);
  const [backX, backY] = [x / radius, y / radius];
  const focal = Math.min(width, height) / 2 / Math.tan(RING_FIELD_OF_VIEW / 2);
  return {
    width,
    height,
    fx: focal,
    fy: focal,
    cx: width / 2,
    cy: height / 2,
    // Columns: right, up, backward, position.
    cameraToWorld: Float64Array.of(-backY, 0, backX, x, backX, 0, backY, y, 0, 1, 0, z, 0, 0, 0, 1),
  };
}
