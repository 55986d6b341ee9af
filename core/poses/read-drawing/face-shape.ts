/** x to the face's left (right in a picture of its front), y down, z towards the viewer, in distances between the eyes. */
export type ShapePoint = readonly [x: number, y: number, z: number];

/** One half of a face from its middle line: the points of its right side in iBUG 300-W order, and where they lie. */
const RIGHT: Readonly<Record<number, ShapePoint>> = {
  ...{ 0: [-1.06, -0.1, -1.3], 1: [-1.04, 0.24, -1.2], 2: [-1, 0.54, -1.05], 3: [-0.93, 0.88, -0.85] },
  ...{ 4: [-0.82, 1.15, -0.6], 5: [-0.67, 1.36, -0.35], 6: [-0.46, 1.53, -0.12], 7: [-0.22, 1.64, 0.05] },
  ...{ 17: [-0.92, -0.32, -0.3], 18: [-0.78, -0.4, -0.08], 19: [-0.62, -0.43, 0.08], 20: [-0.44, -0.41, 0.18] },
  ...{ 21: [-0.25, -0.36, 0.22], 31: [-0.2, 0.64, 0.25], 32: [-0.1, 0.69, 0.36] },
  ...{ 36: [-0.7, 0, -0.15], 37: [-0.59, -0.07, -0.02], 38: [-0.43, -0.07, 0], 39: [-0.29, 0.02, -0.02] },
  ...{ 40: [-0.42, 0.06, 0], 41: [-0.58, 0.06, -0.02] },
  ...{ 48: [-0.37, 0.99, 0.08], 49: [-0.23, 0.91, 0.25], 50: [-0.11, 0.87, 0.35] },
  ...{ 58: [-0.11, 1.12, 0.32], 59: [-0.22, 1.08, 0.22], 60: [-0.32, 0.99, 0.12], 61: [-0.1, 0.97, 0.28] },
  67: [-0.1, 1, 0.27],
};
const MIDDLE: Readonly<Record<number, ShapePoint>> = {
  ...{ 8: [0, 1.67, 0.1], 27: [0, -0.06, 0.2], 28: [0, 0.16, 0.35], 29: [0, 0.35, 0.5], 30: [0, 0.5, 0.62] },
  ...{ 33: [0, 0.7, 0.42], 51: [0, 0.89, 0.37], 57: [0, 1.13, 0.33], 62: [0, 0.97, 0.3], 66: [0, 1, 0.29] },
};

/** Where the 68 points lie on a usual face, written down from the proportions of faces; `mirrored` pairs a face's two halves. */
export function faceShape(mirrored: readonly (readonly [number, number])[], count: number): readonly ShapePoint[] {
  const shape = Array.from({ length: count }, (_, i): ShapePoint => RIGHT[i] ?? MIDDLE[i] ?? [0, 0, 0]);
  for (const [right, left] of mirrored) {
    const [x, y, z] = RIGHT[right] ?? RIGHT[left] ?? [0, 0, 0];
    shape[right] = [x, y, z];
    shape[left] = [-x, y, z];
  }
  return shape;
}
