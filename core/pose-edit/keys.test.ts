import { describe, expect, it } from 'vitest';
import { type CharacterRecord, type MotionRecord, poseId, type PoseRecord } from '../document/document.ts';
import { BODY } from '../poses/skeleton.ts';
import { dragJoint, moveJoints } from './drag-joint.ts';
import { addKeys, editPose, emptyPose } from './edit-record.ts';
import { interpolateKeys, keySpans } from './interpolate-keys.ts';
import { moveKeys } from './move-keys.ts';
import { changedJoints, distance, placeAt, type Points } from './points.ts';
import { handMotion } from './hand-motion.ts';
import { retimeMotion, trimMotion } from './retime.ts';
import { standingFigure } from './standing-figure.ts';

const skeleton = 'openpose18';
const figure = standingFigure(skeleton, { width: 480, height: 480 });
const all = Array.from({ length: 18 }, (_, k) => k);

/** A body that walks to the right by 4 pixels a frame. */
const walking = (frames: number): PoseRecord[] =>
  Array.from({ length: frames }, (_, frame) => ({
    ...emptyPose(poseId(frame), frame, skeleton),
    keypoints: moveJoints(figure, all, frame * 4, 0),
  }));

const at = (points: Points, joint: number) => {
  const place = placeAt(points, joint);
  if (!place) throw new Error(`Joint ${joint} is unknown.`);
  return place;
};
const applied = (poses: readonly PoseRecord[], changed: readonly PoseRecord[]): PoseRecord[] =>
  poses.map((pose) => changed.find(({ frame }) => frame === pose.frame) ?? pose);

function withArmRaised(poses: PoseRecord[], frame: number): PoseRecord[] {
  return poses.map((pose) => {
    if (pose.frame !== frame) return pose;
    const { x, y } = at(pose.keypoints, BODY.right_shoulder);
    return editPose(pose, skeleton, dragJoint(pose.keypoints, skeleton, BODY.right_wrist, { x: x - 200, y: y - 120 }));
  });
}

describe('interpolating between keys', () => {
  const keyed = withArmRaised(walking(11), 10).map((pose) => (pose.frame === 0 ? addKeys(pose, ['rightArm']) : pose));

  it('finds the spans between keys', () => {
    expect(keySpans(keyed, 'rightArm')).toEqual([{ group: 'rightArm', from: 0, to: 10 }]);
    expect(keySpans(keyed, 'leftArm')).toEqual([]);
  });

  it('moves the arm alone, keeps its bones as long as they are, and stays on the walking body', () => {
    const changed = interpolateKeys(keyed, skeleton, ['rightArm', 'leftArm'], 'linear');
    expect(changed.map(({ frame }) => frame).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const pose of changed) {
      const before = keyed[pose.frame]?.keypoints ?? [];
      expect(changedJoints(before, pose.keypoints)).toEqual([BODY.right_elbow, BODY.right_wrist]);
      for (const [from, to] of [
        [BODY.right_shoulder, BODY.right_elbow],
        [BODY.right_elbow, BODY.right_wrist],
      ] as const) {
        const length = distance(at(pose.keypoints, from), at(pose.keypoints, to));
        expect(length).toBeCloseTo(distance(at(figure, from), at(figure, to)), 1);
      }
      expect(pose.keys).toEqual([]);
      expect(pose.original).toEqual(before);
    }
  });

  it('ease is slower at the ends, hold stays until the next key', () => {
    const angle = (easing: 'linear' | 'ease' | 'hold', frame: number): number => {
      const pose = applied(keyed, interpolateKeys(keyed, skeleton, ['rightArm'], easing))[frame];
      const [a, b] = [at(pose?.keypoints ?? [], BODY.right_shoulder), at(pose?.keypoints ?? [], BODY.right_elbow)];
      return Math.atan2(b.y - a.y, b.x - a.x);
    };
    const start = angle('linear', 0);
    const turned = (easing: 'linear' | 'ease' | 'hold', frame: number) => {
      const turn = angle(easing, frame) - start;
      return Math.abs(Math.atan2(Math.sin(turn), Math.cos(turn)));
    };
    expect(turned('linear', 5)).toBeCloseTo(turned('linear', 10) / 2, 2);
    expect(turned('ease', 5)).toBeCloseTo(turned('linear', 5), 2);
    expect(turned('ease', 1)).toBeLessThan(turned('linear', 1) / 2);
    expect(turned('hold', 9)).toBeLessThan(1e-3);
  });

  it('goes the shorter way round', () => {
    const bone = (degrees: number): Points => {
      const points = [...figure];
      const { x, y } = at(figure, BODY.right_shoulder);
      const turn = (degrees / 180) * Math.PI;
      points[BODY.right_elbow * 3] = x + 50 * Math.cos(turn);
      points[BODY.right_elbow * 3 + 1] = y + 50 * Math.sin(turn);
      return points;
    };
    const poses = [170, 0, -170].map((degrees, frame) =>
      addKeys(
        { ...emptyPose(poseId(frame), frame, skeleton), keypoints: bone(degrees) },
        frame === 1 ? [] : ['rightArm'],
      ),
    );
    const [middle] = interpolateKeys(poses, skeleton, ['rightArm'], 'linear');
    expect(at(middle?.keypoints ?? [], BODY.right_elbow).x).toBeCloseTo(at(figure, BODY.right_shoulder).x - 50, 1);
  });

  it('only around a frame where one is given; a joint that one key lacks is as in the nearer key', () => {
    expect(interpolateKeys(keyed.slice(0, 6), skeleton, ['rightArm'], 'linear', 3)).toEqual([]);
    const lost = keyed.map((pose) =>
      pose.frame === 10
        ? { ...pose, keypoints: pose.keypoints.map((value, i) => (Math.floor(i / 3) === BODY.right_wrist ? 0 : value)) }
        : pose,
    );
    const filled = applied(lost, interpolateKeys(lost, skeleton, ['rightArm'], 'linear', 5));
    expect(filled[4]?.keypoints[BODY.right_wrist * 3 + 2]).toBe(1);
    expect(filled[6]?.keypoints[BODY.right_wrist * 3 + 2]).toBe(0);
  });
});

