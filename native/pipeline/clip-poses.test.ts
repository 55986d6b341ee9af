import { expect, test } from 'vitest';
import type { PoseSequence } from '../../core/poses/pose-sequence.ts';
import { clipPoses } from './clip-poses.ts';

const poses = (count: number): PoseSequence => ({
  ...{ skeleton: 'openpose18', width: 64, height: 64, fps: 10 },
  frames: Array.from({ length: count }, (_, frame) => ({ keypoints: new Float32Array(54).fill(frame) })),
});

function resampled(
  count: number,
  frames?: number,
): { readonly first: readonly number[]; readonly said: readonly string[] } {
  const said: string[] = [];
  const { frames: result } = clipPoses(poses(count), frames, (message) => said.push(message));
  return { first: result.map(({ keypoints }) => keypoints[0] ?? NaN), said };
}

test('poses keep their number up to that of the published clips', () => {
  expect(resampled(3)).toEqual({ first: [0, 1, 2], said: [] });
  expect(resampled(25).said).toEqual([]);
});

test('more of them are spread evenly, and so are those of another number than asked for; both are said', () => {
  const { first, said } = resampled(49);
  expect(first).toEqual(Array.from({ length: 25 }, (_, frame) => frame * 2));
  expect(said).toEqual([
    'The poses are resampled from 49 to 25, one a frame of the clip; --frames takes another number.',
  ]);
  expect(resampled(5, 3)).toEqual({
    first: [0, 2, 4],
    said: ['The poses are resampled from 5 to 3, one a frame of the clip.'],
  });
});
