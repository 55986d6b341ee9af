import type { DeformationWeights, NeighbourPlan, Rates } from '../addon/index.ts';
import type { Preset } from './contract.ts';

/** Part of a growing window: how the newly opened frames are fitted. */
export interface WindowPhase {
  readonly iterations: number;
  /** Side of the pictures in pixels, about; coarse pictures pull limbs from further away. */
  readonly side: number;
  /** Factor on the node rates, falling log-linearly from the first to the second. */
  readonly pace: readonly [number, number];
  /** Whether Gaussians learn too, on all open frames; else only the deformation, on the new frames. */
  readonly joint: boolean;
}

/**
 * Starts tried for a newly opened frame: the last step times each momentum. Limbs that turn around between two frames
 * are lost by any single guess, so each is fitted for a while and the best goes on.
 */
export interface OpeningTrials {
  readonly momenta: readonly number[];
  readonly iterations: number;
  readonly side: number;
  readonly pace: number;
}

/** Everything a preset decides. Rates are for a scene whose cameras stand 3.5 from their centre, and scale with it. */
export interface PresetSettings {
  readonly deformation: 'nodes' | 'hexplane';
  readonly initialGaussians: number;
  readonly maxGaussians: number;
  readonly shDegree: number;
  /** Iterations of any stage after which one more SH degree takes part. */
  readonly shInterval: number;
  readonly nodes: number;
  readonly coarseIterations: number;
  /** How a newly opened frame is tried from several starts before the phases of its window. */
  readonly opening: OpeningTrials;
  readonly windows: readonly WindowPhase[];
  readonly finalIterations: number;
  readonly lambda: number;
  readonly densify: {
    readonly interval: number;
    readonly from: number;
    /** Part of a stage after which no more Gaussians are added. */
    readonly until: number;
    readonly gradientThreshold: number;
    /** Standard deviation above which a Gaussian is split, in parts of the scene's extent. */
    readonly splitScale: number;
    readonly minOpacity: number;
  };
  /** Iterations between two opacity resets of the coarse and the final stage; 0: none. */
  readonly opacityResetInterval: number;
  readonly rates: Required<Rates>;
  /** Factors on all rates at the start and the end of the coarse and of the final stage; log-linear between. */
  readonly coarsePace: readonly [number, number];
  readonly finalPace: readonly [number, number];
  /** Factor on the rates of the Gaussians while windows grow. */
  readonly windowGaussianPace: number;
  readonly weights: Required<DeformationWeights>;
  readonly neighbour: NeighbourPlan;
}

const NODE_PRESET: PresetSettings = {
  deformation: 'nodes',
  initialGaussians: 7000,
  maxGaussians: 10000,
  shDegree: 0,
  shInterval: 1000,
  nodes: 200,
  coarseIterations: 600,
  opening: { momenta: [1, 0, -1], iterations: 30, side: 64, pace: 10 },
  windows: [
    { iterations: 80, side: 64, pace: [10, 3], joint: false },
    { iterations: 150, side: 128, pace: [6, 1], joint: false },
    { iterations: 100, side: Infinity, pace: [1, 0.5], joint: true },
  ],
  finalIterations: 5000,
  lambda: 0.2,
  densify: {
    interval: 100,
    from: 200,
    until: 0.7,
    gradientThreshold: 0.0002,
    splitScale: 0.005,
    minOpacity: 0.01,
  },
  opacityResetInterval: 0,
  rates: {
    means: 0.000616,
    logScales: 0.005,
    quats: 0.001,
    opacity: 0.03,
    shBase: 0.005,
    shRest: 0.00025,
    nodeRotation: 0.004,
    nodeTranslation: 0.002,
    nodeColor: 0.002,
    blendWeight: 0.01,
    grid: 0,
    network: 0,
  },
  coarsePace: [1, 0.3],
  finalPace: [1, 0.05],
  windowGaussianPace: 0.3,
  weights: {
    rigidity: 10,
    rotationSmooth: 0.003,
    acceleration: 0.01,
    colorSmooth: 0.01,
    planeSmooth: 0,
    timeSmooth: 0,
    timeL1: 0,
  },
  neighbour: { weight: 30, interval: 4, gated: true, threshold: 0.01 },
};

export const PRESET_SETTINGS: Readonly<Record<Preset, PresetSettings>> = {
  draft: NODE_PRESET,
  standard: {
    ...NODE_PRESET,
    initialGaussians: 10000,
    maxGaussians: 20000,
    nodes: 400,
    coarseIterations: 1500,
    windows: [
      { iterations: 150, side: 64, pace: [10, 3], joint: false },
      { iterations: 200, side: 128, pace: [6, 1], joint: false },
      { iterations: 200, side: Infinity, pace: [1, 0.5], joint: true },
    ],
    finalIterations: 20000,
    finalPace: [1, 0.02],
  },
  // Section 3.4 and the appendix of the paper, with the published rates where the paper is silent.
  paper: {
    ...NODE_PRESET,
    deformation: 'hexplane',
    initialGaussians: 10000,
    maxGaussians: 60000,
    shDegree: 3,
    coarseIterations: 3000,
    windows: [{ iterations: 3000, side: Infinity, pace: [1, 1], joint: true }],
    finalIterations: 20000,
    densify: {
      interval: 100,
      from: 500,
      until: 0.75,
      gradientThreshold: 0.0002,
      splitScale: 0.01,
      minOpacity: 0.005,
    },
    opacityResetInterval: 3000,
    rates: {
      ...NODE_PRESET.rates,
      opacity: 0.05,
      shBase: 0.0025,
      shRest: 0.000125,
      grid: 0.00616,
      network: 0.000616,
    },
    coarsePace: [1, 0.5],
    finalPace: [1, 0.01],
    windowGaussianPace: 1,
    weights: { ...NODE_PRESET.weights, planeSmooth: 0.0001, timeSmooth: 0.01, timeL1: 0.0001 },
  },
};
