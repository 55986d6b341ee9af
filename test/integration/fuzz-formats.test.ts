// Damaged files of every format either parse or throw an AppError with one sentence: nothing else, and soon.
import { expect, test } from 'vitest';
import { AppError } from '../../core/errors.ts';
import { readCameras, writeCameras } from '../../core/formats/cameras.ts';
import { readPly, writePly } from '../../core/formats/ply.ts';
import { readSafetensors } from '../../core/formats/safetensors.ts';
import { readScene, writeScene } from '../../core/formats/scene.ts';
import { readTransforms } from '../../core/formats/transforms.ts';
import { allocateGaussians } from '../../core/gaussians.ts';
import { ringCameras } from '../../core/ring.ts';
import { decodePng, encodePng } from '../../native/media/png.ts';
import { seededRandom } from '../helpers/random.ts';

const ROUNDS = 1500;

/** No sample is larger than some ten kilobytes, and no damage may make it cost much more. */
const MAX_GROWTH = 64 * 2 ** 20;

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const cloud = allocateGaussians(20, 1);
cloud.quats.fill(0.5);
const scene = writeScene({
  gaussians: cloud,
  deformation: {
    kind: 'nodes',
    frames: 3,
    nodes: new Float32Array(6),
    rotations: new Float32Array(24).fill(0.5),
    translations: new Float32Array(18),
    colours: new Float32Array(18),
    neighbours: new Int32Array(80),
    weights: new Float32Array(80).fill(0.25),
  },
  fps: 12,
  frames: 3,
  background: [1, 1, 1],
});

const pixels = Uint8Array.from({ length: 40 * 30 * 4 }, (_, i) => (i * i) % 251);
const transforms = {
  camera_angle_x: 0.69,
  frames: [0, 0.5, 1].map((time) => ({
    file_path: 'view00/frame_00001',
    time,
    transform_matrix: [0, 1, 2, 3].map((row) => [0, 1, 2, 3].map((column) => Number(row === column))),
  })),
};

const FORMATS: [string, Uint8Array, (bytes: Uint8Array) => unknown][] = [
  ['PLY', writePly(cloud, { sh: 'dc', axes: 'z-up' }), (bytes) => readPly(bytes)],
  ['full PLY', writePly(cloud, { sh: 'full', axes: 'y-down' }), (bytes) => readPly(bytes)],
  ['safetensors', scene, readSafetensors],
  ['scene', scene, (bytes) => readScene(bytes, 'a.4dgs')],
  ['cameras.json', text(writeCameras(ringCameras(64).slice(0, 3))), (bytes) => readCameras(bytes)],
  ['transforms_train.json', text(JSON.stringify(transforms)), (bytes) => readTransforms(bytes)],
  ['PNG', encodePng(pixels, 40, 30), (bytes) => decodePng(bytes, 'a.png')],
];

/** Cut off, bytes changed, bytes put to extremes, or a piece copied over another. */
function damage(bytes: Uint8Array, random: () => number): Uint8Array {
  const at = (length: number): number => Math.floor(random() * length);
  const copy = bytes.slice();
  // Headers decide most, so that half of the damage is done there.
  const place = (): number => at(random() < 0.5 ? Math.min(copy.length, 400) : copy.length);
  const kind = at(4);
  if (kind === 0) return copy.subarray(0, at(copy.length));
  if (kind === 1) for (let n = at(8); n >= 0; n--) copy[place()] = at(256);
  if (kind === 2) for (let n = at(4); n >= 0; n--) copy[place()] = [0, 255, 127, 128, 0x39, 0x2d][at(6)] ?? 0;
  if (kind === 3) copy.copyWithin(place(), place(), place());
  return copy;
}

test.each(FORMATS)('%s', (_, sample, read) => {
  read(sample); // the sample itself is fine
  const random = seededRandom(7);
  const before = process.memoryUsage().arrayBuffers;
  let refused = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const bytes = damage(sample, random);
    const start = performance.now();
    try {
      read(bytes);
    } catch (error) {
      if (!(error instanceof AppError)) throw new Error(`round ${round} was not refused but failed`, { cause: error });
      expect(error.message).toMatch(/^\S.*\.$/);
      refused++;
    }
    expect(performance.now() - start).toBeLessThan(2000);
  }
  expect(refused).toBeGreaterThan(ROUNDS / 20);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(MAX_GROWTH * 4);
});
