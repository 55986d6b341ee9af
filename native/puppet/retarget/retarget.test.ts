import { describe, expect, it } from 'vitest';
import { MOTION_JOINTS, mapMotion, type Motion } from '../../../core/poses/motion.ts';
import { aboutAxis, rotate, type Quaternion } from '../../../core/quaternion.ts';
import { add, distance, dot, length, normalize, scale, subtract, type Vector } from '../../../core/vector.ts';
import { figure, type FigurePosture } from '../../../test/helpers/figure.ts';
import { seededRandom } from '../../../test/helpers/random.ts';
import { frameOf, motionOf, restRig } from '../../../test/helpers/rest-rig.ts';
import { BONE, BONES, type BoneName } from '../rig/bones.ts';
import { SIDES, type Joint } from '../rig/joints.ts';
import { alignSigns } from './posed-bones.ts';
import { retarget, type RigPose } from './retarget.ts';

const GROUND = { type: 'ground', floor: 0 } as const;
const rig = restRig();
const UP: Vector = [0, 0, 1];

/** Where the far end of a bone is. */
function endOf({ rotations, origins }: RigPose, name: BoneName, of = rig): Vector {
  const { from, to } = BONES[BONE[name]] ?? { from: 'hips', to: 'hips' };
  const along = subtract(of.joints[to], of.joints[from]);
  return add(origins[BONE[name]] ?? [NaN, NaN, NaN], rotate(rotations[BONE[name]] ?? [1, 0, 0, 0], along));
}

const angle = (a: Quaternion, b: Quaternion): number =>
  2 * Math.acos(Math.min(1, Math.abs(a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3])));

/** A motion of the test's figure: the body is known, hands and feet are not. */
const motionOfFigures = (postures: readonly FigurePosture[], hips: (t: number) => Vector = () => [0, 0, 0.9]): Motion =>
  motionOf(
    postures.map((posture, t) => {
      const frame = new Float64Array(MOTION_JOINTS.length * 3).fill(NaN);
      for (const [name, point] of Object.entries(figure(posture, hips(t)))) {
        frame.set(point, MOTION_JOINTS.indexOf(name) * 3);
      }
      return frame;
    }),
  );

const LIMBS: readonly (readonly [BoneName, Joint, Joint])[] = SIDES.flatMap((side) => [
  [`${side}_upper_arm`, `${side}_shoulder`, `${side}_elbow`] as const,
  [`${side}_forearm`, `${side}_elbow`, `${side}_wrist`] as const,
  [`${side}_thigh`, `${side}_hip`, `${side}_knee`] as const,
  [`${side}_shin`, `${side}_knee`, `${side}_ankle`] as const,
]);

const acrobat: readonly FigurePosture[] = Array.from({ length: 12 }, (_, t) => ({
  ...{ turn: t * 0.6, lean: 0.3 * Math.sin(t) },
  arms: { left: [0.2 * t, 1 + Math.sin(t), 1.2], right: [2, 0.1 * t, 0.3] },
  legs: { left: [0.1 * t, 0.15 * t], right: [0.4, 0.8] },
}));

