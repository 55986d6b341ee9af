import { AppError } from '../../../core/errors.ts';
import { drawSkeleton, type Scaling, type Size } from '../../../core/poses/draw/draw-skeleton.ts';
import type { Pose, PoseSequence } from '../../../core/poses/pose-sequence.ts';
import { placeOn } from './canvas.ts';
import type { RgbPicture } from './pixels.ts';

/** Frames that the published networks make, and the batches of frames that their coder takes behind the first one. */
export const VIDEO_FRAMES = 25;
const FRAME_BATCH = 8;

/**
 * `items` (poses or pictures) in the number that the networks make, which is 8k + 1: the last one is repeated to fill, and the result is cut again;
 * of more, the first are taken. `onWarning` is told, in a sentence.
 */
export function fillFrames<T>(items: readonly T[], frames: number, onWarning?: (message: string) => void): T[] {
  if (!Number.isSafeInteger(frames) || frames < 1 || frames % FRAME_BATCH !== 1) {
    throw new AppError('bad-input', `The networks make 8k + 1 frames, not ${frames}; choose 25.`);
  }
  const last = items.at(-1);
  if (last === undefined) throw new AppError('bad-input', 'There is no pose at all; bring at least one.');
  if (items.length > frames)
    onWarning?.(`The networks make ${frames} frames: poses after the first ${frames} are left out.`);
  if (items.length < frames) {
    onWarning?.(`The networks make ${frames} frames: the last of ${items.length} poses is held, and the result cut.`);
  }
  return Array.from({ length: frames }, (_, i) => items[i] ?? last);
}

/**
 * Poses as the networks see them: drawn on black, their frame laid on the canvas by the same rule as pictures (`placeOn`). The
 * reference pose, a sequence of one frame, needs `bilinear` (see `Scaling`).
 */
export function drawPoses({ skeleton, frames, ...frame }: PoseSequence, canvas: Size, scaling: Scaling): RgbPicture[] {
  const place = placeOn(canvas, frame);
  // The frame grows to what the canvas shows of its surroundings. Keypoints keep their unit: in the canvas' they would be rounded to
  // other pixels of the drawing.
  const [unitX, unitY] = [frame.width / place.width, frame.height / place.height];
  const wider = { width: canvas.width * unitX, height: canvas.height * unitY };
  return frames.map((pose) => {
    const moved = movePose(pose, place.x * unitX, place.y * unitY);
    return { ...canvas, rgb: drawSkeleton([moved], skeleton, wider, canvas, { scaling }) };
  });
}

const movePose = ({ keypoints }: Pose, x: number, y: number): Pose => ({
  keypoints: keypoints.map((value, i) => value + ([x, y][i % 3] ?? 0)),
});
