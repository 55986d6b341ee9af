import type { Gaussians } from '../../../core/gaussians.ts';
import { perJoint } from '../rig/joints.ts';
import { boneWeights } from '../rig/bone-weights.ts';
import { BONES } from '../rig/bones.ts';
import { makeRig, type Rig } from '../rig/rig.ts';
import { skinOf, type Skin } from '../rig/skin.ts';
import type { Character } from '../character.ts';
import { findDepths } from './depth.ts';
import { makeFigure, type Figure } from './figure.ts';
import { centreOf, nearestOnSegment } from './grid.ts';
import { inflate } from './inflate.ts';
import { paintSheets } from './paint.ts';
import { findParts, PART } from './parts.ts';
import { makeSheets, type Sheets } from './sheets.ts';
import { coverSurface } from './surface.ts';

/** A character as a rigged cloud of Gaussians at rest, in world coordinates. */
export interface Body {
  readonly gaussians: Gaussians;
  readonly rig: Rig;
  readonly skin: Skin;
  /** Pairs of Gaussians that are next to each other on the surface, [E, 2]: what must not tear. */
  readonly links: Int32Array;
}

/** The trunk and the head are stiffer than their distance from the spine says. */
const STIFFNESS = 0.3;

/**
 * A body from one picture (DESIGN 7.3 and 7.4): the picture taken apart into trunk with head and legs and two arms, inflated, painted
 * in front from the picture and behind from its mirror image, and tied to bones.
 * @param area Pixels that the character covers at working size; a fifth to a third of the number of Gaussians.
 */
export async function bodyFromPicture(character: Character, area: number): Promise<Body> {
  const figure = await makeFigure(character, area);
  const sheets = makeSheets(figure, findParts(figure));
  const thickness = inflate(sheets);
  const depths = findDepths(figure, sheets, thickness);
  const paint = paintSheets(figure, sheets, thickness);
  const { gaussians, nodes, links } = coverSurface(figure, sheets, { thickness, middle: depths.middle }, paint);
  const rig = makeRig(perJoint((joint) => figure.toWorld(figure.joints[joint], depths.joints[joint])));
  const weights = boneWeights(sheets.graph, sheets.bone, distancesToBones(figure, sheets));
  const rows = new Float32Array(nodes.length * BONES.length);
  for (const [i, node] of nodes.entries()) {
    rows.set(weights.subarray(node * BONES.length, (node + 1) * BONES.length), i * BONES.length);
  }
  return { gaussians, rig, skin: skinOf(rig, rows), links };
}

function distancesToBones({ width, joints }: Figure, { count, pixels, bone, part }: Sheets): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => {
    const { from, to } = BONES[bone[i] ?? 0] ?? { from: 'hips', to: 'spine' };
    const { distance } = nearestOnSegment(centreOf(pixels[i] ?? 0, width), joints[from], joints[to]);
    const stiff = part[i] === PART.torso || part[i] === PART.head;
    return Math.max(1, stiff ? distance * STIFFNESS : distance);
  });
}
