/**
 * The series that lies near `values`, each within about its sigma, and whose second difference stays within about
 * `bend`: the minimum of sum ((x - value) / sigma)^2 + sum (second difference / bend)^2. A value of infinite sigma is not
 * used. Where nothing is known at all the result is 0.
 */
export function steadySeries(values: readonly number[], sigmas: readonly number[], bend: number): number[] {
  const count = values.length;
  const weight = sigmas.map((sigma) => 1 / (sigma * sigma));
  // Keeps the system solvable where fewer than two values are known.
  const ridge = 1e-9 / (bend * bend);
  const stiffness = 1 / (bend * bend);
  const main = weight.map((w) => w + ridge);
  const first = new Array<number>(count).fill(0);
  const second = new Array<number>(count).fill(0);
  const add = (band: number[], index: number, value: number): void => {
    band[index] = (band[index] ?? 0) + value;
  };
  for (let i = 0; i + 2 < count; i++) {
    add(main, i, stiffness);
    add(main, i + 1, 4 * stiffness);
    add(main, i + 2, stiffness);
    add(first, i, -2 * stiffness);
    add(first, i + 1, -2 * stiffness);
    add(second, i, stiffness);
  }
  const right = values.map((value, i) => (weight[i] ? weight[i] * value : 0));
  return solveBanded(main, first, second, right);
}

/** Solves a symmetric positive system whose matrix has three bands: the diagonal and the two beside it. */
function solveBanded(
  main: readonly number[],
  first: readonly number[],
  second: readonly number[],
  right: readonly number[],
): number[] {
  const count = main.length;
  const [pivots, near, far, partial]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let i = 0; i < count; i++) {
    const [e1, e2] = [near[i - 1] ?? 0, far[i - 2] ?? 0];
    const [d1, d2] = [pivots[i - 1] ?? 0, pivots[i - 2] ?? 0];
    const pivot = (main[i] ?? 0) - e1 * e1 * d1 - e2 * e2 * d2;
    pivots.push(pivot);
    near.push(((first[i] ?? 0) - (far[i - 1] ?? 0) * e1 * d1) / pivot);
    far.push((second[i] ?? 0) / pivot);
    partial.push((right[i] ?? 0) - e1 * (partial[i - 1] ?? 0) - e2 * (partial[i - 2] ?? 0));
  }
  const solution = new Array<number>(count).fill(0);
  for (let i = count - 1; i >= 0; i--) {
    const ahead = (near[i] ?? 0) * (solution[i + 1] ?? 0) + (far[i] ?? 0) * (solution[i + 2] ?? 0);
    solution[i] = (partial[i] ?? 0) / (pivots[i] ?? 1) - ahead;
  }
  return solution;
}
