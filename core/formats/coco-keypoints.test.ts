import { describe, expect, it } from 'vitest';
import { SKELETONS } from '../poses/skeleton.ts';
import { isCocoKeypoints, readCocoKeypoints } from './coco-keypoints.ts';

const body = (x: number, step: number, seen: number): number[] =>
  Array.from({ length: 17 }, (_, k) => [x + step * k, 2 * step * k + 1, seen]).flat();

const annotation = (image_id: number | string, keypoints: number[], more = {}) => ({ image_id, keypoints, ...more });
const file = (annotations: object[], ids: (number | string)[] = []) => ({
  images: ids.map((id) => ({ id, width: 640, height: 480 })),
  annotations,
});
const read = (json: unknown) => readCocoKeypoints({ json, name: 'people.json' });

describe('readCocoKeypoints', () => {
  it('takes the largest person of each image, in the order of the ids', () => {
    const annotations = [annotation(10, body(5, 2, 2)), annotation(10, body(50, 9, 2)), annotation(9, body(7, 3, 2))];
    const sequence = read(file(annotations, [10, 9]));
    expect(sequence).toMatchObject({ skeleton: 'openpose18', width: 640, height: 480 });
    expect(sequence.frames.map(({ keypoints }) => keypoints[0])).toEqual([7, 50]);
  });

  it('makes visibility a confidence', () => {
    const keypoints = body(5, 2, 2);
    keypoints.splice(0, 6, 5, 1, 1, 0, 0, 0);
    const { frames } = read(file([annotation(1, keypoints)], [1]));
    const seen = (name: string) => frames[0]?.keypoints[SKELETONS.openpose18.names.indexOf(name) * 3 + 2];
    expect([seen('nose'), seen('left_eye'), seen('right_eye'), seen('neck')]).toEqual([0.5, 0, 1, 1]);
  });

  it('reads the parts of COCO-WholeBody', () => {
    const hand = Array.from({ length: 63 }, (_, i) => (i % 3 === 2 ? 2 : i));
    const sequence = read(file([annotation(1, body(5, 2, 2), { righthand_kpts: hand, face_kpts: null })], [1]));
    expect(sequence.skeleton).toBe('coco-wholebody133');
    const k = SKELETONS[sequence.skeleton].names.indexOf('right_thumb_1') * 3;
    expect([...(sequence.frames[0]?.keypoints.subarray(k, k + 3) ?? [])]).toEqual([3, 4, 1]);
  });

  it('reads results of estimators: a list with confidences', () => {
    const json = [annotation('10.jpg', body(5, 2, 0.6)), annotation('9.jpg', body(6, 2, 0.7))];
    expect(isCocoKeypoints(json)).toBe(true);
    const sequence = read(json);
    expect(sequence.frames.map(({ keypoints }) => [keypoints[0], keypoints[2]])).toEqual([
      [6, Math.fround(0.7)],
      [5, Math.fround(0.6)],
    ]);
  });

  it('gives an image without people a pose without keypoints', () => {
    const crowd = annotation(2, body(5, 90, 2), { iscrowd: 1 });
    const { frames } = read(file([annotation(1, body(5, 2, 2)), crowd, annotation(2, body(0, 0, 0))], [1, 2, 3]));
    expect(frames.map(({ keypoints }) => keypoints.some((v) => v > 0))).toEqual([true, false, false]);
  });

  it.each([
    ['no annotations', { images: [] }, 'needs a list'],
    ['no images', file([]), 'holds no images'],
    ['an annotation without image', file([{ keypoints: [] }]), 'annotation 0 needs an "image_id"'],
    ['an image that is not listed', file([annotation(5, body(1, 1, 2))], [1]), 'image 5'],
    ['too few numbers', file([annotation(1, [1, 2, 2])], [1]), 'needs 51 numbers'],
    ['a huge number', file([annotation(1, [1e308, ...body(1, 1, 2).slice(1)])], [1]), 'place 0'],
    ['a negative size', { images: [{ id: 1, width: -3, height: 4 }], annotations: [] }, 'width and height'],
  ])('refuses %s', (_, json, message) => {
    expect(() => read(json)).toThrow(message);
  });
});
