import { COCO_WHOLEBODY133 } from '../../../core/poses/skeleton.ts';
import type { RgbPicture } from '../../media/picture-tasks.ts';
import { COCO, distance, jointAt, torsoLength, type CocoJoints, type Point } from './coco-joints.ts';

/** Half the width of what is blanked around a bone and around the head, in lengths of the trunk. */
const LIMB = 0.3;
const HEAD = 0.6;

/** The picture with a person painted over in one colour, so that a network looks for somebody else. */
export function blankPerson(picture: RgbPicture, joints: CocoJoints): RgbPicture {
  const { width, height } = picture;
  const rgb = Uint8Array.from(picture.rgb);
  const colour = borderColour(picture);
  const torso = torsoLength(joints);
  const bones = COCO_WHOLEBODY133.limbs.filter(([from, to]) => from < COCO.count && to < COCO.count);
  const shapes: readonly (readonly [Point, Point, number])[] = [
    ...bones.map(([from, to]) => [jointAt(joints, from), jointAt(joints, to), LIMB * torso] as const),
    [jointAt(joints, COCO.nose), jointAt(joints, COCO.nose), HEAD * torso],
    [jointAt(joints, COCO.leftShoulder), jointAt(joints, COCO.rightHip), LIMB * torso],
    [jointAt(joints, COCO.rightShoulder), jointAt(joints, COCO.leftHip), LIMB * torso],
  ];
  for (const [a, b, radius] of shapes) {
    const [left, right] = [Math.min(a[0], b[0]) - radius, Math.max(a[0], b[0]) + radius];
    const [top, bottom] = [Math.min(a[1], b[1]) - radius, Math.max(a[1], b[1]) + radius];
    for (let y = Math.max(0, Math.floor(top)); y < Math.min(height, bottom); y++) {
      for (let x = Math.max(0, Math.floor(left)); x < Math.min(width, right); x++) {
        if (fromSegment([x + 0.5, y + 0.5], a, b) <= radius) rgb.set(colour, (y * width + x) * 3);
      }
    }
  }
  return { width, height, rgb };
}

function fromSegment(p: Point, a: Point, b: Point): number {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length));
  return distance(p, [a[0] + t * dx, a[1] + t * dy]);
}

/** The mean of the picture's first and last row, which a person rarely fills. */
function borderColour({ width, height, rgb }: RgbPicture): [number, number, number] {
  const sum: [number, number, number] = [0, 0, 0];
  for (const start of [0, (height - 1) * width * 3]) {
    for (let i = 0; i < width * 3; i++) sum[i % 3] = (sum[i % 3] ?? 0) + (rgb[start + i] ?? 0);
  }
  return [sum[0] / (2 * width), sum[1] / (2 * width), sum[2] / (2 * width)];
}
