import { FRAMES, valueAt, type Track } from './keys.ts';
import type { MotionSource } from './motion-source.ts';
import type { Posture } from './posture.ts';

/** How a foot goes in a loop of one stride; frames count from its touch-down. */
export interface Gait {
  /** Frame in which it leaves the ground. */
  readonly liftOff: number;
  /** Centimetres ahead of the middle at touch-down, and behind it when it leaves. */
  readonly reach: number;
  readonly behind: number;
  readonly lift: Track;
  readonly pitch: Track;
  readonly out: Track;
}

type Foot = Posture['leftFoot'];

/** The left foot comes down in frame 0, the right one half a loop later. */
export const walkOn =
  (gait: Gait): NonNullable<MotionSource['adjust']> =>
  (posture, frame) => ({
    ...posture,
    leftFoot: { ...posture.leftFoot, ...footOf(gait, frame) },
    rightFoot: { ...posture.rightFoot, ...footOf(gait, frame + FRAMES / 2) },
  });

function footOf({ liftOff, reach, behind, lift, pitch, out }: Gait, frame: number): Partial<Foot> {
  const since = frame % FRAMES;
  return {
    ahead: aheadAt(since, liftOff, reach, behind),
    lift: since < liftOff ? 0 : Math.max(0, valueAt(lift, since)),
    pitch: valueAt(pitch, since),
    out: valueAt(out, since),
  };
}

/** On the ground at the even speed of the ground; then forward in one arc that leaves and meets the ground at its speed. */
function aheadAt(since: number, liftOff: number, reach: number, behind: number): number {
  const speed = -(reach + behind) / liftOff;
  if (since < liftOff) return reach + speed * since;
  const width = FRAMES - liftOff;
  const t = (since - liftOff) / width;
  const [t2, t3] = [t * t, t * t * t];
  return (
    (2 * t3 - 3 * t2 + 1) * -behind +
    (t3 - 2 * t2 + t) * width * speed +
    (3 * t2 - 2 * t3) * reach +
    (t3 - t2) * width * speed
  );
}
