import type { Tensor } from '../../onnx/tensor.ts';

/**
 * What the pipeline asks of the networks. All tensors are float32, whatever a network computes in. Letters: B batch, V views of a
 * group, F latent frames (the reference frame and those of the video), C latent channels, h x w latent size, T text tokens, D width of
 * the text, N tokens of a latent frame.
 */
export interface DenoiserInput {
  /** Latents and pose latents side by side: [B, V, F, 2C, h, w]. */
  readonly hidden: Tensor;
  /** [B, V, T, D], the same text for every view. */
  readonly text: Tensor;
  /** [T, D]: what the text stream of the frames starts from, in every element of the batch (4D only, 2D takes none). */
  readonly frameText: Tensor;
  /** [B, V, N, width], absent in 2D. */
  readonly camera?: Tensor;
  /** Training step, 0 to 999, of the whole batch. */
  readonly timestep: number;
}

export interface Denoiser {
  /** The velocity, [B, V, F, C, h, w]. */
  predict(input: DenoiserInput): Promise<Tensor>;
}

/** The posterior of a video's latents, both [1, C, f, h, w]. */
export interface Posterior {
  readonly mean: Tensor;
  readonly logvar: Tensor;
}

export interface VideoCoder {
  /** @param video [1, 3, frames, height, width] in -1..1; one frame, or 8k + 1 of them. */
  encode(video: Tensor): Promise<Posterior>;
  /** @param latents [1, C, f, h, w], already divided by the scaling factor. @returns About -1..1, not clamped. */
  decode(latents: Tensor): Promise<Tensor>;
}