describe('retarget', () => {
  it('leaves the rig at rest where the person stands as it does', () => {
    const still = motionOf([frameOf(rig), frameOf(rig)]);
    for (const { rotations, origins } of retarget(still, rig, GROUND)) {
      for (const [bone, { name, from }] of BONES.entries()) {
        // A foot at rest is flat: whichever way the picture shows it.
        expect(angle(rotations[bone] ?? [0, 0, 0, 0], [1, 0, 0, 0])).toBeLessThan(name.endsWith('foot') ? 0.05 : 1e-6);
        expect(origins[bone]?.[0]).toBeCloseTo(rig.joints[from][0], 6);
        expect(origins[bone]?.[1]).toBeCloseTo(rig.joints[from][1], 6);
      }
    }
  });

  it('gives every limb the direction of the person, and keeps its length', () => {
    const motion = motionOfFigures(acrobat);
    const poses = retarget(motion, rig, GROUND);
    for (const [t, pose] of poses.entries()) {
      const person = figure(acrobat[t]);
      for (const [bone, from, to] of LIMBS) {
        const along = subtract(endOf(pose, bone), pose.origins[BONE[bone]] ?? [0, 0, 0]);
        const wanted = subtract(person[to as keyof typeof person], person[from as keyof typeof person]);
        expect(dot(normalize(along), normalize(wanted))).toBeGreaterThan(1 - 1e-9);
        expect(length(along)).toBeCloseTo(distance(rig.joints[from], rig.joints[to]), 9);
      }
    }
  });

  it('keeps bones together at their joints', () => {
    for (const pose of retarget(motionOfFigures(acrobat), rig, GROUND)) {
      for (const side of SIDES) {
        expect(distance(endOf(pose, `${side}_thigh`), pose.origins[BONE[`${side}_shin`]] ?? UP)).toBeLessThan(1e-9);
        expect(distance(endOf(pose, `${side}_forearm`), pose.origins[BONE[`${side}_hand`]] ?? UP)).toBeLessThan(1e-9);
      }
      expect(distance(endOf(pose, 'chest'), pose.origins[BONE.head] ?? UP)).toBeLessThan(1e-9);
    }
  });

  it('moves a small figure as a large one', () => {
    const small = restRig(0.5);
    const motion = motionOfFigures(acrobat, (t) => [0.02 * t, 0, 0.9]);
    const [large, half] = [retarget(motion, rig, GROUND), retarget(motion, small, GROUND)];
    for (const [t, { rotations, origins }] of half.entries()) {
      expect(rotations).toEqual(large[t]?.rotations);
      for (const [bone, at] of origins.entries()) {
        expect(distance(scale(at, 2), large[t]?.origins[bone] ?? UP)).toBeLessThan(1e-9);
      }
    }
  });

  it('points hands and feet as the person does where they are known', () => {
    const [x, y, z] = rig.joints.left_ankle;
    const frame = frameOf(rig, {
      left_heel: [x, y + 0.05, z - 0.06],
      left_toe: [x + 0.1, y - 0.1, z - 0.06],
      left_middle_finger: add(rig.joints.left_wrist, [0, -0.1, 0]),
    });
    const [pose] = retarget(motionOf([frame]), rig, GROUND);
    if (!pose) throw new Error('no pose');
    const hand = subtract(endOf(pose, 'left_hand'), pose.origins[BONE.left_hand] ?? UP);
    expect(dot(normalize(hand), [0, -1, 0])).toBeGreaterThan(1 - 1e-9);
    const ahead = rotate(pose.rotations[BONE.left_foot] ?? [1, 0, 0, 0], [0, -1, 0]);
    expect(dot(ahead, normalize([0.1, -0.15, 0]))).toBeGreaterThan(1 - 1e-9);
  });

  it('lets hands follow their forearms where they are unknown', () => {
    for (const { rotations } of retarget(motionOfFigures(acrobat), rig, GROUND)) {
      for (const side of SIDES) {
        const [hand, forearm] = [rotations[BONE[`${side}_hand`]], rotations[BONE[`${side}_forearm`]]];
        expect(angle(hand ?? [1, 0, 0, 0], forearm ?? [1, 0, 0, 0])).toBeLessThan(1e-6);
      }
    }
  });

  it('is made of numbers also where limbs have no length', () => {
    const point: Vector = [0, 0, 1];
    const collapsed = mapMotion(motionOf([frameOf(rig), frameOf(rig)]), () => point);
    for (const { rotations, origins } of retarget(collapsed, rig, GROUND)) {
      expect([...rotations.flat(), ...origins.flat()].every(Number.isFinite)).toBe(true);
    }
    for (const { rotations, origins } of retarget(motionOfFigures(acrobat), restRig(0), GROUND)) {
      expect([...rotations.flat(), ...origins.flat()].every(Number.isFinite)).toBe(true);
    }
  });
});

