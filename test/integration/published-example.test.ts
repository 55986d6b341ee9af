import { join } from 'node:path';
import { expect, it } from 'vitest';
import { toBody18 } from '../../core/poses/convert.ts';
import { BODY, COCO_WHOLEBODY133 } from '../../core/poses/skeleton.ts';
import { readSkeletonPictures } from '../../native/poses/skeleton-pictures.ts';

const POSES = join(import.meta.dirname, '../../assets/examples/charactershot/poses');

it('the published pose pictures show a salute on legs that stand still', async () => {
  const sequence = await readSkeletonPictures(POSES, { fps: 12 });
  const { frames } = toBody18(sequence);
  expect(frames).toHaveLength(26);
  const at = (frame: number, joint: number): number[] => [
    ...(frames[frame]?.keypoints.subarray(joint * 3, joint * 3 + 3) ?? []),
  ];
  const legs = [BODY.right_hip, BODY.right_knee, BODY.right_ankle, BODY.left_hip, BODY.left_knee, BODY.left_ankle];
  for (const frame of frames.keys()) {
    for (const joint of legs) {
      const [x = 0, y = 0, confidence] = at(frame, joint);
      const [x0 = 0, y0 = 0] = at(0, joint);
      expect(confidence, `confidence of joint ${joint} in frame ${frame}`).toBeGreaterThan(0.5);
      expect(Math.hypot(x - x0, y - y0), `way of joint ${joint} in frame ${frame}`).toBeLessThan(8);
    }
  }
  // The right hand rises from beside the hip to the brow.
  const rise = (at(0, BODY.right_wrist)[1] ?? 0) - (at(25, BODY.right_wrist)[1] ?? 0);
  expect(rise).toBeGreaterThan(90);
  // Most frames show both hands well enough to tell the tips of the middle fingers.
  for (const side of ['left', 'right']) {
    const tip = COCO_WHOLEBODY133.names.indexOf(`${side}_middle_4`) * 3 + 2;
    expect(sequence.frames.filter(({ keypoints }) => (keypoints[tip] ?? 0) > 0).length, side).toBeGreaterThan(12);
  }
});
