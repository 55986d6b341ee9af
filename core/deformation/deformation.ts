import type { Gaussians } from '../gaussians.ts';

/** Nothing moves. */
export interface StaticDeformation {
  readonly kind: 'static';
}

/** Number of control nodes that move one Gaussian. */
export const NODES_PER_GAUSSIAN = 4;

/**
 * Sparse control nodes with a rotation and a translation at every frame, blended over each Gaussian's nearest nodes.
 * Knot f of F is at time f / (F - 1).
 */
export interface NodeDeformation {
  readonly kind: 'nodes';
  readonly frames: number;
  /** Canonical node positions, [M, 3]. */
  readonly nodes: Float32Array;
  /** Node rotations as (w, x, y, z), [F, M, 4]; normalised after blending. */
  readonly rotations: Float32Array;
  /** Node displacements, [F, M, 3]. */
  readonly translations: Float32Array;
  /** Offsets added to the degree-0 colour, [F, M, 3] in sRGB units: how the shading changes as the body turns. */
  readonly colours: Float32Array;
  /** Node indices, [N, NODES_PER_GAUSSIAN]. */
  readonly neighbours: Int32Array;
  /** Blend weights, [N, NODES_PER_GAUSSIAN]; each row sums to 1. */
  readonly weights: Float32Array;
}

export interface HexPlaneConfig {
  /** Space levels: each multiplies the three space resolutions. */
  readonly multires: readonly number[];
  /** Features a plane, C. */
  readonly channels: number;
  /** Resolutions along x, y, z, time at level 1. */
  readonly resolution: readonly [number, number, number, number];
  /** Width of the hidden layers. */
  readonly width: number;
  /** Number of layers before the heads; 0 and 1 both mean one linear layer. */
  readonly depth: number;
  readonly heads: {
    readonly position: boolean;
    readonly scale: boolean;
    readonly rotation: boolean;
    readonly opacity: boolean;
    readonly sh: boolean;
  };
  /** The box of the planes: row 0 is the MAXIMUM corner, row 1 the minimum (the published order). */
  readonly aabb: readonly [readonly [number, number, number], readonly [number, number, number]];
}

/** The paper's deformation network: six feature planes a level, a linear trunk, one small head a parameter. */
export interface HexPlaneDeformation {
  readonly kind: 'hexplane';
  readonly config: HexPlaneConfig;
  /** Weights under the published names (`deformation_net.grid.grids.0.0`, ...), in the published shapes. */
  readonly parameters: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;
}

export type Deformation = StaticDeformation | NodeDeformation | HexPlaneDeformation;

/** The 4D result: canonical Gaussians, how they move, and how long. */
export interface Scene {
  readonly gaussians: Gaussians;
  readonly deformation: Deformation;
  readonly fps: number;
  /** Number of frames of the clip; frame f is at time f / (frames - 1). */
  readonly frames: number;
  /** sRGB 0..1: the background the scene was optimised against. */
  readonly background: readonly [number, number, number];
}
