import type { Network } from '../../onnx/session.ts';
import type { RgbPicture } from '../../media/picture-tasks.ts';
import { blankPerson } from './blank-person.ts';
import { bodyCrop, runBlazePose } from './blazepose.ts';
import { distance, meanScore, midHip, midShoulder, torsoLength, type CocoJoints } from './coco-joints.ts';
import { wholePicture, type Crop } from './crop.ts';
import { bodyReach, hasTorso, runMoveNet, trackingCrop } from './movenet.ts';

/** Below this mean score of the joints there is nothing like a body. */
const BODY_SCORE = 0.15;
const PRESENT = 0.5;
/** Looking for more people than this tells nobody anything new. */
const MAX_PEOPLE = 4;
/** Someone this much smaller than the most prominent person stands in the background. */
const BYSTANDER = 0.25;
/** A picture longer than this is also looked at in squares, because in its whole a person would be a few pixels high. */
const LONG_PICTURE = 1.6;
/** Nobody can be made out in fewer pixels. */
const SMALLEST = 32;
const MAX_SQUARES = 64;

export interface BodyNetworks {
  readonly movenet: Network;
  readonly blazepose: Network;
}

export interface Found {
  readonly joints: CocoJoints;
  readonly people: number;
}

/** Whether joints can be those of a person at all. */
export const isBody = (joints: CocoJoints): boolean => hasTorso(joints) && meanScore(joints) > BODY_SCORE;

/** The most prominent person of a picture, by size and certainty, and how many there are. */
export async function findPeople(networks: BodyNetworks, picture: RgbPicture): Promise<Found | undefined> {
  const found: CocoJoints[] = [];
  let rest = picture;
  while (found.length < MAX_PEOPLE) {
    const joints = await findOne(networks, rest);
    const [first] = found;
    if (!joints || (first && bodyReach(joints) < BYSTANDER * bodyReach(first))) break;
    if (found.some((other) => isSamePlace(joints, other))) break;
    found.push(joints);
    rest = blankPerson(rest, joints);
  }
  const [most] = found.sort((a, b) => prominence(b) - prominence(a));
  return most && { joints: most, people: found.length };
}

/** Whether somebody stands where a person was blanked: what was left of that person. */
const isSamePlace = (joints: CocoJoints, other: CocoJoints): boolean =>
  distance(midHip(joints), midHip(other)) < torsoLength(other) / 2 ||
  distance(midShoulder(joints), midShoulder(other)) < torsoLength(other) / 2;

const prominence = (joints: CocoJoints): number => bodyReach(joints) * meanScore(joints);

async function findOne({ movenet, blazepose }: BodyNetworks, picture: RgbPicture): Promise<CocoJoints | undefined> {
  let best: CocoJoints | undefined;
  for (const crop of searchCrops(picture)) {
    const rough = await runMoveNet(movenet, picture, crop);
    if (!hasTorso(rough)) continue;
    const joints = await runMoveNet(movenet, picture, trackingCrop(rough, picture));
    if (isBody(joints) && (!best || prominence(joints) > prominence(best))) best = joints;
  }
  const crop = best && bodyCrop(best);
  if (!crop) return undefined;
  // Figures that BlazePose does not take for a person in one square it may in another; photographs pass at once.
  for (const scale of [1, 1.2, 1.45]) {
    const { presence } = await runBlazePose(blazepose, picture, { ...crop, side: crop.side * scale });
    if (presence >= PRESENT) return best;
  }
  return undefined;
}

/** Where to look for a person that nothing is known of. */
export function searchCrops(picture: { width: number; height: number }): Crop[] {
  const { width, height } = picture;
  const [long, short] = [Math.max(width, height), Math.min(width, height)];
  const whole = wholePicture(picture);
  if (long < LONG_PICTURE * short || short < SMALLEST) return [whole];
  // Squares that overlap by half, so that one of them holds the person whole.
  const count = Math.min(MAX_SQUARES, Math.ceil((2 * long) / short) - 1);
  const squares = Array.from({ length: count }, (_, i): Crop => {
    const at = short / 2 + ((long - short) * i) / (count - 1);
    return { x: width > height ? at : width / 2, y: width > height ? height / 2 : at, side: short, angle: 0 };
  });
  return [whole, ...squares];
}
