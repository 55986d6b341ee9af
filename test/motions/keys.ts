import { STAND, type Channel, type Part, type Posture } from './posture.ts';

/** Values by the frame that has them, which may be a fraction, from 0 to before the end of the loop. */
export type Track = Readonly<Record<number, number>>;
export type Tracks = { readonly [P in Part]?: Readonly<Partial<Record<Channel<P>, Track | number>>> };

/** Frames of every motion; the frame after the last is the first again. */
export const FRAMES = 25;

type Key = readonly [frame: number, value: number];

export const keysOf = (track: Track): Key[] =>
  Object.entries(track)
    .map(([at, value]): [number, number] => [Number(at), value])
    .sort(([a], [b]) => a - b);

/**
 * A loop through the keys: smooth, and level where a key is the highest or lowest, so that nothing swings beyond a pose
 * (monotone cubic interpolation after Fritsch and Butland).
 */
export function valueAt(track: Track, frame: number): number {
  const keys = keysOf(track);
  const key = (i: number): Key => {
    const [at, value] = keys[((i % keys.length) + keys.length) % keys.length] ?? [0, 0];
    return [at + Math.floor(i / keys.length) * FRAMES, value];
  };
  const time = ((frame % FRAMES) + FRAMES) % FRAMES;
  const after = keys.findIndex(([at]) => at > time);
  const i = (after < 0 ? keys.length : after) - 1;
  const [from, a] = key(i);
  const [to, b] = key(i + 1);
  const slope = (j: number): number => tangent(key(j - 1), key(j), key(j + 1));
  const [width, t] = [to - from, (time - from) / (to - from)];
  const [t2, t3] = [t * t, t * t * t];
  return (
    (2 * t3 - 3 * t2 + 1) * a +
    (t3 - 2 * t2 + t) * width * slope(i) +
    (3 * t2 - 2 * t3) * b +
    (t3 - t2) * width * slope(i + 1)
  );
}

function tangent([t0, v0]: Key, [t1, v1]: Key, [t2, v2]: Key): number {
  const [h0, h1] = [t1 - t0, t2 - t1];
  const [d0, d1] = [(v1 - v0) / h0, (v2 - v1) / h1];
  if (d0 * d1 <= 0) return 0;
  const [w0, w1] = [2 * h1 + h0, h1 + 2 * h0];
  return (w0 + w1) / (w0 / d0 + w1 / d1);
}

/** The same track, `frames` later. */
const later = (track: Track, frames: number): Track =>
  Object.fromEntries(keysOf(track).map(([at, value]) => [(at + frames) % FRAMES, value]));

/** A group of tracks, `frames` later: the other side of a step. */
export const allLater = <T extends Readonly<Record<string, Track | number>>>(tracks: T, frames: number): T =>
  Object.fromEntries(
    Object.entries(tracks).map(([name, track]) => [name, typeof track === 'number' ? track : later(track, frames)]),
  ) as T;

/** The posture at a frame, which may be a fraction: what has no track stands. */
export function postureAt(tracks: Tracks, frame: number): Posture {
  return Object.fromEntries(
    Object.entries(STAND).map(([part, channels]) => {
      const own: Readonly<Record<string, Track | number | undefined>> = tracks[part as Part] ?? {};
      const values = Object.entries(channels).map(([channel, rest]) => {
        const track = own[channel] ?? rest;
        return [channel, typeof track === 'number' ? track : valueAt(track, frame)];
      });
      return [part, Object.fromEntries(values)];
    }),
  ) as Posture;
}
