import { ringCameras } from '../../core/ring.ts';
import type { PoseSequence } from '../../core/poses/pose-sequence.ts';
import { bodyOf, type Body } from './body.ts';
import { FRAMES, postureAt, type Tracks } from './keys.ts';
import type { Posture } from './posture.ts';
import { projectBody } from './project.ts';

/** A motion as it was animated: a loop of `FRAMES` frames. */
export interface MotionSource {
  readonly fps: number;
  readonly tracks: Tracks;
  /** What follows a rule rather than keys, such as the feet of a walk; takes a frame, which may be a fraction. */
  readonly adjust?: (posture: Posture, frame: number) => Posture;
}

/** Side of the picture that the poses are pixels of. */
export const PICTURE = 480;

export function postureOf({ tracks, adjust }: MotionSource, frame: number): Posture {
  const posture = postureAt(tracks, frame);
  return adjust ? adjust(posture, frame) : posture;
}

export const bodiesOf = (source: MotionSource): Body[] =>
  Array.from({ length: FRAMES }, (_, frame) => bodyOf(postureOf(source, frame)));

/** The motion as view 0 of the ring sees it. */
export function posesOf(source: MotionSource): PoseSequence {
  const [camera] = ringCameras(PICTURE);
  if (!camera) throw new Error('The ring has no cameras.');
  const frames = bodiesOf(source).map((body) => projectBody(body, camera));
  return { skeleton: 'coco-wholebody133', width: PICTURE, height: PICTURE, fps: source.fps, frames };
}
