import type { Camera } from '../../../core/camera.ts';
import { add, dot, length, scale, subtract, type Vector } from '../../../core/vector.ts';

/**
 * A camera as lifting needs it. Everything in this folder is worked out in the camera's OpenCV axes (x right, y down,
 * z forward) in world units, with the camera at the origin, and turned into the world at the end.
 */
export interface View {
  /** The point that pixel (x, y) shows at depth 1. */
  readonly ray: (x: number, y: number) => Vector;
  readonly toWorld: (point: Vector) => Vector;
  /** The world's up (z), and how far up the camera itself is. */
  readonly up: Vector;
  /** How deep what the ray shows lies when it stands in the plane y = `y` of the world. */
  readonly depthAt: (ray: Vector, y: number) => number;
  /** World units at depth 1 of one pixel. */
  readonly pixel: number;
}

/** A ray this flat to the plane meets it too far away, or never. */
const LEAST_SLOPE = 0.3;

export function viewOf({ fx, fy, cx, cy, cameraToWorld: m }: Camera): View {
  const at = (index: number): number => m[index] ?? 0;
  const [right, down, forward]: [Vector, Vector, Vector] = [
    [at(0), at(4), at(8)],
    [-at(1), -at(5), -at(9)],
    [-at(2), -at(6), -at(10)],
  ];
  const position: Vector = [at(3), at(7), at(11)];
  const turn = ([x, y, z]: Vector): Vector => add(add(scale(right, x), scale(down, y)), scale(forward, z));
  const depthAt = (ray: Vector, y: number): number => {
    const direction = turn(ray);
    const depth = (y - position[1]) / direction[1];
    if (depth > 0 && Math.abs(direction[1]) > LEAST_SLOPE * length(direction)) return depth;
    const axis = dot(subtract([0, y, position[2]], position), forward);
    return axis > 0 ? axis : 1;
  };
  return {
    ray: (x, y) => [(x - cx) / fx, (y - cy) / fy, 1],
    toWorld: (point) => add(position, turn(point)),
    up: [right[2], down[2], forward[2]],
    depthAt,
    pixel: 2 / (fx + fy),
  };
}
