import { createRequire } from 'node:module';
import type { HexPlaneConfig } from '../../core/deformation/deformation.ts';
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

export interface AdamState {
  readonly values: Float32Array;
  readonly firstMoments: Float32Array;
  readonly secondMoments: Float32Array;
}

/** Single passes of the native engine, synchronous: for tests only. */
export interface NativePasses {
  kernels(): string;
  setKernels(name: string): boolean;
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

/** Runs `body` with one variant of the kernels, then returns to the fastest. */
export function withKernels<T>(variant: string, body: () => T): T {
  if (!passes.setKernels(variant)) throw new Error(`this processor cannot run the ${variant} kernels`);
  try {
    return body();
  } finally {
    passes.setKernels('');
  }
}
