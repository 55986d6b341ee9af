import { describe, expect, it } from 'vitest';
import { fitToCharacter, type CharacterAtRest } from './fit-to-character.ts';
import type { Pose, PoseSequence } from './pose-sequence.ts';
import { SKELETONS, type SkeletonId } from './skeleton.ts';

type Place = readonly [x: number, y: number];
type Places = Readonly<Record<string, Place>>;

/** Lengths of a body's bones, in pixels. */
interface Build {
  readonly spine: number;
  readonly shoulders: number;
  readonly hips: number;
  readonly arm: readonly [number, number];
  readonly leg: readonly [number, number];
  readonly neck: number;
  readonly eyes: number;
}

const ADULT: Build = { spine: 50, shoulders: 36, hips: 20, arm: [28, 25], leg: [42, 42], neck: 24, eyes: 8 };
/** Short limbs, a large head. */
const CHIBI: Build = { spine: 80, shoulders: 60, hips: 40, arm: [26, 24], leg: [30, 26], neck: 70, eyes: 26 };

/** Angles of a figure's bones from straight down, in radians, positive to the picture's right. */
interface Posture {
  readonly arms?: readonly [number, number];
  readonly legs?: readonly [number, number];
  /** -1 shows the back. */
  readonly facing?: 1 | -1;
}

function figure(build: Build, hips: Place, { arms = [0.3, 0.3], legs = [0, 0], facing = 1 }: Posture = {}): Places {
  const { spine, shoulders, neck, eyes } = build;
  const along = ([x, y]: Place, angle: number, length: number): Place => [
    x + length * Math.sin(angle),
    y + length * Math.cos(angle),
  ];
  const top: Place = [hips[0], hips[1] - spine];
  const nose: Place = [top[0], top[1] - neck];
  const places: Record<string, Place> = { nose };
  for (const [side, sign] of [
    ['left', facing],
    ['right', -facing],
  ] as const) {
    const shoulder: Place = [top[0] + (sign * shoulders) / 2, top[1]];
    const hip: Place = [hips[0] + (sign * build.hips) / 2, hips[1]];
    const elbow = along(shoulder, sign * arms[0], build.arm[0]);
    const knee = along(hip, sign * legs[0], build.leg[0]);
    Object.assign(places, {
      [`${side}_eye`]: [nose[0] + (sign * eyes) / 2, nose[1]],
      ...{ [`${side}_shoulder`]: shoulder, [`${side}_elbow`]: elbow, [`${side}_hip`]: hip, [`${side}_knee`]: knee },
      [`${side}_wrist`]: along(elbow, sign * arms[1], build.arm[1]),
      [`${side}_ankle`]: along(knee, sign * legs[1], build.leg[1]),
    });
  }
  return { ...places, neck: top };
}

function poseOf(places: Places, skeleton: SkeletonId = 'openpose18'): Pose {
  const { names } = SKELETONS[skeleton];
  const keypoints = new Float32Array(names.length * 3);
  for (const [name, place] of Object.entries(places)) {
    if (names.includes(name)) keypoints.set([...place, 1], names.indexOf(name) * 3);
  }
  return { keypoints };
}

const sequence = (frames: readonly Pose[], skeleton: SkeletonId = 'openpose18'): PoseSequence => ({
  ...{ skeleton, width: 480, height: 480, fps: 12, frames },
});

const atRest = (places: Places): CharacterAtRest => ({
  ...{ skeleton: 'openpose18', width: 400, height: 600, pose: poseOf(places) },
});

/** Arms that wave and legs that bend in turn, the hips moving so that the lower foot stays at the same height. */
const DANCE = Array.from({ length: 16 }, (_, t): Posture => {
  const swing = Math.sin((t / 16) * 2 * Math.PI);
  return { arms: [1 + swing, 1.5 * swing], legs: [0.5 * swing, 0.9 * swing] };
});
const lowerFoot = (places: Places): number => Math.max(places.left_ankle?.[1] ?? 0, places.right_ankle?.[1] ?? 0);
const GROUND = 400;
function danced(build: Build, postures = DANCE, raised: (t: number) => number = () => 0): Pose[] {
  return postures.map((posture, t) => {
    const y = GROUND - lowerFoot(figure(build, [0, 0], posture)) - raised(t);
    return poseOf(figure(build, [200 + 3 * t, y], posture));
  });
}

function at({ skeleton, frames }: PoseSequence, frame: number, name: string): [x: number, y: number, c: number] {
  const k = SKELETONS[skeleton].names.indexOf(name) * 3;
  return [...(frames[frame]?.keypoints.subarray(k, k + 3) ?? [])] as [number, number, number];
}
const apart = (poses: PoseSequence, frame: number, from: string, to: string): number => {
  const [[ax, ay], [bx, by]] = [at(poses, frame, from), at(poses, frame, to)];
  return Math.hypot(ax - bx, ay - by);
};

