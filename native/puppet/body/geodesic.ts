/** Nearest seeds within a graph, by Dijkstra's algorithm. */
export interface Reach {
  /** Label of the nearest seed; -1 where none reaches. */
  readonly labels: Int16Array;
  /** Cost of the way to it. */
  readonly costs: Float32Array;
}

/** Smallest first, in a binary heap of (cost, node). */
class Queue {
  readonly #costs: number[] = [];
  readonly #nodes: number[] = [];

  get size(): number {
    return this.#nodes.length;
  }

  push(cost: number, node: number): void {
    let at = this.#nodes.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((this.#costs[parent] ?? 0) <= cost) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#costs[at] = cost;
    this.#nodes[at] = node;
  }

  pop(): { cost: number; node: number } {
    const top = { cost: this.#costs[0] ?? 0, node: this.#nodes[0] ?? 0 };
    const cost = this.#costs.pop() ?? 0;
    const node = this.#nodes.pop() ?? 0;
    const size = this.#nodes.length;
    let at = 0;
    while (size > 0) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && (this.#costs[child + 1] ?? 0) < (this.#costs[child] ?? 0)) child++;
      if ((this.#costs[child] ?? 0) >= cost) break;
      this.#move(child, at);
      at = child;
    }
    if (size > 0) {
      this.#costs[at] = cost;
      this.#nodes[at] = node;
    }
    return top;
  }

  #move(from: number, to: number): void {
    this.#costs[to] = this.#costs[from] ?? 0;
    this.#nodes[to] = this.#nodes[from] ?? 0;
  }
}

/**
 * For each node of a graph the seed that is nearest along its edges.
 * @param count Number of nodes.
 * @param seeds Nodes with their labels and what a way that starts there has cost already.
 * @param visit Calls `relax` with each neighbour of a node and what the step costs (not negative).
 */
export function reachFrom(
  count: number,
  seeds: readonly { readonly node: number; readonly label: number; readonly cost: number }[],
  visit: (node: number, relax: (neighbour: number, cost: number) => void) => void,
): Reach {
  const labels = new Int16Array(count).fill(-1);
  const costs = new Float32Array(count).fill(Infinity);
  const queue = new Queue();
  const offer = (node: number, label: number, cost: number): void => {
    // Costs are kept in single precision: comparing with more digits would visit a node again and again.
    const rounded = Math.fround(cost);
    if (rounded >= (costs[node] ?? 0)) return;
    costs[node] = rounded;
    labels[node] = label;
    queue.push(rounded, node);
  };
  for (const { node, label, cost } of seeds) offer(node, label, cost);
  while (queue.size > 0) {
    const { cost, node } = queue.pop();
    if (cost > (costs[node] ?? 0)) continue;
    const label = labels[node] ?? -1;
    visit(node, (neighbour, step) => {
      offer(neighbour, label, cost + step);
    });
  }
  return { labels, costs };
}
