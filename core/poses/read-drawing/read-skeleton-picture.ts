import { BODY_LIMBS, LIMB_BRIGHTNESS, type ColourOrder } from '../draw/palette.ts';
import { MIN_CONFIDENCE, type Pose } from '../pose-sequence.ts';
import { OPENPOSE18, type SkeletonId } from '../skeleton.ts';
import { assembleBody, type Body } from './body.ts';
import { readFace, type FacePoints } from './face.ts';
import { readHands, type Hands } from './hands.ts';
import { findDisc } from './joint-discs.ts';
import { drawnAround, pixelsByHue, type RgbPicture } from './picture.ts';
import { findSegments, type Segment } from './segments.ts';

export interface ReadSkeleton {
  readonly pose: Pose;
  readonly skeleton: SkeletonId;
  readonly colourOrder: ColourOrder;
  /** Half the width of the limbs, in pixels of the picture. */
  readonly halfWidth: number;
  /** Hands that could be read; their other joints have confidence 0. */
  readonly hands: Hands;
  /** The face, where it could be read; its other points have confidence 0. */
  readonly face?: FacePoints;
}

/** 0.6 of full brightness, and what video compression adds. */
const BRIGHTEST_LIMB = 178;
/** A body has at least this many limbs; fewer are coloured strokes of something else. */
const LEAST_LIMBS = 4;

/**
 * Reads the joints of the most visible person out of a drawn skeleton: OpenPose's 18 in the published colours, thin or
 * thick, red and blue swapped or not. Undefined when there is no such drawing.
 * Confidences are read from the brightness; a joint that is hidden, or that none of its limbs shows, has confidence 0.
 */
export function readSkeletonPicture(picture: RgbPicture): ReadSkeleton | undefined {
  // Without the brighter joints, hands and faces first; some tools draw limbs as bright as these.
  return readLimbs(picture, BRIGHTEST_LIMB) ?? readLimbs(picture, 255);
}

function readLimbs(picture: RgbPicture, brightest: number): ReadSkeleton | undefined {
  const pixels = pixelsByHue(picture, brightest);
  const isDrawn = drawnAround(picture);
  const rough = pixels.map((hue) => findSegments(hue, isDrawn));
  const halfWidth = typicalHalfWidth(rough);
  const strokes = halfWidth > 1.5 ? pixels.map((hue) => findSegments(hue, isDrawn, halfWidth)) : rough;
  let best: { body: Body; order: ColourOrder } | undefined;
  for (const order of ['swapped', 'written'] as const) {
    const body = assembleBody(strokes, order);
    if (body && body.score > (best?.body.score ?? 0)) best = { body, order };
  }
  if (!best || best.body.limbs.filter(Boolean).length < LEAST_LIMBS) return undefined;
  const { body, order } = best;
  const face = readFace(picture, body);
  return {
    ...{ pose: poseOf(picture, body, order, halfWidth), skeleton: 'openpose18', colourOrder: order, halfWidth },
    hands: readHands(picture, body, order),
    ...(face ? { face } : {}),
  };
}

/** The longest stroke of a hue is most often a limb. */
function typicalHalfWidth(strokes: readonly (readonly Segment[])[]): number {
  const widths = strokes
    .flatMap(([first]) => (first ? [first] : []))
    .sort((a, b) => b.mass - a.mass)
    .slice(0, 9)
    .map((segment) => segment.halfWidth)
    .sort((a, b) => a - b);
  return widths[Math.floor(widths.length / 2)] ?? 1;
}

function poseOf(picture: RgbPicture, body: Body, order: ColourOrder, halfWidth: number): Pose {
  const keypoints = new Float32Array(OPENPOSE18.names.length * 3);
  OPENPOSE18.names.forEach((_, joint) => {
    const place = body.places[joint];
    if (!place || !BODY_LIMBS.some((limb, i) => body.limbs[i] && limb.includes(joint))) return;
    const disc = findDisc(picture, joint, body, order, halfWidth);
    // A limb is no surer than either end; a small disc that was averaged can look darker than it was drawn.
    const product = limbLevel(joint, body);
    const level = disc ? Math.max(disc.level / 255, product) : Math.sqrt(product);
    const confidence = Math.min(1, Math.max(MIN_CONFIDENCE + 0.01, level));
    keypoints.set([disc?.x ?? place[0], disc?.y ?? place[1], confidence], joint * 3);
  });
  return { keypoints };
}

/** Product of the two confidences of the brightest limb at a joint. */
const limbLevel = (joint: number, { limbs }: Body): number =>
  Math.max(0, ...BODY_LIMBS.map((limb, i) => (limb.includes(joint) ? (limbs[i]?.level ?? 0) : 0))) /
  (255 * LIMB_BRIGHTNESS);
