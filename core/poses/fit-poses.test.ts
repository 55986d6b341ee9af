import { describe, expect, it } from 'vitest';
import { fitPoses } from './fit-poses.ts';
import type { Pose, PoseSequence } from './pose-sequence.ts';
import { COCO_WHOLEBODY133 } from './skeleton.ts';

/** A body 200 from nose to ankle, hips in the middle of (100, 100), as [name, x, y]. */
const STANDING: readonly (readonly [string, number, number])[] = [
  ['nose', 100, 20],
  ['left_shoulder', 120, 50],
  ['right_shoulder', 80, 50],
  ['left_elbow', 130, 80],
  ['right_elbow', 70, 80],
  ['left_wrist', 130, 110],
  ['right_wrist', 70, 110],
  ['left_hip', 110, 110],
  ['right_hip', 90, 110],
  ['left_knee', 110, 160],
  ['right_knee', 90, 160],
  ['left_ankle', 110, 210],
  ['right_ankle', 90, 210],
];

function standing(map: (x: number, y: number) => readonly [number, number] = (x, y) => [x, y]): Pose {
  const keypoints = new Float32Array(133 * 3);
  for (const [name, x, y] of STANDING) {
    keypoints.set([...map(x, y), 1], COCO_WHOLEBODY133.names.indexOf(name) * 3);
  }
  return { keypoints };
}

const sequence = (frames: readonly Pose[], width = 480, height = 480): PoseSequence => ({
  ...{ skeleton: 'coco-wholebody133', width, height, fps: 12, frames },
});

const point = (poses: PoseSequence, frame: number, name: string): number[] => {
  const k = COCO_WHOLEBODY133.names.indexOf(name) * 3;
  return [...(poses.frames[frame]?.keypoints.subarray(k, k + 2) ?? [])];
};

const character = { width: 720, height: 480, pose: standing((x, y) => [x + 260, y * 2]) };

describe('poses laid over a character', () => {
  it('only scales those that lie over it already, in another size of its picture', () => {
    const half = sequence([standing((x, y) => [(x + 260) / 2, y])], 360, 240);
    const { poses, overlay } = fitPoses(half, character);
    expect(overlay).toBe(true);
    expect([poses.width, poses.height]).toEqual([720, 480]);
    expect(point(poses, 0, 'left_ankle')).toEqual([370, 420]);
  });

  it('makes a small person elsewhere as large as the character, on its ground', () => {
    const small = sequence([0, 10, 20].map((shift) => standing((x, y) => [x / 4 + shift, y / 4 + 300])));
    const { poses, overlay, outside } = fitPoses(small, character);
    expect({ overlay, outside }).toEqual({ overlay: false, outside: [] });
    // Trunk and leg: 160 of the person's, 320 of the character's, so that a quarter becomes twice.
    const scale = 8;
    for (const frame of [0, 1, 2]) {
      const [leftX = 0, leftY = 0] = point(poses, frame, 'left_ankle');
      expect(leftY).toBeCloseTo(420, 3);
      expect(leftX - (point(poses, frame, 'right_ankle')[0] ?? 0)).toBeCloseTo(5 * scale, 3);
    }
    expect(point(poses, 1, 'right_hip')[0]).toBeCloseTo(360 - 2.5 * scale, 3);
    expect((point(poses, 2, 'nose')[0] ?? 0) - (point(poses, 1, 'nose')[0] ?? 0)).toBeCloseTo(10 * scale, 3);
  });

  it('scales depths alike and names the frames that leave the picture', () => {
    const far = standing((x, y) => [x / 4 + 200, y / 4 + 300]);
    const near = standing((x, y) => [x / 4, y / 4 + 300]);
    const depths = new Float32Array(133).fill(3);
    const { poses, outside } = fitPoses(sequence([near, { ...near, depths }, far]), character);
    expect(poses.frames[1]?.depths?.[5]).toBeCloseTo(24, 4);
    expect(outside).toEqual([2]);
  });

  it('refuses poses, and characters, that show too little of a body', () => {
    const nobody = { keypoints: new Float32Array(133 * 3) };
    expect(() => fitPoses(sequence([nobody]), character)).toThrow(
      /trunk and a leg together; use poses of a whole body/,
    );
    expect(() => fitPoses(sequence([standing()]), { ...character, pose: nobody })).toThrow(/with --rest-pose/);
  });
});
