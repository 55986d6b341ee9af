import type { TextEncoderConfig, TransformerConfig, VaeConfig } from '../configs.ts';

/**
 * The sizes of the published networks, for saying what they need where no checkpoint is there yet. A run reads them from the
 * checkpoint's own files.
 */
export const REAL: {
  readonly transformer: TransformerConfig;
  readonly vae: VaeConfig;
  readonly text: TextEncoderConfig;
} = {
  transformer: {
    heads: 48,
    headSize: 64,
    layers: 42,
    inChannels: 32,
    outChannels: 16,
    timeEmbedSize: 512,
    textSize: 4096,
    textTokens: 226,
    patchSize: 2,
    normEps: 1e-5,
    sampleWidth: 90,
    sampleHeight: 60,
    sampleFrames: 49,
    temporalCompression: 4,
  },
  vae: {
    inChannels: 3,
    outChannels: 3,
    blockChannels: [128, 256, 256, 512],
    latentChannels: 16,
    layersPerBlock: 3,
    groups: 32,
    normEps: 1e-6,
    temporalCompression: 4,
    sampleHeight: 480,
    sampleWidth: 720,
    scalingFactor: 0.7,
  },
  text: {
    vocabulary: 32_128,
    width: 4096,
    headSize: 64,
    heads: 64,
    feedForward: 10_240,
    layers: 24,
    buckets: 32,
    maxDistance: 128,
    normEps: 1e-6,
  },
};
