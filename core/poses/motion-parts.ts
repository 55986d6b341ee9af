import { AppError } from '../errors.ts';
import { partsOfName, type RigPart } from './motion-names.ts';
import { childrenOf, hangsOn, tipOf, type Rig, type RigParts } from './motion-rig.ts';
import { partsByShape } from './motion-shape.ts';

const SIDES = ['left', 'right'] as const;

/** Without these there is neither a body to move nor a direction that it faces. */
const NEEDED: readonly RigPart[] = SIDES.flatMap((side): RigPart[] => [
  `${side}_shoulder`,
  `${side}_elbow`,
  `${side}_hip`,
  `${side}_knee`,
]);

/** More joints of one part's name than any rig has; each further one would multiply the work. */
const MAX_CANDIDATES = 8;

/**
 * Which joint of a rig is what: as the file says, else by the names in use, else by the shape of the skeleton. Throws an
 * `AppError` that lists what is missing. `name` stands for the file.
 */
export function findParts(rig: Rig, name: string): RigParts {
  const named = rig.parts ?? partsByName(rig);
  const parts = missingFrom(named).length === 0 ? named : partsByShape(rig);
  if (parts) return withTips(rig, parts);
  const missing = missingFrom(named).map((part) => part.replace('_', ' '));
  const found = missing.length === NEEDED.length ? 'shoulders, elbows, hips and knees' : missing.join(', ');
  throw new AppError(
    'bad-input',
    `${name} has no joint that is known as ${found}; rename its joints to common names such as LeftArm and LeftUpLeg.`,
  );
}

const missingFrom = (parts: RigParts): RigPart[] => NEEDED.filter((part) => !parts.has(part));

type Candidates = ReadonlyMap<RigPart, readonly { readonly joint: number; readonly rank: number }[]>;

function candidatesOf({ joints }: Rig): Candidates {
  const candidates = new Map<RigPart, { joint: number; rank: number }[]>();
  joints.forEach(({ name }, joint) => {
    for (const { part, rank } of partsOfName(name)) {
      const list = candidates.get(part) ?? [];
      list.push({ joint, rank });
      candidates.set(part, list);
    }
  });
  for (const list of candidates.values()) list.sort((a, b) => a.rank - b.rank).splice(MAX_CANDIDATES);
  return candidates;
}

function partsByName(rig: Rig): RigParts {
  const candidates = candidatesOf(rig);
  const parts = new Map<RigPart, number>();
  for (const chain of [['head', 'head_top'], ['neck']] as const) place(rig, candidates, chain, parts);
  for (const side of SIDES) {
    place(rig, candidates, [`${side}_shoulder`, `${side}_elbow`, `${side}_wrist`, `${side}_middle_finger`], parts);
    place(rig, candidates, [`${side}_hip`, `${side}_knee`, `${side}_ankle`, `${side}_toe`], parts);
    place(rig, candidates, ['head', `${side}_eye`], parts);
  }
  return parts;
}

interface Choice {
  readonly joints: readonly number[];
  readonly rank: number;
}

/** Takes the best names for a chain of parts in which each joint hangs on the one before; missing ends are left out. */
function place(rig: Rig, candidates: Candidates, chain: readonly RigPart[], parts: Map<RigPart, number>): void {
  let choices: Choice[] = [{ joints: [], rank: 0 }];
  for (const part of chain) {
    const longer = choices.flatMap(({ joints, rank }) =>
      (candidates.get(part) ?? [])
        .filter(({ joint }) => joints.length === 0 || hangsOn(rig.joints, joint, joints.at(-1) ?? -1))
        .map((candidate): Choice => ({ joints: [...joints, candidate.joint], rank: rank + candidate.rank })),
    );
    if (longer.length === 0) break;
    choices = longer;
  }
  const [best] = choices.toSorted((a, b) => a.rank - b.rank);
  best?.joints.forEach((joint, i) => {
    const part = chain[i];
    if (part) parts.set(part, joint);
  });
}

/** Ends the limbs at the tips of the joints' last bones, where a rig has them. */
function withTips(rig: Rig, found: RigParts): RigParts {
  const parts = new Map(found);
  const children = childrenOf(rig.joints);
  const setTip = (part: RigPart, from: RigPart): void => {
    const start = parts.get(part) ?? children[parts.get(from) ?? -1]?.[0];
    if (start !== undefined) parts.set(part, tipOf(children, start));
  };
  for (const side of SIDES) {
    for (const [end, before] of [
      ['wrist', 'elbow'],
      ['ankle', 'knee'],
    ] as const) {
      const next = children[parts.get(`${side}_${before}`) ?? -1]?.[0];
      if (!parts.has(`${side}_${end}`) && next !== undefined) parts.set(`${side}_${end}`, next);
    }
    setTip(`${side}_toe`, `${side}_ankle`);
    setTip(`${side}_middle_finger`, `${side}_wrist`);
  }
  return parts;
}
