import type { Precision } from '../graphs/module-builder.ts';

/** Where ONNX Runtime can compute, by the names that it uses in JavaScript. */
export type Provider = 'cuda' | 'webgpu' | 'dml' | 'coreml' | 'cpu';

/** As people call them. */
export const PROVIDER_NAMES: Readonly<Record<Provider, string>> = {
  cuda: 'CUDA',
  webgpu: 'WebGPU',
  dml: 'DirectML',
  coreml: 'CoreML',
  cpu: 'the processor',
};

/** One stage's place and type. */
export interface Placement {
  readonly provider: Provider;
  readonly precision: Precision;
}

export interface Placements {
  readonly dit: Placement;
  readonly text: Placement;
  readonly vae: Placement;
}

/** NVIDIA cards compute in bfloat16 from here on (Ampere). */
const BFLOAT16_CAPABILITY = 8;

/**
 * Where each network computes and in which type. The denoiser takes the type of the authors' own run, bfloat16, where the
 * device has it. The text encoder's activations pass what float16 can hold, so without bfloat16 it stays on the processor: it
 * runs once. Convolutions in bfloat16 are rare among providers, so the VAE takes float16.
 */
export function placementsFor(provider: Provider, computeCapability = 0): Placements {
  const cpu = { provider: 'cpu', precision: 'float32' } as const;
  if (provider === 'cpu') return { dit: cpu, text: cpu, vae: cpu };
  const half = { provider, precision: 'float16' } as const;
  if (provider !== 'cuda' || computeCapability < BFLOAT16_CAPABILITY) return { dit: half, text: cpu, vae: half };
  const brain = { provider, precision: 'bfloat16' } as const;
  return { dit: brain, text: brain, vae: half };
}
