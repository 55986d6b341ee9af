import { MIN_CONFIDENCE } from '../poses/pose-sequence.ts';
import { SKELETONS } from '../poses/skeleton.ts';
import type { Person } from './openpose-people.ts';

/** How far a person may move between two frames, in parts of the own size, and how much more a frame of absence adds. */
const STEP = 0.3;
const STEP_PER_ABSENCE = 0.05;
const MAX_STEP = 1;
/** A glimpse that was not confirmed for so many frames was none; without this every mistake would be followed for ever. */
const GLIMPSE_FRAMES = 30;
/** People that are followed at once; the least prominent beyond are given up, or crowds would cost minutes. */
const MAX_TRACKS = 96;
/** Fewer keypoints than this say nothing about a size. */
const MIN_POINTS = 3;

const NAMES = SKELETONS.openpose18.names;

/** A person in one frame, ready for comparison. */
interface Sight {
  readonly person: Person;
  /** [18, 2], NaN where a keypoint is not trusted. */
  readonly body: Float64Array;
  readonly points: number;
  /** Middle and diagonal of the box around the trusted keypoints. */
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly prominence: number;
}

interface Track {
  readonly sights: Map<number, Person>;
  last: Sight;
  lastFrame: number;
  prominence: number;
}

/**
 * One person through the frames, undefined where it is not seen. Detectors list people in another order in every frame, so
 * that each is followed by place and size, and the one who is largest and surest over the whole time is taken.
 */
export function followPerson(frames: readonly (readonly Person[])[]): (Person | undefined)[] {
  let tracks: Track[] = [];
  let best: Track | undefined;
  frames.forEach((people, frame) => {
    const sights = people.map(sightOf);
    const unclaimed = new Set(sights);
    for (const { track, sight } of matches(tracks, sights, frame)) {
      if (track.lastFrame === frame || !unclaimed.delete(sight)) continue;
      see(track, sight, frame);
    }
    for (const sight of unclaimed) {
      const track: Track = { sights: new Map(), last: sight, lastFrame: frame, prominence: 0 };
      see(track, sight, frame);
      tracks.push(track);
    }
    for (const track of tracks) if (!best || track.prominence > best.prominence) best = track;
    tracks = tracks.filter(({ sights, lastFrame }) => sights.size > 2 || frame - lastFrame < GLIMPSE_FRAMES);
    if (tracks.length > MAX_TRACKS) {
      tracks = tracks.sort((a, b) => b.prominence - a.prominence).slice(0, MAX_TRACKS);
    }
  });
  return frames.map((_, frame) => best?.sights.get(frame));
}

function sightOf(person: Person): Sight {
  const body = Float64Array.from(
    NAMES.flatMap((name) => {
      const [x, y, confidence] = person.get(name) ?? [0, 0, 0];
      return confidence >= MIN_CONFIDENCE ? [x, y] : [NaN, NaN];
    }),
  );
  let [left, top, right, bottom, points, confidences] = [Infinity, Infinity, -Infinity, -Infinity, 0, 0];
  for (const [x, y, confidence] of person.values()) {
    confidences += confidence;
    if (confidence < MIN_CONFIDENCE) continue;
    points++;
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
  }
  const size = points > 0 ? Math.hypot(right - left, bottom - top) : 0;
  return { person, body, points, x: (left + right) / 2, y: (top + bottom) / 2, size, prominence: size * confidences };
}

function see(track: Track, sight: Sight, frame: number): void {
  track.sights.set(frame, sight.person);
  track.lastFrame = frame;
  // A hand alone must not stand for the person that the next frame is compared with.
  if (sight.points >= MIN_POINTS) track.last = sight;
  track.prominence += sight.prominence;
}

/** Pairs of tracks and people that may be the same person, the likeliest first. */
function matches(tracks: readonly Track[], sights: readonly Sight[], frame: number) {
  const pairs: { track: Track; sight: Sight; step: number }[] = [];
  for (const track of tracks) {
    const reach = Math.min(MAX_STEP, STEP + STEP_PER_ABSENCE * (frame - track.lastFrame - 1));
    for (const sight of sights) {
      const step = stepBetween(track.last, sight, reach);
      if (step <= reach) pairs.push({ track, sight, step });
    }
  }
  return pairs.sort((a, b) => a.step - b.step);
}

/** Mean way of the keypoints that both have, in parts of the larger one's size; Infinity where they have none. */
function stepBetween(from: Sight, to: Sight, reach: number): number {
  const size = Math.max(from.size, to.size);
  // Boxes so far apart share no keypoint within reach, whichever were seen.
  if (!(Math.hypot(to.x - from.x, to.y - from.y) <= (reach + 1) * size)) return Infinity;
  let [sum, count] = [0, 0];
  for (let i = 0; i < from.body.length; i += 2) {
    const way = Math.hypot(
      (to.body[i] ?? NaN) - (from.body[i] ?? NaN),
      (to.body[i + 1] ?? NaN) - (from.body[i + 1] ?? NaN),
    );
    if (Number.isNaN(way)) continue;
    sum += way;
    count++;
  }
  return count > 0 && size > 0 ? sum / count / size : Infinity;
}
