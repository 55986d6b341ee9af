import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readPoses, writePoses } from '../../core/formats/poses.ts';
import { MIN_CONFIDENCE, type PoseSequence } from '../../core/poses/pose-sequence.ts';
import { COCO_WHOLEBODY133, FACE_POINTS, WHOLEBODY } from '../../core/poses/skeleton.ts';
import { RING_FIELD_OF_VIEW, RING_HEIGHT, RING_RADIUS } from '../../core/ring.ts';
import { distance, type Vector } from '../../core/vector.ts';
import { bodyOf, kneeBend, SIDES, SIZE, type Body } from '../motions/body.ts';
import { FRAMES, keysOf, type Track } from '../motions/keys.ts';
import { bodiesOf, PICTURE, posesOf, postureOf, type MotionSource } from '../motions/motion-source.ts';
import { MOTIONS } from '../motions/motions.ts';
import { LIMITS, STAND, type Posture } from '../motions/posture.ts';

const FOLDER = new URL('../../assets/motions/', import.meta.url);
const NAMES = Object.keys(MOTIONS);
/** Frames and the moments between them, at which nobody looks but which resampling shows. */
const MOMENTS = Array.from({ length: FRAMES * 4 }, (_, i) => i / 4);
const FOCAL = PICTURE / 2 / Math.tan(RING_FIELD_OF_VIEW / 2);
const SOLE = ['heel', 'big_toe', 'small_toe'] as const;
const AIRBORNE = ['jump', 'jumping-jacks', 'run'];

const sourceOf = (name: string): MotionSource => {
  const source = MOTIONS[name];
  if (!source) throw new Error(`No motion ${name}.`);
  return source;
};
const pointOf = (body: Body, name: string): Vector => body.get(name) ?? [NaN, NaN, NaN];
const readText = (name: string): Promise<string> => readFile(new URL(`${name}.json`, FOLDER), 'utf8');
const read = async (name: string): Promise<PoseSequence> => readPoses(await readText(name), name);
const INDEX = new Map(COCO_WHOLEBODY133.names.map((each, k) => [each, k]));
const keypoint = ({ frames }: PoseSequence, frame: number, name: string) => {
  const k = INDEX.get(name) ?? NaN;
  const [x = NaN, y = NaN, confidence = NaN] = frames[frame]?.keypoints.subarray(k * 3, k * 3 + 3) ?? [];
  return { x, y, confidence, depth: frames[frame]?.depths?.[k] ?? NaN };
};

/** Bones with their length in the standing figure: trunk, limbs, feet, head and the fingers' own bones. */
const BONES = ((): [from: string, to: string, length: number][] => {
  const stand = bodyOf(STAND);
  const limbs = COCO_WHOLEBODY133.limbs.map(([from, to]): [string, string] => [
    COCO_WHOLEBODY133.names[from] ?? '',
    COCO_WHOLEBODY133.names[to] ?? '',
  ]);
  // Shoulders move against the trunk and each other: they hang on the neck.
  const rigid = limbs.filter(
    ([from, to]) => !to.includes('_shoulder') && !(from.includes('_shoulder') && to.includes('_hip')),
  );
  const trunk: [string, string][] = [
    ['pelvis', 'waist'],
    ['waist', 'chest'],
    ['chest', 'neck'],
    ['neck', 'head'],
    ['head', 'nose'],
    ['neck', 'left_shoulder'],
    ['neck', 'right_shoulder'],
    ['pelvis', 'left_hip'],
  ];
  return [...rigid, ...trunk].map(([from, to]) => [from, to, distance(pointOf(stand, from), pointOf(stand, to))]);
})();

it('the folder holds the motions and nothing that no source writes', async () => {
  const files = await readdir(FOLDER);
  expect(files.filter((file) => file !== 'README.md').sort()).toEqual(NAMES.map((name) => `${name}.json`).sort());
});

