import { describe, expect, it } from 'vitest';
import type { PoseSequence } from '../poses/pose-sequence.ts';
import { SKELETONS, WHOLEBODY } from '../poses/skeleton.ts';
import { isOpenPose, readOpenPose, writeOpenPose } from './openpose.ts';

/** `count` keypoints in a row from (x, y), 10 apart in both directions, confidence 0.8. */
const points = (count: number, x: number, y: number, confidence = 0.8): number[] =>
  Array.from({ length: count }, (_, k) => [x + 10 * k, y + 10 * k, confidence]).flat();

const person = (x: number, y: number, count = 18) => ({ pose_keypoints_2d: points(count, x, y) });
const frame = (...people: object[]) => ({ version: 1.3, people });
const read = (...frames: unknown[]): PoseSequence =>
  readOpenPose(frames.map((json, i) => ({ json, name: `f${i}.json` })));

const keypoint = (sequence: PoseSequence, name: string, at = 0): number[] => {
  const k = SKELETONS[sequence.skeleton].names.indexOf(name);
  return [...(sequence.frames[at]?.keypoints.subarray(k * 3, k * 3 + 3) ?? [])].map((v) => Number(v.toFixed(3)));
};

describe('readOpenPose', () => {
  it('reads 18 body points in pixels', () => {
    const sequence = read({ ...frame(person(100, 50)), canvas_width: 768, canvas_height: 512 });
    expect(sequence).toMatchObject({ skeleton: 'openpose18', width: 768, height: 512, fps: 30 });
    expect(keypoint(sequence, 'left_ear')).toEqual([270, 220, 0.8]);
  });

  it('reads BODY_25, whose feet make it a whole body', () => {
    const sequence = read(frame(person(100, 50, 25)));
    expect(sequence.skeleton).toBe('coco-wholebody133');
    expect(keypoint(sequence, 'right_hip')).toEqual([190, 140, 0.8]); // place 9: 8 is the middle of the hips
    expect(keypoint(sequence, 'left_ankle')).toEqual([240, 190, 0.8]);
    expect(keypoint(sequence, 'left_big_toe')).toEqual([290, 240, 0.8]);
    expect(keypoint(sequence, 'right_heel')).toEqual([340, 290, 0.8]);
  });

  it('reads hands and the face without its two pupils', () => {
    const parts = {
      hand_left_keypoints_2d: points(21, 0, 9),
      hand_right_keypoints_2d: points(21, 300, 9),
      face_keypoints_2d: points(70, 7, 1),
    };
    const sequence = read(frame({ ...person(5, 5), ...parts }));
    expect(keypoint(sequence, 'left_hand_wrist')).toEqual([0, 9, 0.8]);
    expect(keypoint(sequence, 'right_pinky_4')).toEqual([500, 209, 0.8]);
    expect(keypoint(sequence, 'face_67')).toEqual([677, 671, 0.8]);
  });

  it('takes the names of older versions, and parts that are null or empty', () => {
    const old = { pose_keypoints: points(18, 1, 1), hand_left_keypoints: [], face_keypoints_2d: null };
    expect(keypoint(read(frame(old)), 'nose')).toEqual([1, 1, 0.8]);
  });

  it('turns parts of the canvas into pixels; -1 marks what is missing', () => {
    const normalised = Array.from({ length: 54 }, (_, i): number => (i % 3 === 2 ? 1 : 0.5));
    normalised.splice(3, 3, 0.25, -1 / 512, 1);
    const sequence = read({ ...frame({ pose_keypoints_2d: normalised }), canvas_width: 768, canvas_height: 512 });
    expect(keypoint(sequence, 'nose')).toEqual([384, 256, 1]);
    expect(keypoint(sequence, 'neck')).toEqual([0, 0, 0]);
    expect(() => read(frame({ pose_keypoints_2d: normalised }))).toThrow('canvas_width');
  });

  it('reads a list of frames, and lists in several files', () => {
    const sequence = read([frame(person(1, 1)), frame(person(2, 1))], [frame(person(3, 1))]);
    expect(sequence.frames.map((_, at) => keypoint(sequence, 'nose', at)[0])).toEqual([1, 2, 3]);
  });

  it('leaves missing keypoints unknown and bounds confidences', () => {
    const values = points(18, 100, 100, 1.5);
    values.splice(3, 6, 0, 0, 0, 0, 0, 0.7);
    const sequence = read(frame({ pose_keypoints_2d: values }));
    expect(keypoint(sequence, 'nose')).toEqual([100, 100, 1]);
    expect(keypoint(sequence, 'neck')).toEqual([0, 0, 0]);
    expect(keypoint(sequence, 'right_shoulder')).toEqual([0, 0, 0]);
  });

  it('finds a frame for pixels that come without one', () => {
    expect(read(frame(person(900, 20)))).toMatchObject({ width: 1280, height: 720 });
    expect(read(frame(person(20, 900)))).toMatchObject({ width: 720, height: 1280 });
    expect(read(frame(person(5000, 20)))).toMatchObject({ width: 5170, height: 190 });
  });

  it('reads frames without people', () => {
    const sequence = read(frame(), frame(person(30, 30)), frame());
    expect(sequence.frames.map(({ keypoints }) => keypoints.some((v) => v > 0))).toEqual([false, true, false]);
    expect(read(frame()).frames).toHaveLength(1);
  });

  it.each([
    ['no people', {}, 'f0.json: needs a list "people"'],
    ['a person that is a number', frame(1 as unknown as object), 'person 0'],
    ['13 points', frame(person(1, 1, 13)), 'has 39 numbers'],
    ['half a hand', frame({ ...person(1, 1), hand_left_keypoints_2d: points(10, 1, 1) }), 'hand_left'],
    ['text', frame({ pose_keypoints_2d: points(18, 1, 1).map(String) }), 'place 0'],
    ['a huge number', frame({ pose_keypoints_2d: [1e308, ...points(18, 1, 1).slice(1)] }), 'place 0'],
    ['a negative canvas', { ...frame(person(1, 1)), canvas_width: -5, canvas_height: 5 }, 'canvas_width'],
    ['no frames', [], 'no frames'],
  ])('refuses %s', (_, json, message) => {
    expect(() => read(json)).toThrow(message);
  });
});

