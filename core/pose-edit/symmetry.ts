import { SKELETONS, type SkeletonId } from '../poses/skeleton.ts';
import { changedJoints, distance, isKnown, middleOf, placeAt, type Place, type Points, setPlace } from './points.ts';

/** The line that halves a body, in the frame: through a place, in a direction of length 1. */
export interface BodyAxis {
  readonly through: Place;
  readonly along: Place;
}

const DOWN: Place = { x: 0, y: 1 };

/**
 * Through the middles of shoulders and hips; upright through the middle of those that are known, or through the nose,
 * where that is not enough. Undefined where nothing tells.
 */
export function bodyAxis(points: Points, skeleton: SkeletonId): BodyAxis | undefined {
  const { names } = SKELETONS[skeleton];
  const middle = (part: string): Place | undefined =>
    middleOf(
      points,
      ['right', 'left'].map((side) => names.indexOf(`${side}_${part}`)),
    );
  const [shoulders, hips] = [middle('shoulder'), middle('hip')];
  if (shoulders && hips && distance(shoulders, hips) >= 1) {
    const length = distance(shoulders, hips);
    const along = { x: (hips.x - shoulders.x) / length, y: (hips.y - shoulders.y) / length };
    return { through: shoulders, along };
  }
  const through = hips ?? shoulders ?? placeAt(points, names.indexOf('neck')) ?? placeAt(points, names.indexOf('nose'));
  return through && { through, along: DOWN };
}

/** The place on the other side of the axis. */
export function reflect({ x, y }: Place, { through, along }: BodyAxis): Place {
  const part = (x - through.x) * along.x + (y - through.y) * along.y;
  return { x: 2 * (through.x + part * along.x) - x, y: 2 * (through.y + part * along.y) - y };
}

/**
 * `edited`, with the other side of the body moved as well: where one of two mirrored joints differs from `start`, its partner
 * comes to lie opposite it. The axis is that of `start`, or it would run from the hand that moves it.
 */
export function symmetricEdit(start: Points, edited: Points, skeleton: SkeletonId): Points {
  const axis = bodyAxis(start, skeleton);
  if (!axis) return edited;
  const changed = new Set(changedJoints(start, edited));
  const result = [...edited];
  for (const pair of SKELETONS[skeleton].mirrored) {
    for (const [joint, partner] of [pair, [pair[1], pair[0]] as const]) {
      const place = placeAt(edited, joint);
      if (!place || !changed.has(joint) || changed.has(partner) || !isKnown(edited, partner)) continue;
      setPlace(result, partner, reflect(place, axis));
    }
  }
  return result;
}

/** The pose with one side of the body laid over the other: places and confidences. */
export function copySide(points: Points, skeleton: SkeletonId, from: 'right' | 'left'): Points {
  const axis = bodyAxis(points, skeleton);
  if (!axis) return points;
  const result = [...points];
  for (const [right, left] of SKELETONS[skeleton].mirrored) {
    const [source, target] = from === 'right' ? [right, left] : [left, right];
    copyPoint(result, points, source, target, axis);
  }
  return result;
}

/** The pose in a mirror that stands upright in the middle of its body: left and right exchanged, the body where it was. */
export function mirrorPoints(points: Points, skeleton: SkeletonId): Points {
  const axis = bodyAxis(points, skeleton);
  if (!axis) return points;
  const { mirrored, names } = SKELETONS[skeleton];
  const partners = names.map((_, joint) => joint);
  for (const [right, left] of mirrored) [partners[right], partners[left]] = [left, right];
  const result = [...points];
  // Upright whatever the body's lean: a body that leans to one side leans to the other in a mirror.
  const upright = { through: middleOfTrunk(points, skeleton) ?? axis.through, along: DOWN };
  partners.forEach((partner, joint) => {
    copyPoint(result, points, partner, joint, upright);
  });
  return result;
}

function middleOfTrunk(points: Points, skeleton: SkeletonId): Place | undefined {
  const { names } = SKELETONS[skeleton];
  return middleOf(points, [names.indexOf('right_hip'), names.indexOf('left_hip')]);
}

function copyPoint(result: number[], points: Points, from: number, to: number, axis: BodyAxis): void {
  const place = placeAt(points, from);
  result[to * 3 + 2] = points[from * 3 + 2] ?? 0;
  if (place) setPlace(result, to, reflect(place, axis));
}