describe.each(NAMES)('%s', (name) => {
  const source = sourceOf(name);
  const bodies = bodiesOf(source);
  const postures = MOMENTS.map((moment) => postureOf(source, moment));

  it('is what its source writes', async () => {
    expect(await readText(name)).toBe(writePoses(posesOf(source)));
  });

  it('has keys within the loop', () => {
    const tracks = Object.values(source.tracks).flatMap((part): (Track | number)[] => Object.values(part));
    const times = tracks.flatMap((track) => (typeof track === 'number' ? [] : keysOf(track).map(([at]) => at)));
    expect(times.length).toBeGreaterThan(0);
    expect(times.filter((at) => !(at >= 0 && at < FRAMES))).toEqual([]);
  });

  it('keeps to what joints allow', () => {
    const beyond = postures.flatMap((posture, i) => beyondLimits(posture).map((what) => [MOMENTS[i], what]));
    expect(beyond).toEqual([]);
    const knees = bodies.flatMap((body) => SIDES.map((side) => kneeBend(body, side)));
    expect(Math.min(...knees)).toBeGreaterThan(2);
    expect(Math.max(...knees)).toBeLessThan(140);
  });

  it('keeps the length of every bone', () => {
    const changed = bodies.flatMap((body, frame) =>
      BONES.filter(
        ([from, to, length]) => !(Math.abs(distance(pointOf(body, from), pointOf(body, to)) - length) < 1e-9),
      ).map(([from, to]) => `${frame}: ${from} ${to}`),
    );
    expect(changed).toEqual([]);
  });

  it('never goes below the ground, and leaves it only to jump', () => {
    let flight = 0;
    for (const [i, posture] of postures.entries()) {
      const body = bodyOf(posture);
      const lowest = Math.min(...SIDES.flatMap((side) => SOLE.map((part) => pointOf(body, `${side}_${part}`)[2])));
      expect(lowest, `${MOMENTS[i] ?? i}`).toBeGreaterThan(-1e-9);
      if (lowest > 1e-3) flight++;
      const others = [...body].filter(([point]) => !SOLE.some((part) => point.endsWith(part)));
      expect(Math.min(...others.map(([, point]) => point[2]))).toBeGreaterThan(SIZE.ankle / 2);
    }
    if (AIRBORNE.includes(name)) expect(flight).toBeGreaterThan(8);
    else expect(flight).toBe(0);
  });

  it('does not slide on a standing foot', () => {
    const places = postures.map(({ leftFoot, rightFoot }) => [leftFoot, rightFoot]);
    const speeds = places.flatMap((feet, i) =>
      feet.flatMap((foot, side) => slide(foot, places[(i + 1) % places.length]?.[side])),
    );
    const treadmill = name === 'walk' || name === 'run' ? Math.min(...speeds.map(([, ahead]) => ahead)) : 0;
    const sliding = speeds.filter(([aside, ahead]) => !(Math.hypot(aside, ahead - treadmill) < 0.05));
    expect(speeds.length).toBeGreaterThan(30);
    expect(sliding).toEqual([]);
  });

  it('stays in the picture, with room for flesh', async () => {
    const poses = await read(name);
    const near = (value: number): boolean => !(value > 12 && value < PICTURE - 12);
    const outside = poses.frames.flatMap((_, frame) =>
      COCO_WHOLEBODY133.names.filter((joint) => {
        const { x, y, confidence } = keypoint(poses, frame, joint);
        return confidence > 0 && (near(x) || near(y));
      }),
    );
    expect(outside).toEqual([]);
  });

  it('goes on from the last frame to the first', () => {
    const step = (frame: number): number => {
      const [a, b] = [bodies[frame], bodies[(frame + 1) % FRAMES]];
      return a && b ? Math.max(...[...a].map(([point, at]) => distance(at, pointOf(b, point)))) : NaN;
    };
    const steps = bodies.map((_, frame) => step(frame));
    expect(steps.at(-1)).toBeLessThanOrEqual(Math.max(...steps.slice(0, -1)) * 1.05);
    // Nothing jumps: a hand thrown with force makes 10 metres a second.
    expect(Math.max(...steps) * source.fps).toBeLessThan(10);
  });

  it("stays over the middle, and begins facing the camera with its left side at the picture's right", async () => {
    for (const body of bodies) {
      const [x, y] = pointOf(body, 'pelvis');
      expect(Math.hypot(x, y)).toBeLessThan(0.2);
    }
    const poses = await read(name);
    for (const part of ['eye', 'ear', 'shoulder', 'hip', 'ankle']) {
      expect(keypoint(poses, 0, `left_${part}`).x, part).toBeGreaterThan(keypoint(poses, 0, `right_${part}`).x);
    }
    expect(keypoint(poses, 0, 'nose')).toMatchObject({ confidence: 1 });
    expect(keypoint(poses, 0, 'nose').depth).toBeLessThan(keypoint(poses, 0, 'left_ear').depth);
  });

  it('gives back the body in space from pixels and depths', async () => {
    const poses = await read(name);
    const astray = bodies.flatMap((body, frame) => {
      const hips = pointOf(body, 'pelvis');
      const known = COCO_WHOLEBODY133.names.filter((joint) => body.has(joint));
      expect(known).toHaveLength(WHOLEBODY.count - FACE_POINTS);
      return known.filter(
        (joint) => !(distance(inSpace(keypoint(poses, frame, joint), hips), pointOf(body, joint)) < 1e-4),
      );
    });
    expect(astray).toEqual([]);
  });

  it('knows body, feet and hands in every frame, and no face', async () => {
    const { frames } = await read(name);
    const hand = COCO_WHOLEBODY133.names.length - WHOLEBODY.leftHand;
    for (const { keypoints } of frames) {
      const confidences = Array.from({ length: WHOLEBODY.count }, (_, k) => keypoints[k * 3 + 2] ?? NaN);
      expect(confidences.slice(5, WHOLEBODY.face).every((value) => value > MIN_CONFIDENCE)).toBe(true);
      expect(confidences.slice(-hand).every((value) => value > MIN_CONFIDENCE)).toBe(true);
      expect(new Set(confidences.slice(WHOLEBODY.face, WHOLEBODY.leftHand))).toEqual(new Set([0]));
    }
  });
});