const chibi = figure(CHIBI, [220, 380]);
const restGround = lowerFoot(chibi);

describe('a motion fitted to a character', () => {
  const { poses, overlay } = fitToCharacter(sequence(danced(ADULT)), atRest(chibi));
  const frames = poses.frames.map((_, t) => t);

  it("has the character's bones, and lies in its picture's frame", () => {
    expect(overlay).toBe(false);
    expect([poses.width, poses.height]).toEqual([400, 600]);
    for (const t of frames) {
      for (const side of ['left', 'right']) {
        expect(apart(poses, t, `${side}_shoulder`, `${side}_elbow`)).toBeCloseTo(CHIBI.arm[0], 2);
        expect(apart(poses, t, `${side}_elbow`, `${side}_wrist`)).toBeCloseTo(CHIBI.arm[1], 2);
        expect(apart(poses, t, `${side}_hip`, `${side}_knee`)).toBeCloseTo(CHIBI.leg[0], 2);
        expect(apart(poses, t, `${side}_knee`, `${side}_ankle`)).toBeCloseTo(CHIBI.leg[1], 2);
      }
      expect(apart(poses, t, 'left_shoulder', 'right_shoulder')).toBeCloseTo(CHIBI.shoulders, 2);
      expect(apart(poses, t, 'neck', 'nose')).toBeCloseTo(CHIBI.neck, 2);
      expect(apart(poses, t, 'left_eye', 'right_eye')).toBeCloseTo(CHIBI.eyes, 2);
    }
  });

  it('keeps the direction of every bone', () => {
    const before = sequence(danced(ADULT));
    for (const t of frames) {
      for (const [from, to] of [
        ['left_shoulder', 'left_elbow'],
        ['right_hip', 'right_knee'],
        ['right_knee', 'right_ankle'],
      ] as const) {
        const angle = (of: PoseSequence): number => {
          const [a, b] = [at(of, t, from), at(of, t, to)];
          return Math.atan2(b[1] - a[1], b[0] - a[0]);
        };
        expect(angle(poses)).toBeCloseTo(angle(before), 4);
      }
    }
  });

  it("stands on the character's ground, and goes as far as its legs carry it", () => {
    for (const t of frames) {
      expect(Math.max(at(poses, t, 'left_ankle')[1], at(poses, t, 'right_ankle')[1])).toBeCloseTo(restGround, 2);
    }
    const hips = (t: number): number => (at(poses, t, 'left_hip')[0] + at(poses, t, 'right_hip')[0]) / 2;
    expect(hips(15) - hips(0)).toBeCloseTo(45 * (56 / 84), 2);
    expect((hips(7) + hips(8)) / 2).toBeCloseTo(220, 2);
  });

  it('jumps as high as its legs are long', () => {
    const raised = (t: number): number => (t === 8 ? 42 : 0);
    const jump = fitToCharacter(
      sequence(
        danced(
          ADULT,
          DANCE.map(() => ({})),
          raised,
        ),
      ),
      atRest(chibi),
    );
    expect(at(jump.poses, 8, 'left_ankle')[1]).toBeCloseTo(restGround - 42 * (56 / 84), 2);
    expect(at(jump.poses, 7, 'left_ankle')[1]).toBeCloseTo(restGround, 2);
  });

  it('that faces away keeps facing away', () => {
    const away = danced(
      ADULT,
      DANCE.map((posture) => ({ ...posture, facing: -1 })),
    );
    const turned = fitToCharacter(sequence(away), atRest(chibi)).poses;
    for (const t of frames) {
      expect(at(turned, t, 'left_shoulder')[0] - at(turned, t, 'right_shoulder')[0]).toBeCloseTo(-CHIBI.shoulders, 2);
      expect(apart(turned, t, 'left_hip', 'left_knee')).toBeCloseTo(CHIBI.leg[0], 2);
    }
  });

  it('moves hands, feet and face of the whole-body skeleton as one', () => {
    const { names } = SKELETONS['coco-wholebody133'];
    const body = figure(ADULT, [200, 300]);
    const nowhere: Place = [0, 0];
    const { left_wrist: wrist = nowhere, left_ankle: ankle = nowhere } = body;
    const whole = poseOf(
      {
        ...body,
        ...{ left_hand_wrist: wrist, left_index_4: [wrist[0] + 6, wrist[1] + 8], face_8: [200, 240] },
        left_big_toe: [ankle[0] + 3, ankle[1] + 4],
      },
      'coco-wholebody133',
    );
    const fitted = fitToCharacter(sequence([whole, whole], 'coco-wholebody133'), atRest(chibi)).poses;
    const arms = (CHIBI.arm[0] / ADULT.arm[0] + CHIBI.arm[1] / ADULT.arm[1]) / 2;
    expect(apart(fitted, 0, 'left_wrist', 'left_index_4')).toBeCloseTo(10 * arms, 2);
    expect(apart(fitted, 0, 'left_wrist', 'left_hand_wrist')).toBeCloseTo(0, 4);
    expect(apart(fitted, 0, 'left_ankle', 'left_big_toe')).toBeCloseTo(5 * (56 / 84), 2);
    const chin = (300 - 50 - 24 - 240) * (CHIBI.eyes / ADULT.eyes);
    expect(at(fitted, 0, 'nose')[1] - at(fitted, 0, 'face_8')[1]).toBeCloseTo(chin, 2);
    expect(fitted.frames[0]?.keypoints.filter((value, k) => k % 3 === 2 && value > 0)).toHaveLength(
      Object.keys(body).filter((name) => names.includes(name)).length + 4,
    );
  });

  it('scales depths with their bones', () => {
    const [flat] = danced(ADULT, [{}]);
    if (!flat) throw new Error('no pose');
    const depths = new Float32Array(18).fill(0);
    const { names } = SKELETONS.openpose18;
    depths[names.indexOf('left_wrist')] = 5;
    depths[names.indexOf('right_wrist')] = NaN;
    const fitted = fitToCharacter(sequence([flat, { ...flat, depths }]), atRest(chibi)).poses;
    expect(fitted.frames[0]?.depths).toBeUndefined();
    expect(fitted.frames[1]?.depths?.[names.indexOf('left_wrist')]).toBeCloseTo(
      (5 * CHIBI.arm[1]) / Math.hypot(25, 5),
      1,
    );
    expect(fitted.frames[1]?.depths?.[names.indexOf('right_wrist')]).toBeNaN();
  });
});

