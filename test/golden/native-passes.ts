import { createRequire } from 'node:module';
import type { HexPlaneConfig } from '../../core/deformation/deformation.ts';
import type { Gaussians } from '../../core/gaussians.ts';
import type { Addon, RasterCamera } from '../../native/addon/index.ts';
import type { PlaneWeights } from '../reference/plane-regularisers.ts';

type Floats = Readonly<Record<string, Float32Array>>;

export interface GaussianFloats {
  readonly positions: Float32Array;
  readonly logScales: Float32Array;
  readonly quats: Float32Array;
  readonly opacityLogits: Float32Array;
  readonly sh: Float32Array;
}

export interface HexPlaneCall {
  readonly config: HexPlaneConfig;
  readonly parameters: Floats;
  readonly inputs: GaussianFloats & {
    readonly count: number;
    readonly shCoefficients: number;
    readonly time: number | Float32Array;
  };
  /** The differentiated number is the sum of weights times outputs. */
  readonly weights: GaussianFloats;
  readonly threads: number;
  readonly repeat?: number;
  readonly rates?: { readonly grid: number; readonly linear: number };
}

export interface HexPlaneResult {
  readonly outputs: GaussianFloats & { readonly hexplaneFeatures: Float32Array; readonly hidden?: Float32Array };
  readonly inputGradients: GaussianFloats;
  readonly parameterGradients: Floats;
  /** Milliseconds of forward and backward, for each repetition. */
  readonly timings: Float32Array;
  /** After one Adam step, when `rates` are given. */
  readonly parameters?: Floats;
}

export interface NeighbourCall {
  readonly count: number;
  readonly offsets: Int32Array;
  readonly indices: Int32Array;
  readonly earlier: Float32Array;
  readonly later: Float32Array;
  readonly gated?: boolean;
  readonly threshold?: number;
  readonly minWeight?: number;
  readonly weightGradient?: boolean;
  readonly earlierTime?: number;
  readonly laterTime?: number;
  readonly baseWeight?: number;
  readonly threads: number;
  readonly repeat?: number;
}

export interface NeighbourResult {
  readonly value: number;
  readonly activeEdges: number;
  readonly timeWeight: number;
  readonly earlierGradients: Float32Array;
  readonly laterGradients: Float32Array;
  readonly displacement: Float32Array;
  readonly moved: Uint8Array;
  readonly timings: Float32Array;
}

export interface RenderCall {
  readonly gaussians: Gaussians;
  readonly camera: RasterCamera;
  readonly background: Float32Array;
  readonly threads: number;
  /** Of the differentiated number sum(gradRgb * rgb) + ...: [3, height, width], and [height, width] twice. */
  readonly gradRgb: Float32Array;
  readonly gradAlpha?: Float32Array;
  readonly gradDepth?: Float32Array;
}

/** Images planar; gradients in the shapes of the parameters. */
export interface RenderResult {
  readonly rgb: Float32Array;
  readonly transmittance: Float32Array;
  readonly depth: Float32Array;
  readonly means: Float32Array;
  readonly logScales: Float32Array;
  readonly quats: Float32Array;
  readonly opacityLogits: Float32Array;
  readonly sh: Float32Array;
  readonly means2d: Float32Array;
  /** SPLAT_FLOATS numbers a Gaussian: `Splat` of native/addon/src/kernel_args.h. */
  readonly splats: Float32Array;
  /** SPLAT_GRADIENTS numbers a Gaussian: `SplatGradient` of the same file. */
  readonly splatGradients: Float32Array;
  readonly timings: Float32Array;
}

export interface ImageLossCall {
  /** [3, height, width] */
  readonly rgb: Float32Array;
  /** height x width x 3, 8-bit or floats in 0..1. */
  readonly target: Uint8Array | Float32Array;
  readonly width: number;
  readonly height: number;
  readonly lambda: number;
  readonly threads: number;
}

