import { describe, expect, it } from 'vitest';
import { AppError } from '../errors.ts';
import type { PoseSequence } from '../poses/pose-sequence.ts';
import { OPENPOSE18 } from '../poses/skeleton.ts';
import { readPoses, writePoses } from './poses.ts';

const keypoints = Float32Array.from({ length: 54 }, (_, i) => (i % 3 === 2 ? 0.5 : i * 1.25));
const depths = Float32Array.from({ length: 18 }, (_, i) => (i === 3 ? NaN : i - 8));
const sequence: PoseSequence = {
  ...{ skeleton: 'openpose18', width: 640, height: 480, fps: 12.5 },
  frames: [{ keypoints }, { keypoints, depths }],
};

const changed = (change: (json: Record<string, unknown>, frame: Record<string, unknown>) => void): string => {
  const json = JSON.parse(writePoses(sequence)) as Record<string, unknown> & { frames: Record<string, unknown>[] };
  change(json, json.frames[0] ?? {});
  return JSON.stringify(json);
};

describe('poses.json', () => {
  it('comes back as it was', () => {
    expect(readPoses(writePoses(sequence))).toEqual(sequence);
  });

  it('writes an unknown keypoint as zeros', () => {
    const unknown = Float32Array.from(keypoints);
    unknown[2] = 0;
    const text = writePoses({ ...sequence, frames: [{ keypoints: unknown }] });
    expect(readPoses(text).frames[0]?.keypoints.subarray(0, 3)).toEqual(Float32Array.of(0, 0, 0));
  });

  it.each<[string, string]>([
    ['{', 'not valid JSON'],
    ['[]', '"format" must be'],
    [changed((json) => (json.skeleton = 'toString')), '"skeleton" must be one of openpose18, coco-wholebody133'],
    [changed((json) => (json.fps = 0)), '"fps" must be'],
    [changed((json) => (json.width = 1e9)), '"width" must be'],
    [changed((json) => (json.frames = [])), 'needs a list "frames"'],
    [changed((_, frame) => (frame.keypoints = [[1, 2, 0.5]])), 'frame 0 needs "keypoints", a list of 18'],
    [changed((_, frame) => (frame.keypoints = OPENPOSE18.names.map(() => [1, 2, 1.5]))), 'frame 0, nose'],
    [changed((_, frame) => (frame.keypoints = OPENPOSE18.names.map(() => [1, null, 1]))), 'frame 0, nose'],
    [changed((_, frame) => (frame.depths = [1])), '"depths" of frame 0'],
  ])('%s is refused', (text, sentence) => {
    expect(() => readPoses(text)).toThrow(AppError);
    expect(() => readPoses(text)).toThrow(sentence);
  });

  it('names a newer version', () => {
    expect(() => readPoses(changed((json) => (json.version = 2)))).toThrow('newer version');
  });
});