describe('what a motion is known by', () => {
  it('a wave is the right hand beside and above the head, going to and fro', async () => {
    const poses = await read('wave');
    const held = Array.from({ length: 12 }, (_, i) => keypoint(poses, 6 + i, 'right_wrist'));
    const nose = keypoint(poses, 6, 'nose');
    for (const { x, y } of held) expect([x < nose.x - 20, y < nose.y + 10]).toEqual([true, true]);
    const ways = held.slice(1).map(({ x }, i) => Math.sign(x - (held[i]?.x ?? NaN)));
    expect(ways.filter((way, i) => i > 0 && way !== ways[i - 1]).length).toBeGreaterThanOrEqual(3);
  });

  it('a salute brings the right fingertips to the brow, and the left hand stays down', () => {
    const body = bodiesOf(sourceOf('salute'))[13] ?? new Map<string, Vector>();
    expect(distance(pointOf(body, 'right_middle_4'), pointOf(body, 'right_eye'))).toBeLessThan(0.07);
    expect(pointOf(body, 'left_wrist')[2]).toBeLessThan(SIZE.hipHeight);
  });

  it("a turn shows the back half way, its left side at the picture's left, and no face", async () => {
    const poses = await read('turn');
    for (const part of ['shoulder', 'hip']) {
      expect(keypoint(poses, 12, `left_${part}`).x).toBeLessThan(keypoint(poses, 12, `right_${part}`).x);
    }
    for (const part of ['nose', 'left_eye', 'right_eye']) {
      expect(keypoint(poses, 12, part).confidence).toBeLessThan(MIN_CONFIDENCE);
    }
    // From the side a detector infers the far arm and hip, and loses the far ear.
    expect(keypoint(poses, 6, 'left_hip').confidence).toBe(0.5);
    expect(keypoint(poses, 6, 'left_ear').confidence).toBeLessThan(MIN_CONFIDENCE);
    expect(keypoint(poses, 6, 'right_hip').confidence).toBe(1);
    // To the left: first the right side comes to the front.
    expect(keypoint(poses, 6, 'right_shoulder').depth).toBeLessThan(keypoint(poses, 6, 'left_shoulder').depth);
  });

  it.each(['walk', 'run'])('in a %s arms swing against legs, and the second half mirrors the first', (name) => {
    const source = sourceOf(name);
    const [a, b] = [bodyOf(postureOf(source, 0)), bodyOf(postureOf(source, FRAMES / 2))];
    expect(pointOf(a, 'left_ankle')[1]).toBeLessThan(pointOf(a, 'right_ankle')[1]);
    expect(pointOf(a, 'right_wrist')[1]).toBeLessThan(pointOf(a, 'left_wrist')[1]);
    for (const [point, [x, y, z]] of a) {
      const other = point.replace(/left|right/, (side) => (side === 'left' ? 'right' : 'left'));
      expect(distance([-x, y, z], pointOf(b, other)), point).toBeLessThan(0.01);
    }
  });

  it.each([
    ['jump', 10, 16],
    ['jumping-jacks', 3, 8.5],
    ['jumping-jacks', 15.5, 21],
  ])('a %s from frame %d to %d falls as gravity has it', (name, from, to) => {
    const source = sourceOf(name);
    const height = (moment: number): number => postureOf(source, moment).root.z / 100;
    const seconds = (to - from) / source.fps;
    const rise = height((from + to) / 2) - (height(from) + height(to)) / 2;
    expect(rise / ((9.81 * seconds ** 2) / 8)).toBeGreaterThan(0.85);
    expect(rise / ((9.81 * seconds ** 2) / 8)).toBeLessThan(1.15);
    for (const moment of [from + 0.5, (from + to) / 2, to - 0.5]) {
      const { leftFoot, rightFoot } = postureOf(source, moment);
      expect(Math.min(leftFoot.lift, rightFoot.lift)).toBeGreaterThan(0.5);
    }
  });
});

