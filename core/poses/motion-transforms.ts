/** 3x4 row-major: a rotation with scale, and a place. Lists of them follow one another. */
export type Transforms = Float64Array;

const SIZE = 12;

/**
 * Sets transform `joint` of a list to the product of transform `parent` of it and `local`, which is applied first; to
 * `local` alone where `parent` is -1. Nothing is allocated: this runs once a joint and frame.
 */
export function placeJoint(transforms: Transforms, joint: number, parent: number, local: Transforms): void {
  if (parent < 0) transforms.set(local, joint * SIZE);
  else multiply(transforms, parent * SIZE, local, transforms, joint * SIZE);
}

/** Product of two transforms, the second applied first. */
export function product(a: Transforms, b: Transforms): Transforms {
  const result = new Float64Array(SIZE);
  multiply(a, 0, b, result, 0);
  return result;
}

function multiply(a: Transforms, from: number, b: Transforms, to: Transforms, start: number): void {
  for (let row = 0; row < SIZE; row += 4) {
    const [x, y, z] = [a[from + row] ?? 0, a[from + row + 1] ?? 0, a[from + row + 2] ?? 0];
    for (let column = 0; column < 4; column++) {
      to[start + row + column] = x * (b[column] ?? 0) + y * (b[4 + column] ?? 0) + z * (b[8 + column] ?? 0);
    }
    to[start + row + 3] = (to[start + row + 3] ?? 0) + (a[from + row + 3] ?? 0);
  }
}

/** Turns a transform, in place, by a rotation about one of its own axes that is applied first; radians. */
export function turnAbout(transform: Transforms, axis: 0 | 1 | 2, angle: number): void {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [one, other] = [(axis + 1) % 3, (axis + 2) % 3];
  for (let row = 0; row < SIZE; row += 4) {
    const [a, b] = [transform[row + one] ?? 0, transform[row + other] ?? 0];
    transform[row + one] = cos * a + sin * b;
    transform[row + other] = cos * b - sin * a;
  }
}