describe('one person among several', () => {
  const large = (at: number) => ({
    pose_keypoints_2d: points(18, 100 + 6 * at, 50).map((v, i) => (i % 3 === 2 ? 0.9 : v * 2)),
  });
  const small = (at: number) => person(700 - 6 * at, 300);

  it('is followed through changes of the order', () => {
    const sequence = read(
      ...Array.from({ length: 12 }, (_, at) =>
        frame(...(at % 3 === 0 ? [small(at), large(at)] : [large(at), small(at)])),
      ),
    );
    sequence.frames.forEach((_, at) => {
      expect(keypoint(sequence, 'nose', at)[0]).toBe(200 + 12 * at);
    });
  });

  it('is found again after an absence, and no other takes the place', () => {
    const sequence = read(
      ...Array.from({ length: 12 }, (_, at) => frame(...(at > 3 && at < 7 ? [small(at)] : [small(at), large(at)]))),
    );
    const xs = sequence.frames.map((_, at) => keypoint(sequence, 'nose', at)[0]);
    expect(xs).toEqual(Array.from({ length: 12 }, (_, at) => (at > 3 && at < 7 ? 0 : 200 + 12 * at)));
  });

  it('is not a larger one who is seen for a moment', () => {
    const giant = { pose_keypoints_2d: points(18, 0, 0).map((v, i) => (i % 3 === 2 ? 1 : v * 4)) };
    const sequence = read(
      ...Array.from({ length: 12 }, (_, at) => frame(...(at === 5 ? [giant, large(at)] : [large(at)]))),
    );
    expect(keypoint(sequence, 'nose', 5)[0]).toBe(260);
  });
});

describe('writeOpenPose', () => {
  it('comes back as it was', () => {
    const sequence = read({
      ...frame({ ...person(12, 34), hand_right_keypoints_2d: points(21, 9, 9) }),
      canvas_width: 640,
      canvas_height: 480,
    });
    const json: unknown = JSON.parse(writeOpenPose(sequence.frames[0] ?? { keypoints: new Float32Array() }, sequence));
    expect(isOpenPose(json)).toBe(true);
    expect(json).toMatchObject({
      version: 1.3,
      canvas_width: 640,
      people: [{ hand_left_keypoints_2d: [], face_keypoints_2d: [] }],
    });
    const again = readOpenPose([{ json, name: 'again' }]);
    expect(again).toMatchObject({ skeleton: 'coco-wholebody133', width: 640, height: 480 });
    again.frames[0]?.keypoints.forEach((value, i) => {
      expect(value).toBeCloseTo(sequence.frames[0]?.keypoints[i] ?? NaN, 2);
    });
  });

  it('writes nobody for a pose without keypoints', () => {
    const empty = { keypoints: new Float32Array(WHOLEBODY.count * 3) };
    const json: unknown = JSON.parse(writeOpenPose(empty, { skeleton: 'coco-wholebody133', width: 64, height: 48 }));
    expect(json).toMatchObject({ people: [] });
  });
});