export interface ImageLossResult {
  readonly loss: number;
  readonly l1: number;
  readonly ssim: number;
  /** Of the render clamped to 0..1. */
  readonly mse: number;
  readonly grad: Float32Array;
}

/** A field of control nodes at one frame; shapes as in core/deformation/deformation.ts. */
export interface NodeCall {
  readonly gaussians: Gaussians;
  readonly count: number;
  readonly frames: number;
  readonly nodes: Float32Array;
  readonly rotations: Float32Array;
  readonly translations: Float32Array;
  readonly colours: Float32Array;
  readonly neighbours: Int32Array;
  readonly logits: Float32Array;
  readonly frame: number;
  readonly threads: number;
}

export type NodeGradients = Readonly<Record<'rotations' | 'translations' | 'colours' | 'logits', Float32Array>>;

export interface NodeBlendResult {
  readonly means: Float32Array;
  readonly logScales: Float32Array;
  readonly quats: Float32Array;
  readonly colours: Float32Array;
  readonly gradients: NodeGradients & Readonly<Record<'means' | 'quats', Float32Array>>;
}

export interface NodeWeights {
  readonly rigidity?: number;
  readonly rotationSmooth?: number;
  readonly acceleration?: number;
  readonly colorSmooth?: number;
}

export interface AdamState {
  readonly values: Float32Array;
  readonly firstMoments: Float32Array;
  readonly secondMoments: Float32Array;
}

/** The native engine with its single passes, which are synchronous and for tests only. */
export interface NativePasses extends Addon {
  renderGradients(call: RenderCall): RenderResult;
  imageLoss(call: ImageLossCall): ImageLossResult;
  nodeBlend(
    call: NodeCall & Readonly<Record<'gradMeans' | 'gradQuats' | 'gradColours', Float32Array>>,
  ): NodeBlendResult;
  nodeRegularise(call: NodeCall & { readonly low: number; readonly high: number; readonly weights: NodeWeights }): {
    readonly value: number;
    readonly gradients: NodeGradients;
  };
  hexplaneInitialise(call: { readonly config: HexPlaneConfig; readonly seed: number }): Floats;
  hexplaneForwardBackward(call: HexPlaneCall): HexPlaneResult;
  hexplaneRegularise(call: {
    readonly config: HexPlaneConfig;
    readonly parameters: Floats;
    readonly weights: PlaneWeights;
    readonly threads: number;
  }): { readonly value: number; readonly gradients: Floats };
  adamStep(
    call: AdamState & { readonly gradients: Float32Array; readonly step: number; readonly rate: number },
  ): AdamState;
  neighbourGraph(call: {
    readonly positions: Float32Array;
    readonly count: number;
    readonly k: number;
    readonly threads: number;
  }): { readonly offsets: Int32Array; readonly indices: Int32Array };
  neighbourLoss(call: NeighbourCall): NeighbourResult;
}

export const passes = createRequire(import.meta.url)(
  '../../native/addon/build/Release/charactershot.node',
) as NativePasses;

/** The instruction-set variants this processor can run. */
export const VARIANTS: readonly string[] = ['baseline', 'avx2', 'avx512'].filter((name) => passes.setKernels(name));
passes.setKernels('');

/** Numbers of a splat and of its gradients (native/addon/src/kernel_args.h). */
export const SPLAT_FLOATS = 16;
export const SPLAT_GRADIENTS = 12;

/** Runs `body` with one variant of the kernels, then returns to the fastest. */
export function withKernels<T>(variant: string, body: () => T): T {
  if (!passes.setKernels(variant)) throw new Error(`this processor cannot run the ${variant} kernels`);
  try {
    return body();
  } finally {
    passes.setKernels('');
  }
}

/** The same for work that goes on after it was started. */
export async function withKernelsUntilDone<T>(variant: string, body: () => Promise<T>): Promise<T> {
  if (!passes.setKernels(variant)) throw new Error(`this processor cannot run the ${variant} kernels`);
  try {
    return await body();
  } finally {
    passes.setKernels('');
  }
}
