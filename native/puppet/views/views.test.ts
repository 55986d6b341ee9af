import { describe, expect, it } from 'vitest';
import { viewMatrix, type Camera } from '../../../core/camera.ts';
import { allocateGaussians, type Gaussians } from '../../../core/gaussians.ts';
import type { Pose } from '../../../core/poses/pose-sequence.ts';
import { ringCameras } from '../../../core/ring.ts';
import { distance, mix, type Vector } from '../../../core/vector.ts';
import { poseAt } from '../../../test/helpers/drawn-figure.ts';
import { figure } from '../../../test/helpers/figure.ts';
import { seededRandom } from '../../../test/helpers/random.ts';
import { restRig } from '../../../test/helpers/rest-rig.ts';
import { BONE, BONES, type BoneName } from '../rig/bones.ts';
import { SIDES, type PerJoint } from '../rig/joints.ts';
import { AROUND, sortIntoCells } from './cells.ts';
import { jointsInSpace } from './joints-in-space.ts';
import { restJoints } from './rest-joints.ts';
import { weighCloud } from './skin-cells.ts';

const cameras = ringCameras(480);
/** The figure's joints without the neck, which the poses' skeleton does not have. */
const truth = new Map<string, Vector>(
  Object.entries(figure({ turn: 0.2, arms: { left: [0.4, 0.9, 0.5], right: [0.8, 0.5, 1] } })).filter(
    ([name]) => name !== 'neck',
  ),
);

function project(camera: Camera, [x, y, z]: Vector): [number, number] {
  const m = viewMatrix(camera);
  const row = (r: number): number =>
    (m[r * 4] ?? 0) * x + (m[r * 4 + 1] ?? 0) * y + (m[r * 4 + 2] ?? 0) * z + (m[r * 4 + 3] ?? 0);
  return [(camera.fx * row(0)) / row(2) + camera.cx, (camera.fy * row(1)) / row(2) + camera.cy];
}

const seenBy = (camera: Camera, rename = (name: string): string => name): Pose =>
  poseAt(Object.fromEntries([...truth].map(([name, point]) => [rename(name), project(camera, point)])));

const exchanged = (name: string): string =>
  name.startsWith('left_') ? name.replace('left_', 'right_') : name.replace('right_', 'left_');

function worstOf(found: ReadonlyMap<string, Vector>): number {
  return Math.max(...[...truth].map(([name, point]) => distance(found.get(name) ?? [9, 9, 9], point)));
}

describe('jointsInSpace', () => {
  const poses = cameras.map((camera) => seenBy(camera));

  it('finds every joint where all views agree', () => {
    const found = jointsInSpace(cameras, poses);
    expect(worstOf(found)).toBeLessThan(1e-4);
    expect([...found.keys()].sort()).toEqual([...truth.keys()].sort());
  });

  it('does without views that see nobody', () => {
    const few = poses.map((pose, view) => (view % 4 === 0 ? pose : undefined));
    expect(worstOf(jointsInSpace(cameras, few))).toBeLessThan(1e-4);
  });

  it('is not misled by some views that see something else', () => {
    const random = seededRandom(4);
    const anywhere = (): Pose =>
      poseAt(Object.fromEntries([...truth.keys()].map((name) => [name, [random() * 480, random() * 480] as const])));
    const found = jointsInSpace(
      cameras,
      poses.map((pose, view) => ([3, 8, 14, 19].includes(view) ? anywhere() : pose)),
    );
    expect(worstOf(found)).toBeLessThan(0.02);
  });

  it('turns views that have left and right the other way around', () => {
    const back = poses.map((pose, view) => {
      const camera = cameras[view];
      return camera && view >= 8 && view <= 13 ? seenBy(camera, exchanged) : pose;
    });
    expect(worstOf(jointsInSpace(cameras, back))).toBeLessThan(0.005);
  });

  it('weighs a joint by how sure a view is of it', () => {
    const unsure = poses.map((pose, view) => {
      const keypoints = pose.keypoints.slice();
      if (view % 2) for (let k = 0; k < keypoints.length; k += 3) keypoints.set([240, 240, 0.1], k);
      return { keypoints };
    });
    expect(worstOf(jointsInSpace(cameras, unsure))).toBeLessThan(1e-4);
  });

  it('leaves out what fewer than three views know', () => {
    const two = poses.map((pose, view) => (view < 2 ? pose : undefined));
    expect(jointsInSpace(cameras, two).size).toBe(0);
    expect(
      jointsInSpace(
        cameras,
        cameras.map(() => undefined),
      ).size,
    ).toBe(0);
    expect(jointsInSpace([], []).size).toBe(0);
  });
});

