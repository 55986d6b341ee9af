import sharp from 'sharp';
import type { Vector } from '../../../core/vector.ts';
import type { Character } from '../character.ts';
import { perJoint, type PerJoint } from '../rig/joints.ts';
import { flatJoints, type FaceShape } from './flat-joints.ts';
import type { Point } from './grid.ts';

/** The character's picture at working size, and where it stands in the world. */
export interface Figure {
  readonly width: number;
  readonly height: number;
  /** sRGB 0..1, [height, width, 3]. */
  readonly rgb: Float32Array;
  /** 1 where the character is, [height, width]. */
  readonly inside: Uint8Array;
  /** Joints in pixels of the figure. */
  readonly joints: PerJoint<Point>;
  readonly face: FaceShape;
  /** World units a pixel. */
  readonly pixel: number;
  /** World position of a point `depth` pixels behind the picture plane, which stands at y = 0. */
  readonly toWorld: (point: Point, depth: number) => Vector;
}

/** Height of the character in the world, and the widest it may get: arms may rise, and still fit into the ring's view. */
export const WORLD_HEIGHT = 1.6;
const WORLD_WIDTH = 2;
/** Clear pixels around the character. */
const MARGIN = 3;
/** Alpha from which a pixel belongs to the character. */
const SOLID = 128;

/**
 * Scales the cut-out so that the character covers about `area` pixels, stands with its feet on z = 0, and is about as
 * high as people are.
 */
export async function makeFigure({ picture, pose }: Character, area: number): Promise<Figure> {
  const box = solidBox(picture.rgba, picture.width, picture.height);
  const factor = Math.min(Math.sqrt(area / box.area), 4);
  const width = Math.max(1, Math.round((box.right - box.left) * factor)) + 2 * MARGIN;
  const height = Math.max(1, Math.round((box.bottom - box.top) * factor)) + 2 * MARGIN;
  const { data } = await sharp(picture.rgba, { raw: { width: picture.width, height: picture.height, channels: 4 } })
    .extract({ left: box.left, top: box.top, width: box.right - box.left, height: box.bottom - box.top })
    .resize({ width: width - 2 * MARGIN, height: height - 2 * MARGIN, fit: 'fill' })
    .extend({ top: MARGIN, bottom: MARGIN, left: MARGIN, right: MARGIN, background: { r: 0, g: 0, b: 0, alpha: 0 } })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const inside = new Uint8Array(width * height);
  const rgb = new Float32Array(width * height * 3);
  for (let p = 0; p < inside.length; p++) {
    inside[p] = (data[p * 4 + 3] ?? 0) >= SOLID ? 1 : 0;
    for (let c = 0; c < 3; c++) rgb[p * 3 + c] = (data[p * 4 + c] ?? 0) / 255;
  }
  const toFigure = ([x, y]: Point): Point => [(x - box.left) * factor + MARGIN, (y - box.top) * factor + MARGIN];
  const { joints, face } = flatJoints(pose, { width: picture.width, height: picture.height, rgba: picture.rgba });
  const pixel = Math.min(WORLD_HEIGHT / (height - 2 * MARGIN), WORLD_WIDTH / (width - 2 * MARGIN));
  const [middle] = toFigure(joints.hips);
  const floor = height - MARGIN;
  return {
    ...{ width, height, rgb, inside, pixel },
    joints: perJoint((joint) => toFigure(joints[joint])),
    face: { centre: toFigure(face.centre), radius: [face.radius[0] * factor, face.radius[1] * factor] },
    toWorld: ([x, y], depth) => [(x - middle) * pixel, depth * pixel, (floor - y) * pixel],
  };
}

interface Box {
  readonly left: number;
  readonly top: number;
  /** One beyond the last. */
  readonly right: number;
  readonly bottom: number;
  /** Number of solid pixels. */
  readonly area: number;
}

function solidBox(rgba: Uint8Array, width: number, height: number): Box {
  let [left, top, right, bottom, area] = [width, height, 0, 0, 0];
  for (let y = 0, p = 0; y < height; y++) {
    for (let x = 0; x < width; x++, p++) {
      if ((rgba[p * 4 + 3] ?? 0) < SOLID) continue;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = y + 1;
      area++;
    }
  }
  return area > 0 ? { left, top, right, bottom, area } : { left: 0, top: 0, right: width, bottom: height, area: 1 };
}
