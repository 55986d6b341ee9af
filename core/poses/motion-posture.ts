import { positionOf, nearestAxis, type Rig, type RigParts } from './motion-rig.ts';
import type { RigPart } from './motion-names.ts';
import type { Vector } from './motion.ts';
import { add, cross, distance, dot, length, subtract } from '../vector.ts';
import { across, middle, unit } from './motion-vectors.ts';

/** Frames looked at where the whole motion has to say which way is up. */
const LOOKS = 50;
/** Hips are at 0.53 and shoulders at 0.82 of an adult's height, ankles at 0.04. */
const ANKLE_TO_SHOULDER = 0.78;

/** Positions of a rig's parts in one pose. */
export interface Posture {
  readonly transforms: Float64Array;
  readonly parts: RigParts;
}

export function place({ transforms, parts }: Posture, part: RigPart): Vector {
  const joint = parts.get(part);
  return joint === undefined ? [NaN, NaN, NaN] : positionOf(transforms, joint);
}

export const between = (posture: Posture, part: 'shoulder' | 'hip' | 'knee' | 'ankle'): Vector =>
  middle(place(posture, `left_${part}`), place(posture, `right_${part}`));

/** Height that the person would have standing, by the bones between ankle and shoulder. */
export function statureOf(posture: Posture): number {
  const legs = (['left', 'right'] as const).map((side) => {
    const [hip, knee, ankle] = [
      place(posture, `${side}_hip`),
      place(posture, `${side}_knee`),
      place(posture, `${side}_ankle`),
    ];
    const thigh = distance(hip, knee);
    const shin = distance(knee, ankle);
    return thigh + (Number.isNaN(shin) ? thigh : shin);
  });
  const torso = distance(between(posture, 'shoulder'), between(posture, 'hip'));
  return ((legs[0] ?? NaN) / 2 + (legs[1] ?? NaN) / 2 + torso) / ANKLE_TO_SHOULDER;
}

/** The person's left, as far as it is horizontal; zeros where it is not. */
export function leftOf(posture: Posture, up: Vector): Vector {
  const shoulders = subtract(place(posture, 'left_shoulder'), place(posture, 'right_shoulder'));
  const hips = subtract(place(posture, 'left_hip'), place(posture, 'right_hip'));
  return unit(across(add(unit(shoulders), unit(hips)), up));
}

/** Where the person looks: horizontal, at a right angle to the left. */
export const frontOf = (posture: Posture, up: Vector): Vector => cross(leftOf(posture, up), up);

/** The axis along which a person stands upright and straight in this pose, if it does. */
export function standingAxis(posture: Posture): Vector | undefined {
  const [shoulders, hips, knees] = [between(posture, 'shoulder'), between(posture, 'hip'), between(posture, 'knee')];
  const axis = nearestAxis(subtract(shoulders, knees));
  if (!axis) return undefined;
  const torso = subtract(shoulders, hips);
  const thighs = subtract(hips, knees);
  const isUpright = dot(torso, axis) > 0.8 * length(torso) && dot(thighs, axis) > 0.5 * length(thighs);
  return isUpright && length(leftOf(posture, axis)) > 0 ? axis : undefined;
}

/**
 * The direction up in a rig's world: as its format says, else the way it stands at rest, else the way it stands most of
 * the time (some files' rest poses are a heap of bones), else y.
 */
export function upOf(rig: Rig, parts: RigParts): Vector {
  const atRest = rig.up ?? standingAxis({ transforms: rig.rest, parts });
  if (atRest) return atRest;
  const transforms = new Float64Array(rig.rest.length);
  let sum: Vector = [0, 0, 0];
  for (let look = 0; look < Math.min(LOOKS, rig.frameCount); look++) {
    rig.evaluate(Math.floor((look * rig.frameCount) / Math.min(LOOKS, rig.frameCount)), transforms);
    const posture = { transforms, parts };
    sum = add(sum, unit(subtract(between(posture, 'shoulder'), between(posture, 'knee'))));
  }
  return nearestAxis(sum) ?? [0, 1, 0];
}