describe("poses that are the character's already", () => {
  it('are left as they are, but for the size of their frame', () => {
    const double = Object.fromEntries(Object.entries(chibi).map(([name, [x, y]]) => [name, [2 * x, 2 * y] as const]));
    const own = {
      ...sequence([poseOf(double), poseOf({ ...double, left_wrist: [500, 100] })]),
      width: 800,
      height: 1200,
    };
    const { poses, overlay } = fitToCharacter(own, atRest(chibi));
    expect(overlay).toBe(true);
    expect(at(poses, 0, 'left_ankle')).toEqual(at(sequence([poseOf(chibi)]), 0, 'left_ankle'));
    expect(at(poses, 1, 'left_wrist')).toEqual([250, 50, 1]);
  });

  it('stay where they are also when they are fitted again', () => {
    const once = fitToCharacter(sequence(danced(ADULT)), atRest(chibi)).poses;
    const twice = fitToCharacter(once, atRest(chibi)).poses;
    for (const t of once.frames.keys()) {
      twice.frames[t]?.keypoints.forEach((value, k) => {
        expect(value).toBeCloseTo(once.frames[t]?.keypoints[k] ?? NaN, 1);
      });
    }
  });
});

describe('what is not known', () => {
  it('stays unknown, moves nothing else, and keeps its confidence', () => {
    const frames = danced(ADULT);
    const holes = frames.map(({ keypoints }, t): Pose => {
      const copy = keypoints.slice();
      if (t === 3) copy.fill(0);
      if (t === 5) copy.fill(0, 8 * 3, 9 * 3);
      if (t === 6) copy[4 * 3 + 2] = 0.1;
      return { keypoints: copy };
    });
    const [whole, gaps] = [frames, holes].map((each) => fitToCharacter(sequence(each), atRest(chibi)).poses);
    if (!whole || !gaps) throw new Error('nothing was fitted');
    expect(gaps.frames[3]?.keypoints.every((value) => value === 0)).toBe(true);
    expect(at(gaps, 5, 'right_hip')).toEqual([0, 0, 0]);
    expect(at(gaps, 6, 'right_wrist')[2]).toBeCloseTo(0.1, 6);
    expect(apart(gaps, 6, 'right_elbow', 'right_wrist')).toBeCloseTo(CHIBI.arm[1], 2);
    for (const t of [0, 2, 4, 7, 15]) {
      expect(at(gaps, t, 'left_ankle')[0]).toBeCloseTo(at(whole, t, 'left_ankle')[0], 1);
      expect(at(gaps, t, 'left_ankle')[1]).toBeCloseTo(at(whole, t, 'left_ankle')[1], 1);
    }
    // The hip that is missing lies between its neighbours in time: nothing that hangs on it jumps.
    expect(Math.abs(at(gaps, 5, 'right_ankle')[1] - at(whole, 5, 'right_ankle')[1])).toBeLessThan(3);
  });

  it('of the character is taken from the limb it belongs to, or from the whole', () => {
    const known = Object.fromEntries(
      Object.entries(chibi).filter(([name]) => !/wrist|ankle|nose|eye|left_hip/.test(name)),
    );
    const { poses } = fitToCharacter(sequence(danced(ADULT)), atRest(known));
    for (const t of poses.frames.keys()) {
      expect(apart(poses, t, 'left_shoulder', 'left_elbow')).toBeCloseTo(CHIBI.arm[0], 2);
      expect(apart(poses, t, 'left_elbow', 'left_wrist')).toBeCloseTo((CHIBI.arm[0] * 25) / 28, 2);
      expect(apart(poses, t, 'left_knee', 'left_ankle')).toBeCloseTo(apart(poses, t, 'right_knee', 'right_ankle'), 2);
    }
  });

  it('makes no giant of a bone that points at the viewer', () => {
    // A character from the side, one arm held forward; a motion that hardly shows its forearms.
    const side = Object.fromEntries(
      Object.entries(chibi).map(([name, [x, y]]) => [name, [220 + (x - 220) * 0.05, y] as const]),
    );
    const hidden = danced(ADULT).map(({ keypoints }): Pose => {
      const copy = keypoints.slice();
      for (const [elbow, wrist] of [
        [3, 4],
        [6, 7],
      ] as const) {
        copy[wrist * 3] = (copy[elbow * 3] ?? 0) + 1;
        copy[wrist * 3 + 1] = (copy[elbow * 3 + 1] ?? 0) + 1;
      }
      return { keypoints: copy };
    });
    const { poses } = fitToCharacter(sequence(hidden), atRest(side));
    for (const t of poses.frames.keys()) {
      expect(apart(poses, t, 'left_elbow', 'left_wrist')).toBeLessThan(5);
      const shoulders = apart(poses, t, 'left_shoulder', 'right_shoulder');
      expect(shoulders).toBeGreaterThan(0.3 * CHIBI.spine);
      expect(shoulders).toBeLessThan(1.2 * CHIBI.spine);
      expect(apart(poses, t, 'left_hip', 'left_knee')).toBeLessThan(1.1 * CHIBI.leg[0]);
    }
  });

  it('of the legs altogether lets the body hang where the character is', () => {
    const upper = danced(ADULT).map(({ keypoints }): Pose => {
      const copy = keypoints.slice();
      copy.fill(0, 8 * 3, 14 * 3);
      return { keypoints: copy };
    });
    const { poses } = fitToCharacter(sequence(upper), atRest(chibi));
    const necks = poses.frames.map((_, t) => at(poses, t, 'neck')[0]).toSorted((a, b) => a - b);
    expect(((necks[7] ?? 0) + (necks[8] ?? 0)) / 2).toBeCloseTo(220, 1);
    expect(apart(poses, 0, 'left_shoulder', 'left_elbow')).toBeCloseTo(CHIBI.arm[0], 2);
  });

  it.each([NaN, Infinity, 1e30])('%f is no place, and spoils nothing', (value) => {
    const frames = danced(ADULT);
    const broken = frames.map(({ keypoints }, t): Pose => {
      const copy = keypoints.slice();
      if (t % 5 === 0) copy[7 * 3] = value;
      return { keypoints: copy };
    });
    const { poses } = fitToCharacter(sequence(broken), atRest(chibi));
    expect(poses.frames.every(({ keypoints }) => keypoints.every(Number.isFinite))).toBe(true);
    expect(at(poses, 0, 'left_wrist')).toEqual([0, 0, 0]);
    expect(apart(poses, 1, 'left_elbow', 'left_wrist')).toBeCloseTo(CHIBI.arm[1], 2);
  });

  it('at all is refused with what to do', () => {
    const nobody = sequence([{ keypoints: new Float32Array(54) }]);
    expect(() => fitToCharacter(nobody, atRest(chibi))).toThrow(/use poses of a whole body/);
    expect(() => fitToCharacter(sequence([]), atRest(chibi))).toThrow(/use poses of a whole body/);
    expect(() => fitToCharacter(sequence(danced(ADULT)), atRest({}))).toThrow(/rest pose is empty/);
    const arm = { left_shoulder: [10, 10], left_elbow: [10, 40] } as const;
    const leg = { left_hip: [10, 10], left_knee: [10, 40] } as const;
    expect(() => fitToCharacter(sequence([poseOf(arm)]), atRest(leg))).toThrow(/no bone that both know/);
  });
});