describe('the ground', () => {
  /** Height of the lowest point of both soles, which are at 0 below ankles and toes at rest. */
  const lowest = ({ rotations, origins }: RigPose, of = rig): number =>
    Math.min(
      ...SIDES.flatMap((side) => {
        const foot = BONE[`${side}_foot`];
        const ankle = of.joints[`${side}_ankle`];
        return [ankle, of.joints[`${side}_toes`]].map(([x, y]) => {
          const below = rotate(rotations[foot] ?? [1, 0, 0, 0], subtract([x, y, 0], ankle));
          return (origins[foot]?.[2] ?? NaN) + below[2];
        });
      }),
    );

  it('carries a squatting figure at every depth', () => {
    const squat = Array.from({ length: 10 }, (_, t): FigurePosture => {
      const bend = 0.11 * t;
      return { legs: { left: [bend, 2 * bend], right: [bend, 2 * bend] } };
    });
    // The person's feet stay on the ground while the hips go down.
    const hips = (t: number): Vector => [0, 0, 0.84 * Math.cos(0.11 * t) + 0.06];
    const poses = retarget(motionOfFigures(squat, hips), rig, GROUND);
    for (const pose of poses) expect(Math.abs(lowest(pose))).toBeLessThan(0.02);
    const [first, last] = [poses[0]?.origins[0]?.[2] ?? 0, poses.at(-1)?.origins[0]?.[2] ?? 0];
    expect(first - last).toBeGreaterThan(0.25);
  });

  it('lies where it is told', () => {
    const [pose] = retarget(motionOfFigures([{}]), rig, { type: 'ground', floor: -0.4 });
    // The rest figure's soles were at 0; at a floor of -0.4 its "sole" lies as far below the ankle.
    expect(Math.min(...SIDES.map((side) => pose?.origins[BONE[`${side}_foot`]]?.[2] ?? NaN))).toBeCloseTo(0.07, 1);
  });

  it('is left in jumps, as high as the legs are long', () => {
    const height = (t: number): number =>
      Math.max(0, 0.3 * Math.sin(((t - 5) / 6) * Math.PI) * (t > 5 && t < 11 ? 1 : 0));
    const still = Array.from({ length: 16 }, (): FigurePosture => ({}));
    const motion = motionOfFigures(still, (t) => [0, 0, 0.9 + height(t)]);
    for (const size of [1, 0.5]) {
      const of = restRig(size);
      const legs =
        distance(of.joints.left_hip, of.joints.left_knee) + distance(of.joints.left_knee, of.joints.left_ankle);
      const poses = retarget(motion, of, GROUND);
      for (const [t, pose] of poses.entries()) {
        expect(lowest(pose, of)).toBeCloseTo((height(t) * legs) / 0.84, 6);
      }
    }
  });

  it('is not lost to a few bad frames', () => {
    const still = Array.from({ length: 40 }, (): FigurePosture => ({}));
    const motion = motionOfFigures(still, (t) => [0, 0, t === 7 || t === 8 ? 0.4 : 0.9]);
    const poses = retarget(motion, rig, GROUND);
    for (const pose of poses) expect(Math.abs(lowest(pose))).toBeLessThan(1e-6);
  });
});

describe('the way over the ground', () => {
  const walk = (metres: number) =>
    motionOfFigures(
      Array.from({ length: 11 }, (): FigurePosture => ({})),
      (t) => [(metres * t) / 10 + 3, 1, 0.9],
    );
  const rootsOf = (motion: Motion): Vector[] => retarget(motion, rig, GROUND).map(({ origins }) => origins[0] ?? UP);

  it('is kept about its middle', () => {
    const roots = rootsOf(walk(0.4));
    const legs =
      distance(rig.joints.left_hip, rig.joints.left_knee) + distance(rig.joints.left_knee, rig.joints.left_ankle);
    const [first, last] = [roots[0] ?? UP, roots.at(-1) ?? UP];
    expect(first[0]).toBeCloseTo(-last[0], 9);
    expect(first[1]).toBeCloseTo(0, 9);
    expect(last[0] - first[0]).toBeCloseTo((0.4 * legs) / 0.84, 6);
  });

  it('never leaves the view', () => {
    const roots = rootsOf(walk(30));
    expect(Math.max(...roots.map(([x, y]) => Math.hypot(x, y)))).toBeCloseTo(0.45, 6);
  });
});

describe('the character itself', () => {
  it('goes where the poses go, from the frame at rest', () => {
    const motion = motionOfFigures(acrobat, (t) => [0.1 * t, -0.05 * t, 0.9 + 0.02 * t]);
    const poses = retarget(motion, rig, { type: 'same', from: 3 });
    const start = poses[3]?.origins[0] ?? UP;
    expect(distance(start, rig.joints.hips)).toBeLessThan(1e-9);
    for (const [t, { origins }] of poses.entries()) {
      const way = subtract(origins[0] ?? UP, start);
      expect(distance(way, [0.1 * (t - 3), -0.05 * (t - 3), 0.02 * (t - 3)])).toBeLessThan(1e-9);
    }
  });

  it('holds its head at rest as in the frame at rest', () => {
    const turned = {
      nose: [0.08, -0.08, 1.48],
      left_ear: [0.05, 0.05, 1.49],
      right_ear: [-0.05, -0.05, 1.49],
    } as const;
    const frames = [frameOf(rig), frameOf(rig, turned), frameOf(rig)];
    const [, at] = retarget(motionOf(frames), rig, { type: 'same', from: 1 });
    expect(angle(at?.rotations[BONE.head] ?? [0, 0, 0, 0], [1, 0, 0, 0])).toBeLessThan(1e-6);
  });
});

