import { describe, expect, it } from 'vitest';
import { figureBox, poseAtPhase } from './figure-frames.ts';

const frame = { width: 480, height: 480 };

describe('a preview of a motion', () => {
  it('shows what all poses take up, unknown points left out', () => {
    const box = figureBox(
      [
        [100, 100, 1, 0, 0, 0],
        [200, 300, 1, 200, 100, 0.5],
      ],
      frame,
    );
    expect(box).toEqual({ x: 76, y: 76, width: 148, height: 248 });
    expect(figureBox([[0, 0, 0]], frame)).toEqual({ x: 0, y: 0, ...frame });
  });

  it('runs evenly through its poses and around', () => {
    const poses = [
      [0, 0, 1],
      [10, 20, 1],
    ];
    expect(poseAtPhase(poses, 0)).toEqual([0, 0, 1]);
    expect(poseAtPhase(poses, 0.25)).toEqual([5, 10, 1]);
    expect(poseAtPhase(poses, 0.75)).toEqual([5, 10, 1]);
    expect(poseAtPhase(poses, 1.5)).toEqual([10, 20, 1]);
  });

  it('a point that one of two poses does not know is unknown between them', () => {
    expect(
      poseAtPhase(
        [
          [0, 0, 1],
          [10, 20, 0],
        ],
        0.2,
      )[2],
    ).toBe(0);
    expect(poseAtPhase([], 0.3)).toEqual([]);
  });
});