describe('restJoints', () => {
  const empty = allocateGaussians(0, 0);
  const without = (pattern: RegExp): Map<string, Vector> => new Map([...truth].filter(([name]) => !pattern.test(name)));
  const at = (name: string): Vector => truth.get(name) ?? [NaN, NaN, NaN];

  it('are those that were found, with hips, neck and spine between them', () => {
    const joints = restJoints(truth, empty);
    expect(joints?.left_elbow).toEqual(at('left_elbow'));
    expect(joints?.hips).toEqual(mix(at('right_hip'), at('left_hip'), 0.5));
    expect(joints?.neck).toEqual(mix(at('right_shoulder'), at('left_shoulder'), 0.5));
    expect(
      Object.values(joints ?? {})
        .flat()
        .every(Number.isFinite),
    ).toBe(true);
    expect(joints?.left_toes[2]).toBeLessThan(at('left_ankle')[2]);
    expect(joints?.crown[2]).toBeGreaterThan(at('nose')[2] + 0.05);
  });

  it.each(SIDES.flatMap((side) => ['elbow', 'wrist', 'hip', 'knee', 'ankle'].map((joint) => `${side}_${joint}`)))(
    'mirror %s where nobody saw it',
    (name) => {
      const joints = restJoints(without(new RegExp(name)), empty);
      const partner = at(exchanged(name));
      const found = joints?.[name as 'left_wrist'];
      expect(found?.slice(1)).toEqual(partner.slice(1));
      expect(Math.sign(found?.[0] ?? 0)).toBe(-Math.sign(partner[0]));
    },
  );

  it.each([/shoulder|hip/, /wrist/, /knee/, /./])('are none without %s', (pattern) => {
    expect(restJoints(without(pattern), empty)).toBeUndefined();
  });

  it('end the head at the top of the cloud', () => {
    const cloud = allocateGaussians(200, 0);
    const top = at('nose')[2] + 0.2;
    for (let i = 0; i < 200; i++) cloud.means.set([at('nose')[0], 0, (top * (i + 1)) / 200], i * 3);
    expect(restJoints(truth, cloud)?.crown[2]).toBeCloseTo(top, 1);
  });

  it('take no hand that lies farther off than an arm', () => {
    const far = new Map(truth).set('left_middle_4', [2, 2, 2]);
    expect(restJoints(far, empty)?.left_fingers).toEqual(restJoints(truth, empty)?.left_fingers);
    const near: Vector = mix(at('left_wrist'), [0, 0, 0], 0.1);
    expect(restJoints(new Map(truth).set('left_middle_4', near), empty)?.left_fingers).toEqual(near);
  });
});

const { joints } = restRig();

/** Points on round limbs about the bones of the rig, and where its arms are moved to hang beside the trunk. */
function cloudAround(radiusOf: (bone: BoneName) => number, where = joints): { cloud: Gaussians; bones: number[] } {
  const random = seededRandom(11);
  const points: Vector[] = [];
  const bones: number[] = [];
  for (const [bone, { name, from, to }] of BONES.entries()) {
    const radius = radiusOf(name as BoneName);
    const area = 2 * Math.PI * radius * distance(where[from], where[to]);
    for (let k = 0; k < area / 0.015 ** 2; k++) {
      const angle = random() * 2 * Math.PI;
      const [x, y, z] = mix(where[from], where[to], random());
      const upright = Math.abs(where[to][2] - where[from][2]) > Math.abs(where[to][0] - where[from][0]);
      const [a, b] = [radius * Math.cos(angle), radius * Math.sin(angle)];
      points.push(upright ? [x + a, y + b, z] : [x, y + b, z + a]);
      bones.push(bone);
    }
  }
  const cloud = allocateGaussians(points.length, 0);
  for (const [i, point] of points.entries()) cloud.means.set(point, i * 3);
  return { cloud, bones };
}

