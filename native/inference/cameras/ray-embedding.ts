import type { Camera } from '../../../core/camera.ts';
import { RING_FIELD_OF_VIEW } from '../../../core/ring.ts';
import { floatTensor, type Tensor } from '../../onnx/tensor.ts';

/** How rays are written as six channels. */
export interface RayConvention {
  readonly order: 'moment, direction' | 'direction, moment';
  /** Which product the moment is, of the camera's place o and the ray's direction d. */
  readonly moment: 'o x d' | 'd x o';
  /** `world`: right-handed, z up. `first camera`: OpenCV axes (x right, y down, z forward) of view 0, which is its origin. */
  readonly frame: 'world' | 'first camera';
  /** Whether directions have length 1; otherwise they go 1 forward. */
  readonly direction: 'unit' | 'forward 1';
  /** Which side of the canvas the ring's field of view spans. */
  readonly field: 'height' | 'width';
}

/**
 * ASSUMED. The published embeddings are read from the checkpoint; the code that made them was never published. This is how most
 * work with such embeddings writes them (moment first, o x d, unit directions, world axes), with the ring's square picture in the
 * middle of the canvas. `inspectRays` tells what a published embedding really follows.
 */
export const ASSUMED_RAYS: RayConvention = {
  order: 'moment, direction',
  moment: 'o x d',
  frame: 'world',
  direction: 'unit',
  field: 'height',
};

type Vector = readonly [number, number, number];

const cross = ([a, b, c]: Vector, [x, y, z]: Vector): Vector => [b * z - c * y, c * x - a * z, a * y - b * x];

/** The camera of a ring on the networks' canvas, whose height or width its field of view spans. */
export function canvasCamera(camera: Camera, width: number, height: number, field: RayConvention['field']): Camera {
  const focal = (field === 'height' ? height : width) / 2 / Math.tan(RING_FIELD_OF_VIEW / 2);
  const { cameraToWorld } = camera;
  return { width, height, fx: focal, fy: focal, cx: width / 2, cy: height / 2, cameraToWorld };
}

/**
 * The Plücker coordinates of the ray through the centre of a pixel, six numbers.
 * @param camera Of the canvas' size (`canvasCamera`), so that `field` means nothing here.
 * @param first The camera of view 0, for a convention in its frame.
 */
export function raysOf(
  camera: Camera,
  first: Camera,
  { order, moment, frame, direction: length }: RayConvention,
): (column: number, row: number) => readonly number[] {
  const toFrame = frame === 'world' ? (v: Vector): Vector => v : intoCamera(first);
  const origin = toFrame(relativeTo(place(camera), frame === 'world' ? [0, 0, 0] : place(first)));
  return (column, row) => {
    const direction = toFrame(rayDirection(camera, column + 0.5, row + 0.5, length));
    const product = moment === 'o x d' ? cross(origin, direction) : cross(direction, origin);
    return order === 'moment, direction' ? [...product, ...direction] : [...direction, ...product];
  };
}

/** The rays of all pixels (see `raysOf`), [6, height, width]. */
export function rayEmbedding(camera: Camera, first: Camera, convention: RayConvention = ASSUMED_RAYS): Tensor {
  const { width, height } = camera;
  const ray = raysOf(camera, first, convention);
  const plane = width * height;
  const values = new Float32Array(6 * plane);
  for (let row = 0, pixel = 0; row < height; row++) {
    for (let column = 0; column < width; column++, pixel++) {
      ray(column, row).forEach((value, channel) => (values[channel * plane + pixel] = value));
    }
  }
  return floatTensor(values, [6, height, width]);
}

function place({ cameraToWorld: m }: Camera): Vector {
  return [m[3] ?? 0, m[7] ?? 0, m[11] ?? 0];
}

const relativeTo = (point: Vector, origin: Vector): Vector => [
  point[0] - origin[0],
  point[1] - origin[1],
  point[2] - origin[2],
];

/** Direction in the world of the ray through a point of the picture. */
function rayDirection(camera: Camera, x: number, y: number, length: RayConvention['direction']): Vector {
  const { cameraToWorld: m } = camera;
  const [right, up] = [(x - camera.cx) / camera.fx, -(y - camera.cy) / camera.fy];
  const scale = length === 'unit' ? 1 / Math.hypot(right, up, 1) : 1;
  const component = (row: number): number =>
    scale * ((m[row * 4] ?? 0) * right + (m[row * 4 + 1] ?? 0) * up - (m[row * 4 + 2] ?? 0));
  return [component(0), component(1), component(2)];
}

/** Turns directions of the world into the camera's OpenCV axes. */
function intoCamera({ cameraToWorld: m }: Camera): (v: Vector) => Vector {
  const along = (column: number, [x, y, z]: Vector): number =>
    (m[column] ?? 0) * x + (m[4 + column] ?? 0) * y + (m[8 + column] ?? 0) * z;
  return (v) => [along(0, v), -along(1, v), -along(2, v)];
}
