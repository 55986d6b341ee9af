/** The one typed door to the native engine. Shapes are checked on the other side, which names what does not fit. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Camera, viewMatrix } from '../../core/camera.ts';
import type { HexPlaneConfig, NodeDeformation } from '../../core/deformation/deformation.ts';
import { AppError } from '../../core/errors.ts';
import type { Gaussians } from '../../core/gaussians.ts';

/** Camera as the rasteriser takes it: world to camera in OpenCV axes, 4x4 row-major. */
export interface RasterCamera {
  readonly view: Float64Array;
  readonly fx: number;
  readonly fy: number;
  readonly cx: number;
  readonly cy: number;
  readonly width: number;
  readonly height: number;
}

export interface TrainerConfig {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly threads: number;
  /** Picture sizes kept: level l is the picture at 1 / 2^l of its size. */
  readonly levels: number;
  readonly seed: number;
  readonly background: Float32Array;
  readonly cameras: readonly RasterCamera[];
}

/** Learning rates; what is absent stays as it is. */
export interface Rates {
  readonly means?: number;
  readonly logScales?: number;
  readonly quats?: number;
  readonly opacity?: number;
  readonly shBase?: number;
  readonly shRest?: number;
  readonly nodeRotation?: number;
  readonly nodeTranslation?: number;
  readonly nodeColor?: number;
  readonly blendWeight?: number;
  readonly grid?: number;
  readonly network?: number;
}

/** Weights of the deformation's own regularisers (native/addon/src/deformer.h says what each means). */
export interface DeformationWeights {
  readonly rigidity?: number;
  readonly rotationSmooth?: number;
  readonly acceleration?: number;
  readonly colorSmooth?: number;
  readonly planeSmooth?: number;
  readonly timeSmooth?: number;
  readonly timeL1?: number;
}

export interface NeighbourPlan {
  readonly weight: number;
  /** Computed every so many iterations. */
  readonly interval: number;
  /** Off: all edges count, not only those between points that moved. */
  readonly gated: boolean;
  /** World units. */
  readonly threshold: number;
}

export interface BatchPlan {
  readonly level: number;
  /** Weight of 1 - SSIM in the image loss. */
  readonly lambda: number;
  /** Weight of the mean opacity where the picture shows background; 0 without it. */
  readonly clearWeight?: number;
  readonly activeDegree: number;
  /** Off: the canonical Gaussians are compared with the pictures. */
  readonly deform: boolean;
  /** Off: only the deformation learns. */
  readonly moveGaussians: boolean;
  /** Gather the statistics that `densify` decides by. */
  readonly collect: boolean;
  /** Frames in play, inclusive. */
  readonly windowLow: number;
  readonly windowHigh: number;
  readonly rates: Rates;
  readonly weights: DeformationWeights;
  readonly neighbour?: NeighbourPlan;
}

/** Means over the batch; `milliseconds` are sums. */
export interface BatchResult {
  readonly iterations: number;
  readonly loss: number;
  readonly l1: number;
  readonly ssim: number;
  readonly mse: number;
  /** Unweighted neighbour term, mean over the iterations that computed it. */
  readonly neighbour: number;
  readonly gaussians: number;
  readonly milliseconds: Readonly<Record<'deform' | 'render' | 'loss' | 'backward' | 'neighbour' | 'optimise', number>>;
}

export interface DensifyOptions {
  readonly gradientThreshold: number;
  readonly splitScale: number;
  readonly minOpacity: number;
  readonly maxScale: number;
  readonly maxGaussians: number;
}

/** How a cloud is registered (native/addon/src/registration.h). Lengths are world units of the paper's ring. */
export interface RegistrationOptions {
  /** Reach of the correspondences, falling log-linearly. */
  readonly sigmaStart: number;
  readonly sigmaEnd: number;
  /** Times that correspondences are sought; 0 judges the start as it is. */
  readonly steps: number;
  /** Gauss-Newton steps for each. */
  readonly newton: number;
  /** sRGB 0..1. */
  readonly colorSigma: number;
  /** Weight of an edge between nodes against a point at distance 1. */
  readonly rigidity: number;
  /** Kernel mass at which a target point counts as explained by nothing. */
  readonly outliers: number;
  /** 1: every point must find its share of the target; 0: none has to. */
  readonly balance: number;
  /** Distance from which a point counts as lost. */
  readonly tolerance: number;
}

/** Node values of one frame after a registration, and how well the two clouds then lie on each other. */
export interface Registration {
  readonly values: Float32Array;
  /** Smaller is better: distances both ways and bending of the nodes, about 0 to 3. */
  readonly cost: number;
  /** Share of the target that the moved Gaussians do not reach. */
  readonly uncovered: number;
  /** Share of the Gaussians that lie where the target has nothing. */
  readonly astray: number;
  /** Mean squared strain between nodes. */
  readonly bending: number;
}