describe('cells', () => {
  const { cloud } = cloudAround(() => 0.06);
  const cells = sortIntoCells(cloud, 0.05);

  it('hold every Gaussian, near their centre', () => {
    for (let i = 0; i < cloud.count; i++) {
      const centre = cells.centres[cells.cellOf[i] ?? -1] ?? [9, 9, 9];
      for (const c of [0, 1, 2] as const) {
        expect(Math.abs(centre[c] - (cloud.means[i * 3 + c] ?? NaN))).toBeLessThan(0.02501);
      }
    }
  });

  it('are around each other both ways', () => {
    const oneWay = Array.from(cells.around.keys()).filter((k) => {
      const other = cells.around[k] ?? -1;
      return other >= 0 && cells.around[other * AROUND + (AROUND - 1 - (k % AROUND))] !== Math.floor(k / AROUND);
    });
    expect(oneWay).toEqual([]);
    expect(cells.around.some((other) => other >= 0)).toBe(true);
  });
});

describe('weighCloud', () => {
  const strongest = (weights: Float32Array, i: number): number => {
    const row = weights.subarray(i * BONES.length, (i + 1) * BONES.length);
    return row.indexOf(Math.max(...row));
  };
  /** Which part of a bone's own flesh it moves more than any other does. */
  const shareOf = (bones: readonly number[], weights: Float32Array, name: BoneName): number => {
    const own = Array.from(bones.keys()).filter((i) => bones[i] === BONE[name]);
    return own.filter((i) => strongest(weights, i) === BONE[name]).length / own.length;
  };
  const spread = cloudAround((bone) => (bone === 'chest' || bone === 'pelvis' ? 0.14 : bone === 'head' ? 0.1 : 0.05));
  const spreadWeights = weighCloud(spread.cloud, joints);

  it.each(['right_upper_arm', 'left_forearm', 'left_hand', 'right_thigh', 'left_shin', 'head'] as const)(
    'gives the flesh about %s to it',
    (name) => {
      expect(shareOf(spread.bones, spreadWeights, name)).toBeGreaterThan(0.75);
    },
  );

  it('gives everything something, all of it numbers', () => {
    expect(spreadWeights.every((weight) => Number.isFinite(weight) && weight >= 0)).toBe(true);
    const most = spread.bones.map((_, i) => spreadWeights[i * BONES.length + strongest(spreadWeights, i)] ?? 0);
    expect(Math.min(...most)).toBeGreaterThan(0.2);
  });

  it('does not let a hanging hand move the thigh beside it, nor the thigh the hand', () => {
    const hanging: PerJoint<Vector> = {
      ...joints,
      ...{ left_elbow: [0.25, 0, 1.05], left_wrist: [0.27, 0, 0.82], left_fingers: [0.27, 0, 0.68] },
      ...{ right_elbow: [-0.25, 0, 1.05], right_wrist: [-0.27, 0, 0.82], right_fingers: [-0.27, 0, 0.68] },
    };
    const trunk = (bone: BoneName): boolean => bone === 'chest' || bone === 'pelvis';
    const { cloud, bones } = cloudAround(
      (bone) => (trunk(bone) ? 0.13 : bone.endsWith('thigh') ? 0.07 : 0.035),
      hanging,
    );
    const weights = weighCloud(cloud, hanging);
    const thigh = Array.from(bones.keys()).filter((i) => bones[i] === BONE.left_thigh);
    const dragged = thigh.filter((i) => {
      const row = weights.subarray(i * BONES.length, (i + 1) * BONES.length);
      return (row[BONE.left_hand] ?? 0) + (row[BONE.left_forearm] ?? 0) > 0.3;
    });
    expect(dragged.length).toBeLessThan(0.03 * thigh.length);
    expect(shareOf(bones, weights, 'left_hand')).toBeGreaterThan(0.8);
  });

  it('makes numbers of a cloud in one point and of none', () => {
    const point = allocateGaussians(5, 0);
    expect(weighCloud(point, joints).every(Number.isFinite)).toBe(true);
    expect(weighCloud(allocateGaussians(0, 0), joints)).toHaveLength(0);
  });
});
