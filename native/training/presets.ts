import type { DeformationWeights, NeighbourPlan, Rates, RegistrationOptions } from '../addon/index.ts';
import type { Preset } from './contract.ts';

/** How each frame is fitted by itself, as a still figure: the clouds that frames are connected by. */
export interface SurveySettings {
  readonly gaussians: number;
  readonly iterations: number;
  /** Side of the pictures in pixels, about. */
  readonly side: number;
  /** Grid points of the visual hull along the longest side of the character. */
  readonly cells: number;
}

/** How the nodes of a frame are found once its neighbour's are known. */
export interface ConnectSettings {
  readonly registration: RegistrationOptions;
  /** After the registration the nodes follow the pictures themselves. */
  readonly iterations: number;
  readonly side: number;
  /** Factor on the node rates, falling log-linearly from the first to the second. */
  readonly pace: readonly [number, number];
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
  /** Nodes: how frames are fitted by themselves and connected. */
  readonly survey: SurveySettings;
  readonly connect: ConnectSettings;
  /** Distance at which a frame's cloud counts as uncovered, so that Gaussians are born there. */
  readonly birthReach: number;
  /** Network: iterations each time the window of frames grows. */
  readonly windowIterations: number;
  readonly finalIterations: number;
  readonly lambda: number;
  /** Weight of opacity where a picture shows background; the loss of a black pixel on white is about 1. */
  readonly clearWeight: number;
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

/** Measured on hard clips with known truth (docs/BENCHMARKS.md, connecting frames). */
const REGISTRATION: RegistrationOptions = {
  // A hand makes up to 0.4 between two frames of a fast clip; half of it is within reach of the first correspondences.
  sigmaStart: 0.15,
  sigmaEnd: 0.025,
  steps: 14,
  newton: 1,
  colorSigma: 0.1,
  rigidity: 500,
  outliers: 0.05,
  balance: 0.7,
  tolerance: 0.06,
};

const NODE_PRESET: PresetSettings = {
  deformation: 'nodes',
  initialGaussians: 7000,
  maxGaussians: 10000,
  shDegree: 0,
  shInterval: 1000,
  nodes: 800,
  coarseIterations: 600,
  survey: { gaussians: 3000, iterations: 150, side: 128, cells: 64 },
  connect: { registration: REGISTRATION, iterations: 40, side: 128, pace: [3, 0.3] },
  // Two Gaussians of the still figure lie about 0.02 apart.
  birthReach: 0.05,
  windowIterations: 0,
  finalIterations: 8000,
  lambda: 0.2,
  clearWeight: 0.5,
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
    coarseIterations: 1500,
    finalIterations: 30000,
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
    windowIterations: 3000,
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