export type NodeTensors = Omit<NodeDeformation, 'kind'>;

export type TrainerState = Readonly<Record<string, Float32Array | Int32Array>>;

/** Numbers a picture that `Trainer.measure` gives. */
export const MEASURES = 5;

/** The optimisation in native memory. Calls that return promises run on threads of their own, one at a time. */
export interface Trainer {
  /** 8-bit (or float, 0..1) sRGB, height x width x 3. */
  setImage(args: { view: number; frame: number; rgb: Uint8Array | Float32Array }): void;
  /** Starts over with these Gaussians. */
  setGaussians(gaussians: Gaussians): void;
  gaussians(): Gaussians;
  setNodes(args: { count: number; positions: Float32Array; neighbours: Int32Array; logits: Float32Array }): void;
  nodes(): NodeTensors;
  /** Starts frame `to` from `from` plus `momentum` times the step that led there from `before`. */
  extrapolateNodes(args: { before: number; from: number; to: number; momentum: number }): void;
  /** All node values of one frame, for `setNodeFrame`, which forgets the frame's moments. */
  nodeFrame(args: { frame: number }): Float32Array;
  setNodeFrame(args: { frame: number; values: Float32Array }): void;
  /**
   * Registers the canonical Gaussians with a cloud from several starts (node values, [count, ...]) at once. `target`:
   * [points, 6] rows of place and sRGB colour.
   */
  registerFrame(
    args: { count: number; starts: Float32Array; points: number; target: Float32Array } & RegistrationOptions,
  ): Promise<readonly Registration[]>;
  startHexPlane(config: HexPlaneConfig): void;
  hexplane(): Readonly<Record<string, { shape: number[]; data: Float32Array }>> | undefined;
  /** `samples`: (view, frame) pairs, one an iteration; `first` is the number of the first. Rejects when the loss is not finite. */
  run(plan: BatchPlan & { first: number; samples: Int32Array }): Promise<BatchResult>;
  /**
   * (mse, ssim, foreground mse or -1, silhouette IoU, uncovered share) for each (view, frame) of `samples`: `MEASURES` numbers a
   * picture. core/metrics says what the last two are.
   */
  measure(args: { samples: Int32Array; deform: boolean }): Promise<Float64Array>;
  densify(options: DensifyOptions): { cloned: number; split: number; pruned: number; gaussians: number };
  /**
   * Adds Gaussians, at most `limit`, where a frame's cloud ([points, 6], see `registerFrame`) has something within `reach` of
   * which the frame has nothing. They join the nodes of the nearest Gaussian. Returns how many were added.
   */
  bear(args: { frame: number; points: number; cloud: Float32Array; reach: number; limit: number }): number;
  resetOpacity(args: { ceiling: number }): void;
  /** Ends the running batch before its next iteration. */
  cancel(): void;
  /** All that a checkpoint needs but the pictures. */
  state(): TrainerState;
  restore(state: TrainerState): void;
  /** Memory of the large buffers. */
  bytes(): number;
}

export interface RenderArguments {
  readonly gaussians: Gaussians;
  readonly camera: RasterCamera;
  /** sRGB 0..1, [3]. */
  readonly background: Float32Array;
  readonly threads: number;
}

export interface Addon {
  /** Name of the instruction-set variant in use. */
  kernels(): string;
  /** Chooses a variant by name, the fastest for ''; false when this machine has none of that name. */
  setKernels(name: string): boolean;
  /** 8-bit sRGB, height x width x 3. */
  render(args: RenderArguments): Promise<Uint8Array>;
  /** The same, and the opacity of each pixel, height x width. */
  renderWithAlpha(args: RenderArguments): Promise<{ readonly rgb: Uint8Array; readonly alpha: Uint8Array }>;
  readonly Trainer: new (config: TrainerConfig) => Trainer;
}

let loaded: Addon | undefined;

/** The native engine. Throws an AppError that says what to do when it was not built for this machine. */
export function nativeAddon(): Addon {
  const path = join(import.meta.dirname, 'build/Release/charactershot.node');
  try {
    loaded ??= createRequire(import.meta.url)(path) as Addon;
  } catch (error) {
    throw new AppError('failed', 'The native engine is missing or broken; run `npm ci` again to build it.', error);
  }
  return loaded;
}

export const rasterCamera = (camera: Camera): RasterCamera => {
  const { fx, fy, cx, cy, width, height } = camera;
  return { view: viewMatrix(camera), fx, fy, cx, cy, width, height };
};
