/** Nodes and the edges between them: pixels of sheets with four neighbours, cells in space with twenty-six. */
export interface Graph {
  readonly count: number;
  readonly degree: number;
  /** [count, degree], -1 for none. Edges go both ways. */
  readonly neighbours: Int32Array;
  /** [count, degree]: how well each edge conducts, 0..1. */
  readonly conductance: Float32Array;
}

const MAX_ITERATIONS = 400;
const TOLERANCE = 1e-6;

/**
 * Solves (L + diagonal) x = b, L being the graph's Laplacian, by conjugate gradients with Jacobi's preconditioner. The diagonal must
 * not be negative and be positive somewhere in every component, or b be zero there. `x` is the start and the result.
 */
export function solveLaplacian(graph: Graph, diagonal: Float32Array, b: Float32Array, x: Float32Array): void {
  const { count } = graph;
  const whole = totalConductance(graph, diagonal);
  const residual = new Float32Array(count);
  const direction = new Float32Array(count);
  const image = new Float32Array(count);
  apply(graph, whole, x, image);
  let goal = 0;
  let rho = 0;
  for (let i = 0; i < count; i++) {
    const r = (b[i] ?? 0) - (image[i] ?? 0);
    const z = r / (whole[i] ?? 1);
    residual[i] = r;
    direction[i] = z;
    rho += r * z;
    goal += ((b[i] ?? 0) * (b[i] ?? 0)) / (whole[i] ?? 1);
  }
  goal *= TOLERANCE * TOLERANCE;
  for (let iteration = 0; iteration < MAX_ITERATIONS && rho > goal; iteration++) {
    apply(graph, whole, direction, image);
    let curvature = 0;
    for (let i = 0; i < count; i++) curvature += (direction[i] ?? 0) * (image[i] ?? 0);
    if (!(curvature > 0)) return;
    const step = rho / curvature;
    let next = 0;
    for (let i = 0; i < count; i++) {
      x[i] = (x[i] ?? 0) + step * (direction[i] ?? 0);
      const r = (residual[i] ?? 0) - step * (image[i] ?? 0);
      residual[i] = r;
      next += (r * r) / (whole[i] ?? 1);
    }
    const turn = next / rho;
    rho = next;
    for (let i = 0; i < count; i++) {
      direction[i] = (residual[i] ?? 0) / (whole[i] ?? 1) + turn * (direction[i] ?? 0);
    }
  }
}

/** Diagonal of L + diagonal; 1 for nodes that touch nothing. */
function totalConductance({ count, degree, conductance }: Graph, diagonal: Float32Array): Float32Array {
  const whole = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    let sum = diagonal[i] ?? 0;
    for (let k = i * degree; k < (i + 1) * degree; k++) sum += conductance[k] ?? 0;
    whole[i] = sum > 0 ? sum : 1;
  }
  return whole;
}

function apply(
  { count, degree, neighbours, conductance }: Graph,
  whole: Float32Array,
  x: Float32Array,
  out: Float32Array,
) {
  for (let i = 0; i < count; i++) {
    let sum = (whole[i] ?? 0) * (x[i] ?? 0);
    for (let k = i * degree; k < (i + 1) * degree; k++) {
      const j = neighbours[k] ?? -1;
      if (j >= 0) sum -= (conductance[k] ?? 0) * (x[j] ?? 0);
    }
    out[i] = sum;
  }
}
