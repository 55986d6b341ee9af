import { rigMotion, type RigMotionOptions } from '../poses/motion-from-rig.ts';
import type { Rig } from '../poses/motion-rig.ts';
import { placeJoint, turnAbout } from '../poses/motion-transforms.ts';
import type { Motion } from '../poses/motion.ts';
import { parseBvh, type Bvh, type BvhJoint } from './bvh-parse.ts';

/**
 * Reads a BVH motion file of a person: any order of channels, any usual joint names, y or z up. See `Motion` for the
 * coordinates and `rigMotion` for how they come about. `name` stands for the file in errors.
 */
export function readBvh(source: Uint8Array | string, name = 'motion.bvh', options: RigMotionOptions = {}): Motion {
  const text = typeof source === 'string' ? source : new TextDecoder().decode(source);
  return rigMotion(bvhRig(parseBvh(text, name)), name, options);
}

/** Whether a file begins like a BVH file. */
export const isBvh = (source: Uint8Array): boolean =>
  /^(?:\uFEFF)?\s*HIERARCHY\b/i.test(new TextDecoder().decode(source.subarray(0, 256)));

function bvhRig(bvh: Bvh): Rig {
  const { joints, frameCount, fps, values, channelCount } = bvh;
  const offsets = joints.map((joint) => localOffset(joint, bvh));
  const local = new Float64Array(12);
  const evaluate = (frame: number, transforms: Float64Array): void => {
    joints.forEach((joint, i) => {
      setLocal(local, joint, offsets[i] ?? joint.offset, values, frame * channelCount);
      placeJoint(transforms, i, joint.parent, local);
    });
  };
  const rest = new Float64Array(joints.length * 12);
  joints.forEach(({ parent, offset: [x, y, z] }, i) => {
    placeJoint(rest, i, parent, Float64Array.of(1, 0, 0, x, 0, 1, 0, y, 0, 0, 1, z));
  });
  return { joints, fps, frameCount, rest, evaluate };
}

type Offset = BvhJoint['offset'];

/**
 * What a joint's position channels are added to. Exporters disagree: some write the whole way from the parent, which
 * replaces OFFSET, others the change to it. Whichever keeps the bones near their length at rest is meant.
 */
function localOffset(joint: BvhJoint, { values, channelCount, frameCount }: Bvh): Offset {
  const positions = joint.channels.filter(({ kind }) => kind === 'position');
  if (joint.parent < 0 || positions.length === 0) return positions.length > 0 ? [0, 0, 0] : joint.offset;
  let [asWhole, asChange] = [0, 0];
  for (let frame = 0; frame < frameCount; frame += Math.ceil(frameCount / 50)) {
    for (const { axis, index } of positions) {
      const value = values[frame * channelCount + index] ?? 0;
      asWhole += Math.abs(value - joint.offset[axis]);
      asChange += Math.abs(value);
    }
  }
  const replaced: Offset = [0, 1, 2].map((axis) =>
    positions.some((channel) => channel.axis === axis) ? 0 : joint.offset[axis as 0 | 1 | 2],
  ) as unknown as Offset;
  return asWhole <= asChange ? replaced : joint.offset;
}

/** Writes a joint's transform to its parent; the values of the frame start at `start`. */
function setLocal(
  local: Float64Array,
  { channels }: BvhJoint,
  offset: Offset,
  values: Float64Array,
  start: number,
): void {
  local.fill(0);
  for (let axis = 0; axis < 3; axis++) {
    local[axis * 5] = 1;
    local[axis * 4 + 3] = offset[axis] ?? 0;
  }
  for (const { kind, axis, index } of channels) {
    const value = values[start + index] ?? 0;
    if (kind === 'position') local[axis * 4 + 3] = (local[axis * 4 + 3] ?? 0) + value;
    else turnAbout(local, axis, (value * Math.PI) / 180);
  }
}
