import { describe, expect, it } from 'vitest';
import { viewMatrix, type Camera } from '../../core/camera.ts';
import { transformsCamera } from '../../core/formats/transforms.ts';
import { MOTION_JOINTS } from '../../core/poses/motion.ts';
import type { Pose, PoseSequence } from '../../core/poses/pose-sequence.ts';
import { BODY, OPENPOSE18, type BodyJoint } from '../../core/poses/skeleton.ts';
import { RING_FIELD_OF_VIEW, ringCameras } from '../../core/ring.ts';
import { distance, length, mix, subtract, type Vector } from '../../core/vector.ts';
import { figure, photographed } from '../../test/helpers/figure.ts';
import { restRig } from '../../test/helpers/rest-rig.ts';
import {
  findOverlay,
  framedAsCharacter,
  framedAsPerson,
  jointsOfMotion,
  jointsOfPoses,
  withRestDepths,
  type Overlay,
} from './framing.ts';
import { liftPoses } from './lift/lift-poses.ts';
import type { Joint, PerJoint } from './rig/joints.ts';

const [front] = ringCameras(512) as [Camera];
const standing = photographed([figure(), figure({ turn: 0.3 }), figure({ turn: -0.2 })], front);

/** The same person by `zoom` as large, moved by some pixels, in a frame of another size. */
function moved(sequence: PoseSequence, zoom: number, [dx, dy]: readonly [number, number], size: number): PoseSequence {
  const frames = sequence.frames.map(({ keypoints }): Pose => ({
    keypoints: keypoints.map((value, i) => (i % 3 === 0 ? value * zoom + dx : i % 3 === 1 ? value * zoom + dy : value)),
  }));
  return { ...sequence, width: size, height: size, frames };
}

function project(camera: Camera, [x, y, z]: Vector): [number, number] {
  const m = viewMatrix(camera);
  const row = (r: number): number =>
    (m[r * 4] ?? 0) * x + (m[r * 4 + 1] ?? 0) * y + (m[r * 4 + 2] ?? 0) * z + (m[r * 4 + 3] ?? 0);
  return [(camera.fx * row(0)) / row(2) + camera.cx, (camera.fy * row(1)) / row(2) + camera.cy];
}

/** Where a keypoint of frame 0 lies in the world, on the plane of the character. */
function inPlane(camera: Camera, { frames }: PoseSequence, joint: BodyJoint): Vector {
  const [x = NaN, y = NaN] = frames[0]?.keypoints.subarray(BODY[joint] * 3) ?? [];
  const m = camera.cameraToWorld;
  const away = -(m[7] ?? NaN);
  return [((x - camera.cx) * away) / camera.fx, 0, (m[11] ?? NaN) - ((y - camera.cy) * away) / camera.fy];
}

const forget = (sequence: PoseSequence, joints: readonly BodyJoint[]): PoseSequence => ({
  ...sequence,
  frames: sequence.frames.map(({ keypoints }) => {
    const copy = keypoints.slice();
    for (const joint of joints) copy.fill(0, BODY[joint] * 3, BODY[joint] * 3 + 3);
    return { keypoints: copy };
  }),
});

describe('framedAsPerson', () => {
  const cases = {
    'as photographed': standing,
    'three times as large': moved(standing, 3, [-400, 120], 1600),
    'small, in a corner': moved(standing, 0.1, [400, 420], 512),
    'partly outside the frame': moved(standing, 1, [-260, -150], 512),
    'without arms and face': forget(standing, ['nose', 'left_wrist', 'right_wrist', 'left_elbow', 'right_elbow']),
    'one leg hidden': forget(standing, ['left_knee', 'left_ankle']),
  };

  it.each(Object.entries(cases))('stands a person at the same place in the world: %s', (_, sequence) => {
    const { camera, placement } = framedAsPerson(sequence, -0.2, restRig().joints);
    expect(placement).toEqual({ type: 'ground', floor: -0.2 });
    expect([camera.width, camera.height]).toEqual([sequence.width, sequence.height]);
    const at = (joint: BodyJoint): Vector => inPlane(camera, sequence, joint);
    expect(at('right_ankle')[2]).toBeCloseTo(0.07, 1);
    expect((at('right_hip')[0] + at('left_hip')[0]) / 2).toBeCloseTo(0, 1);
    // Trunk and leg are 0.74 of a person of 1.6.
    expect(at('neck')[2] - at('right_ankle')[2]).toBeCloseTo(0.74 * 1.6, 1);
  });

  it('looks on from where view 0 stands', () => {
    expect(framedAsPerson(standing, 0, restRig().joints).camera.cameraToWorld).toEqual(front.cameraToWorld);
  });

  it('is not misled by frames in which the person crouches or is not there', () => {
    const bent = photographed(
      [figure(), figure({ lean: 1.4, legs: { left: [1.4, 2.4], right: [1.4, 2.4] } }), figure(), figure()],
      front,
    );
    const empty = { keypoints: new Float32Array(OPENPOSE18.names.length * 3) };
    const { camera } = framedAsPerson({ ...bent, frames: [...bent.frames, empty] }, 0, restRig().joints);
    expect(camera.fx / framedAsPerson(standing, 0, restRig().joints).camera.fx).toBeCloseTo(1, 1);
  });

  it.each([
    ['legs', ['left_knee', 'right_knee']],
    ['a trunk', ['neck']],
    ['hips', ['left_hip', 'right_hip']],
  ] as const)('says what it lacks without %s', (_, joints) => {
    expect(() => framedAsPerson(forget(standing, joints), 0, restRig().joints)).toThrow('use poses of a whole body');
  });

  it('refuses a person without size', () => {
    const dot = moved(standing, 0, [100, 100], 512);
    expect(() => framedAsPerson(dot, 0, restRig().joints)).toThrow('use poses of a whole body');
  });
});

