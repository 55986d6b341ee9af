import { ELEMENT_SIZE, elementCount } from '../../onnx/tensor.ts';
import type { Runtime, Session } from '../runtime/session.ts';
import type { WeightSource } from '../weights.ts';
import { vaeGraph, type GraphShape, type KeptFrame, type VaeNetwork } from './graphs.ts';

/** A loaded graph, with what its runs hand on. */
export interface LoadedGraph {
  readonly session: Session;
  readonly kept: readonly KeptFrame[];
  readonly stages: readonly string[];
  /** Of its weights in float32. */
  readonly weightBytes: number;
}

/** The first and the later batches of one size of tile: these stay in any case. */
const LEAST_LOADED = 2;
/** What the weights of all loaded graphs may take, in bytes: each may hold a copy of its own, in float32. */
const MOST_BYTES = 2 ** 30;

/**
 * Writes and loads graphs when they are asked for. Border tiles have sizes of their own, so that of a large network only the
 * graphs used last stay loaded; loading takes longer than running a small one.
 */
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
    let weightBytes = 0;
    const { weights, mostWeightBytes = MOST_BYTES } = this.#network;
    const counted: WeightSource = {
      folder: weights.folder,
      weight: (name, dims) => {
        weightBytes += elementCount(dims) * ELEMENT_SIZE.float32;
        return weights.weight(name, dims);
      },
    };
    const graph = vaeGraph({ ...this.#network, weights: counted }, shape);
    while (this.#loaded.size >= LEAST_LOADED && this.#loadedBytes() + weightBytes > mostWeightBytes) {
      await this.#releaseOldest();
    }
    return { session: await this.#runtime.load(graph), kept: graph.kept, stages: graph.stages, weightBytes };
  }

  #loadedBytes(): number {
    return [...this.#loaded.values()].reduce((sum, { weightBytes }) => sum + weightBytes, 0);
  }

  async #releaseOldest(): Promise<void> {
    for (const [key, { session }] of this.#loaded) {
      this.#loaded.delete(key);
      await session.release();
      return;
    }
  }
}
