import type { Runtime, Session } from '../runtime/session.ts';
import { vaeGraph, type GraphShape, type KeptFrame, type VaeNetwork } from './graphs.ts';

/** A loaded graph, with what its runs hand on. */
export interface LoadedGraph {
  readonly session: Session;
  readonly kept: readonly KeptFrame[];
  readonly stages: readonly string[];
}

/** The first and the later batches of one size of tile. */
const MOST_LOADED = 2;

/** Writes and loads graphs when they are asked for. Only those used last stay loaded: border tiles have sizes of their own. */
export class GraphStore {
  readonly #runtime: Runtime;
  readonly #network: VaeNetwork;
  /** In the order of their last use. */
  readonly #loaded = new Map<string, LoadedGraph>();

  constructor(runtime: Runtime, network: VaeNetwork) {
    this.#runtime = runtime;
    this.#network = network;
  }

  async get(shape: GraphShape): Promise<LoadedGraph> {
    const key = JSON.stringify([
      ...[shape.direction, shape.frames, shape.height, shape.width],
      ...[shape.continues, shape.continued, shape.observed],
    ]);
    const graph = this.#loaded.get(key) ?? (await this.#load(shape));
    this.#loaded.delete(key);
    this.#loaded.set(key, graph);
    return graph;
  }

  async release(): Promise<void> {
    while (this.#loaded.size > 0) await this.#releaseOldest();
  }

  async #load(shape: GraphShape): Promise<LoadedGraph> {
    while (this.#loaded.size >= MOST_LOADED) await this.#releaseOldest();
    const graph = vaeGraph(this.#network, shape);
    return { session: await this.#runtime.load(graph), kept: graph.kept, stages: graph.stages };
  }

  async #releaseOldest(): Promise<void> {
    for (const [key, { session }] of this.#loaded) {
      this.#loaded.delete(key);
      await session.release();
      return;
    }
  }
}
