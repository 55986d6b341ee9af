/** What a rig's joint is of a person. Left and right are the character's own. */
export type RigPart =
  | 'head'
  | 'head_top'
  | 'neck'
  | `${'left' | 'right'}_${'shoulder' | 'elbow' | 'wrist' | 'hip' | 'knee' | 'ankle' | 'toe' | 'eye' | 'middle_finger'}`;

/**
 * Names in use, without their side, the best first: rigs that call the collar bone "shoulder" call the shoulder "arm", so
 * that "shoulder" itself is looked for last. Lower case, without separators. From MotionBuilder and Mixamo, CMU's two BVH
 * conversions, Biped, Unreal, Rigify, DAZ and Poser, VRM and VRoid, SMPL.
 */
const SIDED = {
  shoulder: ['upperarm', 'uparm', 'arm', 'shldrbend', 'shldr', 'humerus', 'armstart', 'shoulder'],
  elbow: ['forearm', 'lowerarm', 'lowarm', 'forearmbend', 'radius', 'elbow'],
  wrist: ['wrist', 'hand'],
  hip: ['upleg', 'upperleg', 'thigh', 'thighbend', 'femur', 'hip', 'leg'],
  knee: ['lowerleg', 'lowleg', 'shin', 'calf', 'tibia', 'knee', 'leg'],
  ankle: ['ankle', 'foot'],
  toe: ['toebase', 'toes', 'toe', 'ball', 'toe0'],
  eye: ['eye'],
  middle_finger: [
    ...['middledistal', 'handmiddle4', 'handmiddle3', 'middle03', 'middle3', 'fmiddle03', 'finger22', 'mid3'],
    ...['handend', 'fingers', 'handindex1'],
  ],
} as const;

const CENTRAL = {
  head: ['head'],
  head_top: ['headtopend', 'headend', 'headtop', 'headnub'],
  neck: ['neck', 'neck1', 'neck01'],
};

/** Names of rigs and tools that exporters put before every joint's own. */
const PREFIX = /^(?:mixamorig\d*|bip0*1|bip|valvebipedbip01|ccbase|def|character\d*|ctrl|org|mch)/;
/** VRoid names the side before the part by one letter, and marks the middle in the same way. */
const VROID = /^jbip([clr])/;

/** A joint's name without namespaces, separators and the like: "mixamorig:LeftUpLeg" becomes "leftupleg". */
export function plainName(name: string): string {
  const own = name.slice(Math.max(name.lastIndexOf(':'), name.lastIndexOf('|')) + 1);
  const plain = own.toLowerCase().replace(/[^a-z0-9]/g, '');
  const vroid = VROID.exec(plain);
  if (vroid) return `${vroid[1] === 'c' ? '' : (vroid[1] ?? '')}${plain.slice(vroid[0].length)}`;
  const stripped = plain.replace(PREFIX, '');
  return stripped === '' ? plain : stripped;
}

const SIDES = [
  [/^left(.+)$/, 'left'],
  [/^right(.+)$/, 'right'],
  [/^(.+)left$/, 'left'],
  [/^(.+)right$/, 'right'],
  [/^l(.+)$/, 'left'],
  [/^r(.+)$/, 'right'],
  [/^(.+)l$/, 'left'],
  [/^(.+)r$/, 'right'],
] as const;

/** Each part that a joint's name may stand for, with how good the name is for it: 0 is best. */
export function partsOfName(name: string): { readonly part: RigPart; readonly rank: number }[] {
  const plain = plainName(name);
  const found: { part: RigPart; rank: number }[] = [];
  for (const [part, names] of Object.entries(CENTRAL)) {
    const rank = names.indexOf(plain);
    if (rank >= 0) found.push({ part: part as RigPart, rank });
  }
  for (const [pattern, side] of SIDES) {
    const core = pattern.exec(plain)?.[1];
    if (core === undefined) continue;
    for (const [part, names] of Object.entries(SIDED)) {
      const rank = (names as readonly string[]).indexOf(core);
      if (rank >= 0) found.push({ part: `${side}_${part}` as RigPart, rank });
    }
  }
  return found;
}
