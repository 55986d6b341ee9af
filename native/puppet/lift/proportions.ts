/** Bones of a person, or widths between two joints of a pair. */
export const BONE_NAMES = [
  'spine',
  'shoulders',
  'hips',
  'upper_arm',
  'forearm',
  'hand',
  'thigh',
  'shin',
  'foot',
  'heel',
  'head',
  'ears',
] as const;

export type BoneName = (typeof BONE_NAMES)[number];

/**
 * Lengths of a person in world units, the same on both sides: `spine` from the middle of the hips to the neck (the middle
 * of the shoulders), `shoulders`, `hips` and `ears` between the two of a pair, `head` from the neck to the middle of the
 * ears, `hand` from the wrist to the middle finger, `foot` from the ankle to the toes, `heel` from the ankle to it.
 */
export type BoneLengths = Readonly<Record<BoneName, number>>;

/**
 * Usual proportions, in spines: standing adults between the joints that pose detectors mark (from the segment lengths of
 * D. A. Winter, Biomechanics and Motor Control of Human Movement, chapter 4, rounded).
 */
export const USUAL: BoneLengths = {
  spine: 1,
  shoulders: 0.72,
  hips: 0.42,
  upper_arm: 0.57,
  forearm: 0.5,
  hand: 0.3,
  thigh: 0.84,
  shin: 0.84,
  foot: 0.36,
  heel: 0.16,
  head: 0.42,
  ears: 0.3,
};
