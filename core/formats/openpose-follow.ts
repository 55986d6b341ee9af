import { MIN_CONFIDENCE } from '../poses/pose-sequence.ts';
import type { Person } from './openpose-people.ts';

/** How far a person may move between two frames, in parts of the own size, and how much more a frame of absence adds. */
const STEP = 0.3;
const STEP_PER_ABSENCE = 0.05;
const MAX_STEP = 1;
/** A glimpse that was not confirmed for so many frames was none; without this every mistake would be followed for ever. */
const GLIMPSE_FRAMES = 30;
/** Fewer keypoints than this say nothing about a size. */
const MIN_POINTS = 3;

interface Track {
  /** Frame and person of each sight. */
  readonly sights: Map<number, Person>;
  last: Person;
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
    const unclaimed = new Set(people);
    for (const { track, person } of matches(tracks, people, frame)) {
      if (track.lastFrame === frame || !unclaimed.delete(person)) continue;
      see(track, person, frame);
    }
    for (const person of unclaimed) {
      const track: Track = { sights: new Map(), last: person, lastFrame: frame, prominence: 0 };
      see(track, person, frame);
      tracks.push(track);
    }
    tracks = tracks.filter(({ sights, lastFrame }) => sights.size > 2 || frame - lastFrame < GLIMPSE_FRAMES);
    for (const track of tracks) if (!best || track.prominence > best.prominence) best = track;
  });
  return frames.map((_, frame) => best?.sights.get(frame));
}

function see(track: Track, person: Person, frame: number): void {
  track.sights.set(frame, person);
  track.lastFrame = frame;
  // A hand alone must not stand for the person that the next frame is compared with.
  if (trusted(person).length >= MIN_POINTS) track.last = person;
  track.prominence += prominenceOf(person);
}

/** Pairs of tracks and people that may be the same person, the likeliest first. */
function matches(tracks: readonly Track[], people: readonly Person[], frame: number) {
  const pairs = tracks.flatMap((track) => {
    const reach = Math.min(MAX_STEP, STEP + STEP_PER_ABSENCE * (frame - track.lastFrame - 1));
    return people.map((person) => ({ track, person, step: stepBetween(track.last, person), reach }));
  });
  return pairs.filter(({ step, reach }) => step <= reach).sort((a, b) => a.step - b.step);
}

/** Mean way of the keypoints that both have, in parts of the larger one's size; Infinity where they have too few. */
export function stepBetween(from: Person, to: Person): number {
  let [sum, count] = [0, 0];
  for (const [name, [x, y, confidence]] of from) {
    const other = to.get(name);
    if (!other || Math.min(confidence, other[2]) < MIN_CONFIDENCE) continue;
    sum += Math.hypot(other[0] - x, other[1] - y);
    count++;
  }
  const size = Math.max(sizeOf(from), sizeOf(to));
  return count > 0 && size > 0 ? sum / count / size : Infinity;
}

const trusted = (person: Person): (readonly [number, number, number])[] =>
  [...person.values()].filter(([, , confidence]) => confidence >= MIN_CONFIDENCE);

/** Diagonal of the box around the trusted keypoints. */
function sizeOf(person: Person): number {
  const points = trusted(person);
  if (points.length < 2) return 0;
  const extent = (axis: 0 | 1): number => {
    const values = points.map((point) => point[axis]);
    return Math.max(...values) - Math.min(...values);
  };
  return Math.hypot(extent(0), extent(1));
}

/** Large, complete and sure. */
export const prominenceOf = (person: Person): number =>
  sizeOf(person) * [...person.values()].reduce((sum, [, , confidence]) => sum + confidence, 0);