/** Channels of a posture outside their limits. */
const beyondLimits = (posture: Posture): string[] =>
  Object.entries(LIMITS).flatMap(([part, channels]) => {
    const values: Readonly<Record<string, number>> = posture[part as keyof Posture];
    return Object.entries(channels as Readonly<Record<string, readonly [number, number]>>).flatMap(
      ([channel, [low, high]]) => {
        const value = values[channel] ?? NaN;
        return value >= low && value <= high ? [] : [`${part}.${channel} ${value.toFixed(1)}`];
      },
    );
  });

type Foot = Posture['leftFoot'];

/** Centimetres that a foot's place moves aside and ahead while it stands from one moment to the next. */
function slide(foot: Foot, next: Foot | undefined): [aside: number, ahead: number][] {
  if (!next || foot.lift > 0.01 || next.lift > 0.01) return [];
  const place = ({ out, ahead, turn }: Foot): [number, number] => {
    const [cos, sin] = [Math.cos((turn * Math.PI) / 180), Math.sin((turn * Math.PI) / 180)];
    return [out * cos + ahead * sin, ahead * cos - out * sin];
  };
  const [a, b] = [place(foot), place(next)];
  return [[b[0] - a[0], b[1] - a[1]]];
}

/** The point in the world that a keypoint of view 0 with depth stands for. */
function inSpace({ x, y, depth }: { x: number; y: number; depth: number }, hips: Vector): Vector {
  const hipsAway = hips[1] + RING_RADIUS;
  const away = hipsAway + (depth * hipsAway) / FOCAL;
  const [right, down] = [x - PICTURE / 2, y - PICTURE / 2];
  return [(right * away) / FOCAL, away - RING_RADIUS, RING_HEIGHT - (down * away) / FOCAL];
}
