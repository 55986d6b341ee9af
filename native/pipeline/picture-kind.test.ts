import { expect, test } from 'vitest';
import { drawSkeleton } from '../../core/poses/draw/draw-skeleton.ts';
import type { Pose } from '../../core/poses/pose-sequence.ts';
import { ringCameras } from '../../core/ring.ts';
import { figure, photographed } from '../../test/helpers/figure.ts';
import { seededRandom } from '../../test/helpers/random.ts';
import { pictureKind } from './picture-kind.ts';

const SIZE = { width: 256, height: 256 };
const BYTES = SIZE.width * SIZE.height * 3;

const drawn = (poses: readonly Pose[]): Uint8Array => drawSkeleton(poses, 'openpose18', SIZE, SIZE);

const standing = (): readonly Pose[] => {
  const [camera] = ringCameras(SIZE.width);
  if (!camera) throw new Error('The ring has no cameras.');
  return photographed([figure()], camera).frames;
};

test('a drawn skeleton is a drawing, and remains one under the noise of video compression', () => {
  const rgb = drawn(standing());
  expect(pictureKind({ ...SIZE, rgb })).toBe('drawing');
  const random = seededRandom(1);
  expect(pictureKind({ ...SIZE, rgb: rgb.map((value) => Math.min(255, value + random() * 20)) })).toBe('drawing');
});

test('a drawing of nobody is blank', () => {
  expect(pictureKind({ ...SIZE, rgb: drawn([]) })).toBe('blank');
});

test.each([
  ['white paper', () => new Uint8Array(BYTES).fill(255)],
  [
    'colours at random',
    () =>
      new Uint8Array(BYTES).map(
        (
          (random) => () =>
            random() * 256
        )(seededRandom(2)),
      ),
  ],
  ['a skeleton drawn on white', () => drawn(standing()).map((value) => 255 - value)],
  ['a bright thing before black', () => new Uint8Array(BYTES).fill(200, 0, BYTES / 6)],
])('%s is no drawing', (_, picture) => {
  expect(pictureKind({ ...SIZE, rgb: picture() })).toBe('photograph');
});