describe('poses over the character', () => {
  const { joints } = restRig();
  const camera = transformsCamera(RING_FIELD_OF_VIEW, front.cameraToWorld, 640, 640);
  /** What the camera sees of joints of the rig; the nose in place of what a rig does not have. */
  const overJoints = (shift: Vector = [0, 0, 0]): Pose => {
    const keypoints = new Float32Array(OPENPOSE18.names.length * 3);
    for (const [k, name] of OPENPOSE18.names.entries()) {
      const [x, y, z] = joints[(name in joints ? name : 'crown') as Joint];
      keypoints.set([...project(camera, [x + shift[0], y + shift[1], z + shift[2]]), 1], k * 3);
    }
    return { keypoints };
  };
  const over = (...frames: Pose[]): PoseSequence => ({
    ...{ skeleton: 'openpose18', width: 640, height: 640, fps: 12 },
    frames,
  });
  const found = (sequence: PoseSequence): Overlay => {
    const overlay = findOverlay(sequence, joints);
    if (!overlay) throw new Error('no overlay');
    return overlay;
  };

  it('are known by their nearest frame', () => {
    const overlay = found(over(overJoints([0.3, 0, 0]), overJoints([0, 0, 0.3]), overJoints([0.01, 0, 0.01])));
    expect(overlay.from).toBe(2);
    expect(overlay.camera).toEqual(camera);
  });

  it('are known in frames of other shapes than a square too', () => {
    const wide = transformsCamera(RING_FIELD_OF_VIEW, front.cameraToWorld, 720, 480);
    const keypoints = overJoints().keypoints.slice();
    for (const [k, name] of OPENPOSE18.names.entries()) {
      keypoints.set(project(wide, joints[(name in joints ? name : 'crown') as Joint]), k * 3);
    }
    expect(findOverlay({ ...over({ keypoints }), width: 720, height: 480 }, joints)?.from).toBe(0);
  });

  it.each([
    ['stands elsewhere', over(overJoints([0.3, 0, 0]))],
    ['is another person', standing],
    [
      'is too little known',
      forget(over(overJoints()), [
        'left_hip',
        'right_hip',
        'left_knee',
        'right_knee',
        'left_ankle',
        'right_ankle',
        'left_wrist',
      ]),
    ],
    ['is nobody', over({ keypoints: new Float32Array(54) })],
  ])('are none where the person %s', (_, sequence) => {
    expect(findOverlay(sequence, joints)).toBeUndefined();
  });

  it('give the joints their places, and their lengths to the lifting', () => {
    const sequence = over(overJoints([0.02, 0, -0.02]));
    const overlay = found(sequence);
    const placed = jointsOfPoses(sequence, overlay, joints);
    for (const name of ['left_wrist', 'right_knee', 'left_hip'] as const) {
      expect(distance(placed[name], [joints[name][0] + 0.02, joints[name][1], joints[name][2] - 0.02])).toBeLessThan(
        1e-4,
      );
    }
    expect(
      distance(subtract(placed.left_fingers, placed.left_wrist), subtract(joints.left_fingers, joints.left_wrist)),
    ).toBeLessThan(1e-9);
    expect(length(subtract(placed.neck, joints.neck))).toBeCloseTo(Math.hypot(0.02, 0.02), 4);
    const { lengths, placement } = framedAsCharacter(overlay, placed, sequence);
    expect(placement).toEqual({ type: 'same', from: 0 });
    expect(lengths?.thigh).toBeCloseTo(distance(joints.left_hip, joints.left_knee), 2);
    expect(lengths?.shoulders).toBeCloseTo(0.4, 2);
    expect(lengths?.spine).toBeCloseTo(0.45, 4);
    for (const value of Object.values(lengths ?? {})) expect(value).toBeGreaterThan(0);
  });

  it('leave joints that they do not know where they were', () => {
    const sequence = forget(over(overJoints([0.02, 0, 0])), ['left_wrist']);
    expect(jointsOfPoses(sequence, found(sequence), joints).left_wrist).toEqual(joints.left_wrist);
  });

  it('carry the depths of the frame at rest, in pixels', () => {
    const sequence = over(overJoints([0.5, 0, 0]), overJoints());
    const bent = { ...joints, left_wrist: [0.4, -0.35, 1.2] as const };
    const { frames } = withRestDepths(sequence, found(sequence), bent);
    expect(frames[0]?.depths?.every(Number.isNaN)).toBe(true);
    expect(frames[1]?.depths?.[BODY.left_wrist]).toBeCloseTo((-0.35 * camera.fx) / 3.5, 3);
    expect(frames[1]?.depths?.[BODY.left_knee]).toBeCloseTo(0, 6);
    expect(frames[1]?.depths?.[BODY.nose]).toBeNaN();
  });

  const shifted = (depths: Partial<Record<Joint, number>>): PerJoint<Vector> => ({
    ...joints,
    ...Object.fromEntries(
      Object.entries(depths).map(([name, depth]) => {
        const [x, y, z] = joints[name as Joint];
        return [name, [x, y + depth, z]];
      }),
    ),
  });
  const still = (): PoseSequence => over(...Array.from({ length: 8 }, () => overJoints()));

  it('say nothing of a turn that the views cannot tell from none', () => {
    const sequence = over(overJoints());
    const depthsOf = (turn: number) =>
      withRestDepths(sequence, found(sequence), shifted({ left_shoulder: turn, right_shoulder: -turn })).frames[0]
        ?.depths;
    expect(depthsOf(0.05)?.[BODY.left_shoulder]).toBeNaN();
    expect(depthsOf(0.05)?.[BODY.right_shoulder]).toBeNaN();
    expect(depthsOf(0.05)?.[BODY.left_elbow]).not.toBeNaN();
    expect(depthsOf(0.15)?.[BODY.left_shoulder]).toBeGreaterThan(0);
    expect(depthsOf(0.15)?.[BODY.right_shoulder]).toBeLessThan(0);
  });

  it('tell the length of a bone that they show, whose joints were found too far apart', () => {
    const sequence = still();
    const apart = shifted({ left_elbow: -0.12, right_elbow: -0.12 });
    const upperArm = distance(joints.left_shoulder, joints.left_elbow);
    expect(distance(apart.left_shoulder, apart.left_elbow)).toBeGreaterThan(1.05 * upperArm);
    const { lengths } = framedAsCharacter(found(sequence), apart, sequence);
    expect(lengths?.upper_arm).toBeLessThan(1.03 * upperArm);
    expect(lengths?.upper_arm).toBeGreaterThan(0.97 * upperArm);
  });

  it('leave a bone as long as it was found that always points at the viewer', () => {
    const sequence = still();
    const pointing = shifted({ left_elbow: -0.4, right_elbow: -0.4 });
    const { lengths } = framedAsCharacter(found(sequence), pointing, sequence);
    expect(lengths?.upper_arm).toBeCloseTo(distance(pointing.left_shoulder, pointing.left_elbow), 6);
  });

  it('rest as deep as they are lifted', () => {
    const sequence = still();
    const overlay = found(sequence);
    const askew = shifted({ left_shoulder: -0.06, right_shoulder: 0.06, left_elbow: -0.06, right_elbow: 0.06 });
    const { lengths } = framedAsCharacter(overlay, askew, sequence);
    const motion = liftPoses(withRestDepths(sequence, overlay, askew), { camera, ...(lengths && { lengths }) });
    const seated = jointsOfMotion(motion, overlay, askew);
    expect(Math.abs(seated.left_shoulder[1] - seated.right_shoulder[1])).toBeLessThan(0.04);
    expect(seated.neck).toEqual(mix(seated.right_shoulder, seated.left_shoulder, 0.5));
    expect(seated.hips[1]).toBeCloseTo(askew.hips[1], 6);
    for (const name of ['left_elbow', 'right_shoulder'] as const) {
      const [x, y] = project(camera, seated[name]);
      const [trueX, trueY] = project(camera, joints[name]);
      expect(Math.hypot(x - trueX, y - trueY)).toBeLessThan(12);
    }
    const elbow = MOTION_JOINTS.indexOf('left_elbow');
    const unseen = { ...motion, guessed: motion.frames.map(() => [elbow]) };
    expect(jointsOfMotion(unseen, overlay, askew).left_elbow).toEqual(askew.left_elbow);
  });

  it('keep depths of their own', () => {
    const depths = new Float32Array(18).fill(7);
    const sequence = over({ ...overJoints(), depths });
    expect(withRestDepths(sequence, found(sequence), joints).frames[0]?.depths).toEqual(depths);
  });
});
