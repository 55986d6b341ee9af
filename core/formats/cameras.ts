import type { Camera } from '../camera.ts';
import { AppError } from '../errors.ts';
import { isRecord, parseJson, type JsonRecord } from './json.ts';

/** Rotations that were stored with six digits pass; a scaled or mirrored one does not. */
const ORTHONORMAL_TOLERANCE = 1e-3;

/** A picture larger than this is a mistake, and would cost more memory than a machine has. */
export const MAX_PICTURE_SIZE = 16384;

/**
 * Reads cameras.json. The cameras come in the order of their view numbers, keyed by them. `name` stands for the file
 * in errors, which say view and field.
 */
export function readCameras(source: Uint8Array | string, name = 'cameras.json'): ReadonlyMap<number, Camera> {
  const wrong = (problem: string): AppError => new AppError('bad-input', `${name}: ${problem}.`);
  const json = parseJson(source, name);
  if (!isRecord(json) || !Array.isArray(json.views)) throw wrong('needs width, height and a list "views"');
  const views: readonly unknown[] = json.views;
  const width = readSize(json, 'width', wrong);
  const height = readSize(json, 'height', wrong);
  const cameras = new Map<number, Camera>();
  views.forEach((entry, position) => {
    const view = isRecord(entry) ? entry.view : undefined;
    if (!isRecord(entry) || typeof view !== 'number' || !Number.isInteger(view) || view < 0) {
      throw wrong(`entry ${position} of "views" needs a whole number "view"`);
    }
    if (cameras.has(view)) throw wrong(`view ${view} is listed twice; give every view one camera`);
    cameras.set(view, {
      width,
      height,
      ...readIntrinsics(entry, view, wrong),
      cameraToWorld: readPose(entry, view, wrong),
    });
  });
  if (cameras.size === 0) throw wrong('the list "views" is empty; it needs one camera a view');
  return new Map([...cameras].sort(([a], [b]) => a - b));
}

/** Writes cameras.json, for views 0, 1, ... of a list; all cameras must have the same width and height. */
export function writeCameras(cameras: readonly Camera[] | ReadonlyMap<number, Camera>): string {
  const [first] = cameras.values();
  if (!first || [...cameras.values()].some(({ width, height }) => width !== first.width || height !== first.height)) {
    throw new TypeError('cameras.json holds one or more cameras of one picture size.');
  }
  const views = Array.from(cameras.entries(), ([view, { fx, fy, cx, cy, cameraToWorld }]) => ({
    ...{ view, fx, fy, cx, cy },
    cameraToWorld: [0, 4, 8, 12].map((row) => Array.from(cameraToWorld.subarray(row, row + 4))),
  }));
  return `${JSON.stringify({ width: first.width, height: first.height, views }, null, 1)}\n`;
}

function readSize(json: JsonRecord, key: string, wrong: (problem: string) => AppError): number {
  const value = json[key];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > MAX_PICTURE_SIZE) {
    throw wrong(`"${key}" must be a whole number of pixels from 1 to ${MAX_PICTURE_SIZE}`);
  }
  return value;
}

function readIntrinsics(
  entry: JsonRecord,
  view: number,
  wrong: (problem: string) => AppError,
): Pick<Camera, 'fx' | 'fy' | 'cx' | 'cy'> {
  const pixels = (key: string): number => {
    const value = entry[key];
    if (typeof value !== 'number' || !Number.isFinite(value))
      throw wrong(`view ${view} needs a number "${key}" in pixels`);
    if (key.startsWith('f') && value <= 0) throw wrong(`view ${view} needs a positive focal length "${key}"`);
    return value;
  };
  return { fx: pixels('fx'), fy: pixels('fy'), cx: pixels('cx'), cy: pixels('cy') };
}

function readPose(entry: JsonRecord, view: number, wrong: (problem: string) => AppError): Float64Array {
  const matrix = readMatrix(entry.cameraToWorld);
  if (!matrix) throw wrong(`view ${view} needs "cameraToWorld", four rows of four numbers`);
  if (!isRigid(matrix)) {
    throw wrong(`"cameraToWorld" of view ${view} is no rotation and translation; scale and mirroring are not allowed`);
  }
  return matrix;
}

/** Four rows of four finite numbers as 16 numbers, or nothing. */
export function readMatrix(value: unknown): Float64Array | undefined {
  if (!Array.isArray(value) || value.length !== 4) return undefined;
  const rows: readonly unknown[] = value;
  const numbers = rows.flatMap((row): unknown[] => (Array.isArray(row) && row.length === 4 ? row : []));
  if (numbers.length !== 16 || !numbers.every((n) => typeof n === 'number' && Number.isFinite(n))) return undefined;
  return Float64Array.from(numbers as number[]);
}

/** Whether a 4x4 row-major matrix is a rotation (determinant +1) and a translation. */
export function isRigid(matrix: Float64Array): boolean {
  const column = (j: number): [number, number, number] => [matrix[j] ?? 0, matrix[j + 4] ?? 0, matrix[j + 8] ?? 0];
  const [a, b, c] = [column(0), column(1), column(2)];
  const dot = (u: readonly number[], v: readonly number[]): number => u.reduce((sum, n, i) => sum + n * (v[i] ?? 0), 0);
  const cross = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
  const errors = [dot(a, a) - 1, dot(b, b) - 1, dot(c, c) - 1, dot(a, b), dot(a, c), dot(b, c), dot(cross, c) - 1];
  const lastRow = matrix[12] === 0 && matrix[13] === 0 && matrix[14] === 0 && matrix[15] === 1;
  return lastRow && errors.every((error) => Math.abs(error) < ORTHONORMAL_TOLERANCE);
}
