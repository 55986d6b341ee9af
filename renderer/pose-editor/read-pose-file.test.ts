import { describe, expect, it } from 'vitest';
import { AppError } from '../../core/errors.ts';
import { writePoses } from '../../core/formats/poses.ts';
import { standingFigure } from '../../core/pose-edit/standing-figure.ts';
import { readPoseText } from './read-pose-file.ts';

const frame = { width: 400, height: 200 };
const figure = standingFigure('openpose18', { width: 100, height: 100 });
const file = writePoses({
  ...{ skeleton: 'openpose18', width: 100, height: 100, fps: 10 },
  frames: [{ keypoints: Float32Array.from(figure) }],
});

describe('a pose from a file', () => {
  it('is scaled into the frame as one, in its middle', () => {
    const { points, joints, skeleton } = readPoseText(file, 'poses.json', frame);
    expect(skeleton).toBe('openpose18');
    expect(joints).toHaveLength(18);
    expect(points[0]).toBeCloseTo((figure[0] ?? 0) * 2 + 100, 1);
    expect(points[1]).toBeCloseTo((figure[1] ?? 0) * 2, 1);
  });

  it('leaves out joints that the file does not know', () => {
    const people = [{ pose_keypoints_2d: Array.from({ length: 54 }, (_, i) => (i < 3 ? [50, 60, 0.5][i] : 0)) }];
    const { joints } = readPoseText(JSON.stringify({ people, canvas_width: 400, canvas_height: 200 }), 'a.json', frame);
    expect(joints).toEqual([0]);
  });

  it.each([
    ['nonsense', 'not json'],
    ['a list of numbers', '[1, 2]'],
    ['another file', '{"scenes": []}'],
    ['a frame without anybody', '{"people": [], "canvas_width": 10, "canvas_height": 10}'],
    ['a number instead of a file', '12'],
    ['broken poses', '{"format":"charactershot-poses","version":1,"skeleton":"openpose18","frames":[{}]}'],
  ])('%s is refused in a sentence that names the file', (_, text) => {
    let error: unknown;
    try {
      readPoseText(text, 'some.json', frame);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(AppError);
    expect(String(error)).toContain('some.json');
  });
});
