import type { Camera } from '../camera.ts';
import { RING_FIELD_OF_VIEW, RING_HEIGHT, RING_RADIUS } from '../ring.ts';
import { add, cross, dot, length, normalize, scale, subtract, type Vector } from '../vector.ts';

/** What a camera that goes round something looks at and from where, world units; z is up in its picture. */
export interface Orbit {
  readonly target: Vector;
  readonly position: Vector;
}

/** The ring's view 0. */
export const START_ORBIT: Orbit = { target: [0, 0, RING_HEIGHT], position: [0, -RING_RADIUS, RING_HEIGHT] };

export const isSameOrbit = (a: Orbit, b: Orbit): boolean =>
  a.target.every((value, k) => value === b.target[k]) && a.position.every((value, k) => value === b.position[k]);

const NEAREST = 0.25;
const FARTHEST = 50;
/** Straight up and down have no "up" in the picture. */
const STEEPEST = Math.PI / 2 - 0.01;

/** Where the camera stands about the target: radians counter-clockwise from -y, radians above it, distance. */
function polar({ target, position }: Orbit): { azimuth: number; elevation: number; distance: number } {
  const [x, y, z] = subtract(position, target);
  const distance = Math.max(Math.hypot(x, y, z), 1e-9);
  return { azimuth: Math.atan2(x, -y), elevation: Math.asin(Math.min(Math.max(z / distance, -1), 1)), distance };
}

function fromPolar(target: Vector, azimuth: number, elevation: number, distance: number): Orbit {
  const level = Math.cos(elevation) * distance;
  const offset: Vector = [Math.sin(azimuth) * level, -Math.cos(azimuth) * level, Math.sin(elevation) * distance];
  return { target, position: add(target, offset) };
}

/** Goes round the target: `right` radians counter-clockwise seen from above, `up` radians upward. */
export function turn(orbit: Orbit, right: number, up: number): Orbit {
  const { azimuth, elevation, distance } = polar(orbit);
  const steep = Math.min(Math.max(elevation + up, -STEEPEST), STEEPEST);
  return fromPolar(orbit.target, azimuth + right, steep, distance);
}

/** Multiplies the distance. */
export function zoom(orbit: Orbit, factor: number): Orbit {
  const { azimuth, elevation, distance } = polar(orbit);
  return fromPolar(orbit.target, azimuth, elevation, Math.min(Math.max(distance * factor, NEAREST), FARTHEST));
}

/** Moves camera and target across the picture by shares of the height that is seen at the target. */
export function pan(orbit: Orbit, right: number, up: number): Orbit {
  const seen = 2 * Math.tan(RING_FIELD_OF_VIEW / 2) * polar(orbit).distance;
  const axes = lookAxes(orbit);
  const move = add(scale(axes.right, right * seen), scale(axes.up, up * seen));
  return { target: add(orbit.target, move), position: add(orbit.position, move) };
}

/** The same direction of view, so far away that the sphere fits into the picture. */
export function frameSphere(orbit: Orbit, centre: Vector, radius: number): Orbit {
  const { azimuth, elevation } = polar(orbit);
  const distance = radius / Math.sin(RING_FIELD_OF_VIEW / 2);
  return fromPolar(centre, azimuth, elevation, Math.min(Math.max(distance, NEAREST), FARTHEST));
}

function lookAxes({ target, position }: Orbit): { right: Vector; up: Vector; back: Vector } {
  const toward = subtract(position, target);
  const back = length(toward) > 1e-9 ? normalize(toward) : ([0, -1, 0] as const);
  const across = cross([0, 0, 1], back);
  const right = length(across) > 1e-9 ? normalize(across) : ([1, 0, 0] as const);
  return { right, up: cross(back, right), back };
}

/** The camera for a picture of width x height pixels; what a ring camera sees fits into the shorter side. */
export function orbitCamera(orbit: Orbit, width: number, height: number): Camera {
  const { right, up, back } = lookAxes(orbit);
  const focal = Math.min(width, height) / 2 / Math.tan(RING_FIELD_OF_VIEW / 2);
  const [p, [rx, ry, rz], [ux, uy, uz], [bx, by, bz]] = [orbit.position, right, up, back];
  return {
    ...{ width, height, fx: focal, fy: focal, cx: width / 2, cy: height / 2 },
    cameraToWorld: Float64Array.of(rx, ux, bx, p[0], ry, uy, by, p[1], rz, uz, bz, p[2], 0, 0, 0, 1),
  };
}

/** The orbit that stands where `camera` stands and looks where it looks, at the point nearest to the axis z. */
export function orbitOf(camera: Camera): Orbit {
  const m = camera.cameraToWorld;
  const position: Vector = [m[3] ?? 0, m[7] ?? 0, m[11] ?? 0];
  const ahead: Vector = [-(m[2] ?? 0), -(m[6] ?? 0), -(m[10] ?? 0)];
  const level: Vector = [ahead[0], ahead[1], 0];
  const flat = dot(level, level);
  const distance = flat > 1e-6 ? -dot(position, level) / flat : RING_RADIUS;
  return { position, target: add(position, scale(ahead, distance > NEAREST ? distance : RING_RADIUS)) };
}
