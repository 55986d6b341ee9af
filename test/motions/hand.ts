import type { Vector } from '../../core/vector.ts';

/** Where a finger starts, towards the thumb and along the hand, its way (degrees to the thumb's side), and its bones; metres. */
const FINGERS = {
  index: { from: [0.026, 0.085], splay: 5, bones: [0.038, 0.023, 0.019] },
  middle: { from: [0.006, 0.088], splay: 1, bones: [0.042, 0.026, 0.02] },
  ring: { from: [-0.013, 0.083], splay: -4, bones: [0.039, 0.024, 0.019] },
  pinky: { from: [-0.03, 0.074], splay: -10, bones: [0.031, 0.018, 0.017] },
} as const;

/** How much of the hand's curl each joint of a finger takes. */
const SHARES = [0.8, 1.1, 0.7];

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/**
 * The 21 points of a hand by name (without the side) from the wrist: (towards the palm's front, towards the thumb's side,
 * along the hand), in metres. `curl` in degrees: 0 is flat, 90 a fist.
 */
export function handPoints(curl: number): [name: string, point: Vector][] {
  const points: [string, Vector][] = [['hand_wrist', [0, 0, 0]], ...thumb(curl)];
  for (const [name, { from, splay, bones }] of Object.entries(FINGERS)) {
    const [side, along] = from;
    points.push([`${name}_1`, [0, side, along]]);
    points.push(...finger(name, [0, side, along], splay * (1 - curl / 90), curl, bones));
  }
  return points;
}

function finger(name: string, root: Vector, splay: number, curl: number, bones: readonly number[]): [string, Vector][] {
  let [palmwards, side, along] = root;
  let bent = 0;
  return bones.map((bone, i) => {
    bent += radians(curl * (SHARES[i] ?? 0));
    palmwards += bone * Math.sin(bent);
    side += bone * Math.cos(bent) * Math.sin(radians(splay));
    along += bone * Math.cos(bent) * Math.cos(radians(splay));
    return [`${name}_${i + 2}`, [palmwards, side, along]];
  });
}

/** The thumb lies beside the palm and comes before it as the hand closes. */
function thumb(curl: number): [string, Vector][] {
  const bones = [0.03, 0.038, 0.03, 0.025];
  let [palmwards, side, along] = [0, 0, 0];
  return bones.map((bone, i) => {
    const away = radians(52 - 14 * i - (curl * i) / 6);
    const before = radians(12 + (curl * (1 + i)) / 6);
    palmwards += bone * Math.sin(before);
    side += bone * Math.cos(before) * Math.sin(away);
    along += bone * Math.cos(before) * Math.cos(away);
    return [`thumb_${i + 1}`, [palmwards, side, along]];
  });
}
