import { rigMotion, type RigMotionOptions } from '../poses/motion-from-rig.ts';
import type { Rig } from '../poses/motion-rig.ts';
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
  const evaluate = (frame: number, transforms: Float64Array): void => {
    const channels = values.subarray(frame * channelCount, (frame + 1) * channelCount);
    joints.forEach((joint, i) => {
      const local = localTransform(joint, offsets[i] ?? joint.offset, channels);
      const parent = joint.parent < 0 ? undefined : transforms.subarray(joint.parent * 12, joint.parent * 12 + 12);
      transforms.set(parent ? product(parent, local) : local, i * 12);
    });
  };
  const rest = new Float64Array(joints.length * 12);
  joints.forEach(({ parent, offset: [x, y, z] }, i) => {
    const at = parent < 0 ? undefined : rest.subarray(parent * 12, parent * 12 + 12);
    const local = Float64Array.of(1, 0, 0, x, 0, 1, 0, y, 0, 0, 1, z);
    rest.set(at ? product(at, local) : local, i * 12);
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

function localTransform({ channels }: BvhJoint, offset: Offset, values: Float64Array): Float64Array {
  let local: Float64Array = Float64Array.of(1, 0, 0, offset[0], 0, 1, 0, offset[1], 0, 0, 1, offset[2]);
  for (const { kind, axis, index } of channels) {
    const value = values[index] ?? 0;
    if (kind === 'position') local[axis * 4 + 3] = (local[axis * 4 + 3] ?? 0) + value;
    else local = product(local, rotation(axis, (value * Math.PI) / 180));
  }
  return local;
}

function rotation(axis: 0 | 1 | 2, angle: number): Float64Array {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  if (axis === 0) return Float64Array.of(1, 0, 0, 0, 0, c, -s, 0, 0, s, c, 0);
  if (axis === 1) return Float64Array.of(c, 0, s, 0, 0, 1, 0, 0, -s, 0, c, 0);
  return Float64Array.of(c, -s, 0, 0, s, c, 0, 0, 0, 0, 1, 0);
}

/** Product of two 3x4 transforms, the second applied first. */
function product(a: Float64Array, b: Float64Array): Float64Array {
  const result = new Float64Array(12);
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 4; column++) {
      let sum = column === 3 ? (a[row * 4 + 3] ?? 0) : 0;
      for (let k = 0; k < 3; k++) sum += (a[row * 4 + k] ?? 0) * (b[k * 4 + column] ?? 0);
      result[row * 4 + column] = sum;
    }
  }
  return result;
}