describe('moving keys', () => {
  const poses = withArmRaised(walking(8), 2);

  it('takes what the key holds along and leaves the old frame without a key', () => {
    const moved = applied(poses, moveKeys(poses, skeleton, [{ frame: 2, group: 'rightArm' }], 3));
    expect(moved[2]?.keys).toEqual([]);
    expect(moved[5]?.keys).toEqual(['rightArm']);
    expect(at(moved[5]?.keypoints ?? [], BODY.right_wrist)).toEqual(at(poses[2]?.keypoints ?? [], BODY.right_wrist));
    expect(at(moved[5]?.keypoints ?? [], BODY.nose)).toEqual(at(poses[5]?.keypoints ?? [], BODY.nose));
    expect(moved[5]?.original).toEqual(poses[5]?.keypoints);
  });

  it('copies instead, and stops at the ends', () => {
    const copied = applied(poses, moveKeys(poses, skeleton, [{ frame: 2, group: 'rightArm' }], 100, { copy: true }));
    expect(copied.flatMap(({ frame, keys }) => (keys.length > 0 ? [frame] : []))).toEqual([2, 7]);
    expect(moveKeys(poses, skeleton, [{ frame: 2, group: 'rightArm' }], 0)).toEqual([]);
    expect(moveKeys(poses, skeleton, [], 4)).toEqual([]);
  });

  it('neighbouring keys that move by one do not overwrite each other', () => {
    const two = withArmRaised(poses, 3);
    const keys = [2, 3].map((frame) => ({ frame, group: 'rightArm' as const }));
    const moved = applied(two, moveKeys(two, skeleton, keys, 1));
    expect(moved.flatMap(({ frame, keys: at }) => (at.length > 0 ? [frame] : []))).toEqual([3, 4]);
    expect(at(moved[4]?.keypoints ?? [], BODY.right_wrist)).toEqual(at(two[3]?.keypoints ?? [], BODY.right_wrist));
  });
});

describe('another number of frames', () => {
  const poses = withArmRaised(walking(5), 4);
  const motion: MotionRecord = {
    ...{ id: 'motion', type: 'motion', name: 'walk', source: 'file', video: null, skeleton },
    ...{ width: 480, height: 480, fps: 10, frames: 5, loop: [1, 3] },
  };

  it('twice as dense: places between, keys and the loop at the same time, the detected poses along', () => {
    const { motion: changed, poses: after } = retimeMotion(motion, poses, { frames: 9 });
    expect(changed).toMatchObject({ frames: 9, fps: 20, loop: [2, 6] });
    expect(after).toHaveLength(9);
    expect(at(after[3]?.keypoints ?? [], BODY.nose).x).toBeCloseTo(at(figure, BODY.nose).x + 6, 1);
    expect(after.map(({ keys }) => keys.length)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1]);
    expect(after[0]?.original).toBeNull();
    const reset = after[8]?.original ?? [];
    expect(at(reset, BODY.right_wrist).x).toBeCloseTo(at(figure, BODY.right_wrist).x + 16, 1);
    expect(after.map(({ id, frame }) => [id, frame])).toEqual(after.map((_, i) => [poseId(i), i]));
  });

  it('fewer frames keep first and last; one frame is the first', () => {
    const { poses: two } = retimeMotion(motion, poses, { frames: 2 });
    expect(two[1]?.keypoints).toEqual(poses[4]?.keypoints);
    expect(retimeMotion(motion, poses, { frames: 1 }).poses).toHaveLength(1);
  });

  it('frames and rate together change the speed and leave the poses', () => {
    const result = retimeMotion(motion, poses, { frames: 5, fps: 20 });
    expect(result.poses).toBe(poses);
    expect(result.motion.fps).toBe(20);
  });

  it('a part alone begins at frame 0, and without a video that began earlier', () => {
    const { motion: part, poses: kept } = trimMotion({ ...motion, video: 'v' }, poses, [2, 4]);
    expect(part).toMatchObject({ frames: 3, loop: null, video: null });
    expect(kept.map(({ id }) => id)).toEqual(['pose:0', 'pose:1', 'pose:2']);
    expect(kept[0]?.keypoints).toBe(poses[2]?.keypoints);
    expect(trimMotion({ ...motion, video: 'v' }, poses, [0, 1]).motion.video).toBe('v');
  });

  it('a motion by hand has a pose in each frame, the rest pose where it is known', () => {
    const { motion: made, poses: all } = handMotion(undefined);
    expect(all).toHaveLength(made.frames);
    const character: CharacterRecord = {
      ...{ id: 'character', type: 'character', picture: 'p', pictureName: 'p', width: 30, height: 40 },
      ...{ mask: null, restPose: figure, views: null },
    };
    expect(handMotion(character).poses[3]?.keypoints).toEqual(figure);
    expect(handMotion(character).motion).toMatchObject({ width: 30, height: 40, source: 'hand' });
  });

  it('no frames are refused', () => {
    expect(() => retimeMotion(motion, poses, { frames: 0 })).toThrow(RangeError);
  });
});
