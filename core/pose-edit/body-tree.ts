import { SKELETONS, type SkeletonId } from '../poses/skeleton.ts';

/** Which joint hangs on which when a pose is edited. Lists are by joint index of the skeleton. */
export interface BodyTree {
  /**
   * The joints whose mean each joint turns about; none for a root. A skeleton without a neck has its shoulders' middle
   * in its place.
   */
  readonly pivots: readonly (readonly number[])[];
  /** What goes along rigidly with each joint, itself not included, nearer ones first. */
  readonly followers: readonly (readonly number[])[];
  /** For the end of a limb (wrist, ankle): where the limb begins and where it bends. */
  readonly limbs: ReadonlyMap<number, { readonly root: number; readonly bend: number }>;
  /** Joints that stand for another one which lies at the same place: the root of a hand for the wrist. */
  readonly standsFor: ReadonlyMap<number, number>;
  /** Joints that no bone holds: points of a face, which go along with the head and are otherwise free. */
  readonly loose: ReadonlySet<number>;
  /** All joints, those that others hang on first. */
  readonly outwards: readonly number[];
}

const LIMBS = [
  ['shoulder', 'elbow', 'wrist'],
  ['hip', 'knee', 'ankle'],
] as const;

const PARENTS: Readonly<Record<string, string>> = {
  eye: 'nose',
  ear: 'eye',
  elbow: 'shoulder',
  wrist: 'elbow',
  knee: 'hip',
  ankle: 'knee',
  heel: 'ankle',
  big_toe: 'ankle',
  small_toe: 'ankle',
  hand_wrist: 'wrist',
};

function pivotNames(name: string, hasNeck: boolean): readonly string[] {
  if (name === 'neck') return [];
  if (name.startsWith('face_')) return ['nose'];
  const [, side, part = ''] = /^(left|right)_(.+)$/.exec(name) ?? [];
  if (name === 'nose' || part === 'shoulder' || part === 'hip') {
    return hasNeck ? ['neck'] : ['right_shoulder', 'left_shoulder'];
  }
  const parent = PARENTS[part];
  if (parent !== undefined) return [parent === 'nose' ? parent : `${side}_${parent}`];
  const [, finger, joint = '1'] = /^(.+)_(\d)$/.exec(part) ?? [];
  return [joint === '1' ? `${side}_hand_wrist` : `${side}_${finger}_${Number(joint) - 1}`];
}

function buildTree(skeleton: SkeletonId): BodyTree {
  const { names } = SKELETONS[skeleton];
  const indexOf = (name: string): number => names.indexOf(name);
  const pivots = names.map((name) => pivotNames(name, names.includes('neck')).map(indexOf));
  const children = names.map((_, joint) =>
    pivots.flatMap((on, child) => (on.length === 1 && on[0] === joint ? [child] : [])),
  );
  const followersOf = (joint: number): number[] => {
    const found = [...(children[joint] ?? [])];
    for (const next of found) found.push(...(children[next] ?? []));
    return found;
  };
  const followers = names.map((_, joint) => followersOf(joint));
  const limbs = new Map<number, { root: number; bend: number }>();
  const standsFor = new Map<number, number>();
  for (const side of ['right', 'left']) {
    for (const [root, bend, end] of LIMBS) {
      limbs.set(indexOf(`${side}_${end}`), { root: indexOf(`${side}_${root}`), bend: indexOf(`${side}_${bend}`) });
    }
    const handRoot = indexOf(`${side}_hand_wrist`);
    if (handRoot >= 0) standsFor.set(handRoot, indexOf(`${side}_wrist`));
  }
  const outwards = names
    .map((_, joint) => joint)
    .sort((a, b) => (followers[b]?.length ?? 0) - (followers[a]?.length ?? 0));
  // The shoulders' middle stands for a neck: what turns about it comes after both.
  const isPivot = (joint: number): number => (pivots.some((on) => on.length > 1 && on.includes(joint)) ? 0 : 1);
  outwards.sort((a, b) => isPivot(a) - isPivot(b));
  const loose = new Set(names.flatMap((name, joint) => (name.startsWith('face_') ? [joint] : [])));
  return { pivots, followers, limbs, standsFor, loose, outwards };
}

const trees = new Map<SkeletonId, BodyTree>();

export function bodyTree(skeleton: SkeletonId): BodyTree {
  const tree = trees.get(skeleton) ?? buildTree(skeleton);
  trees.set(skeleton, tree);
  return tree;
}