describe('the head', () => {
  /** Ears and nose of a head that is turned to its left by `turn`. */
  const headTurned = (turn: number): Float64Array => {
    const q = aboutAxis(UP, turn);
    const at = (offset: Vector): Vector => add(rig.joints.neck, rotate(q, offset));
    return frameOf(rig, {
      ...{ nose: at([0, -0.11, 0.18]), left_eye: at([0.03, -0.09, 0.21]), right_eye: at([-0.03, -0.09, 0.21]) },
      ...{ left_ear: at([0.07, 0, 0.19]), right_ear: at([-0.07, 0, 0.19]) },
    });
  };
  const turnOf = (pose: RigPose | undefined): number =>
    angle(pose?.rotations[BONE.head] ?? [0, 0, 0, 0], pose?.rotations[BONE.chest] ?? [0, 0, 0, 0]);

  it('turns with the person, a little less', () => {
    const poses = retarget(motionOf([headTurned(0), headTurned(0.6), headTurned(-0.6)]), rig, GROUND);
    expect(turnOf(poses[0])).toBeLessThan(0.02);
    expect(turnOf(poses[1])).toBeGreaterThan(0.4);
    expect(turnOf(poses[1])).toBeLessThan(0.6);
    const [x] = rotate(poses[1]?.rotations[BONE.head] ?? [1, 0, 0, 0], [0, -1, 0]);
    expect(x).toBeGreaterThan(0.3);
  });

  it('never turns farther than necks do', () => {
    for (const turn of [1.6, 2.4, 3.1, -2.9]) {
      const [pose] = retarget(motionOf([headTurned(turn)]), rig, GROUND);
      expect(turnOf(pose)).toBeLessThanOrEqual(1.2 + 1e-9);
    }
  });

  it('stays on the chest where nothing of the face is known', () => {
    const names = ['nose', 'left_eye', 'right_eye', 'left_ear', 'right_ear'];
    const unknown = Object.fromEntries(names.map((name) => [name, [NaN, NaN, NaN] as const]));
    const [pose] = retarget(motionOf([frameOf(rig, unknown)]), rig, GROUND);
    expect(turnOf(pose)).toBeLessThan(1e-6);
  });
});

describe('rotations over time', () => {
  it('keep their signs over three full turns, so that blending takes no detour', () => {
    const turns = Array.from({ length: 100 }, (_, t): FigurePosture => ({
      turn: (t / 99) * 6 * Math.PI,
      arms: { left: [0.3, 0.6, 0.4], right: [0.3, 2.2, 0.4] },
    }));
    const poses = retarget(motionOfFigures(turns), rig, GROUND);
    for (const [t, { rotations }] of poses.entries()) {
      for (const [bone, q] of rotations.entries()) {
        expect(Math.hypot(...q)).toBeCloseTo(1, 9);
        const before = poses[t - 1]?.rotations[bone] ?? q;
        expect(q[0] * before[0] + q[1] * before[1] + q[2] * before[2] + q[3] * before[3]).toBeGreaterThan(0.9);
        const parent = rotations[BONES[bone]?.parent ?? -1] ?? q;
        expect(q[0] * parent[0] + q[1] * parent[1] + q[2] * parent[2] + q[3] * parent[3]).toBeGreaterThan(-1e-9);
      }
    }
  });

  it('have the sign nearer to the parent, whichever they came with', () => {
    const random = seededRandom(3);
    const component = (): number => random() - 0.5;
    for (let round = 0; round < 20; round++) {
      const rotations = BONES.map((): Quaternion => {
        const [w, x, y, z] = aboutAxis([component(), component(), component()], random() * 6);
        return random() < 0.5 ? [w, x, y, z] : [-w, -x, -y, -z];
      });
      const before: Quaternion = aboutAxis([component(), component(), component()], random() * 6);
      const aligned = alignSigns(rotations, before);
      for (const [bone, { parent }] of BONES.entries()) {
        const [q, other] = [aligned[bone] ?? before, aligned[parent] ?? before];
        expect(q[0] * other[0] + q[1] * other[1] + q[2] * other[2] + q[3] * other[3]).toBeGreaterThanOrEqual(0);
        expect(angle(q, rotations[bone] ?? before)).toBeLessThan(1e-6);
      }
    }
  });
});
