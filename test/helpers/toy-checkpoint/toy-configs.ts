import type { JsonRecord } from '../../../core/formats/json.ts';
import type { Kind } from '../../../native/inference/checkpoint/expected-shapes.ts';

/** The JSON of a checkpoint's config files, by folder. */
export interface CheckpointConfigs {
  readonly transformer: JsonRecord;
  readonly vae: JsonRecord;
  readonly text_encoder: JsonRecord;
  readonly scheduler: JsonRecord;
}

export type CheckpointSize = 'toy' | 'published';

const TRANSFORMER: Readonly<Record<CheckpointSize, JsonRecord>> = {
  toy: {
    ...{ num_attention_heads: 5, attention_head_dim: 16, num_layers: 2, time_embed_dim: 36, text_embed_dim: 24 },
    ...{ sample_width: 10, sample_height: 6, sample_frames: 13, max_text_seq_length: 20 },
  },
  published: {
    ...{ num_attention_heads: 48, attention_head_dim: 64, num_layers: 42, time_embed_dim: 512, text_embed_dim: 4096 },
    ...{ sample_width: 90, sample_height: 60, sample_frames: 49, max_text_seq_length: 226 },
  },
};

const VAE: Readonly<Record<CheckpointSize, JsonRecord>> = {
  toy: {
    ...{ block_out_channels: [8, 12, 12, 16], layers_per_block: 1, norm_num_groups: 4 },
    ...{ sample_height: 96, sample_width: 80 },
  },
  published: {
    ...{ block_out_channels: [128, 256, 256, 512], layers_per_block: 3, norm_num_groups: 32 },
    ...{ sample_height: 480, sample_width: 720 },
  },
};

const TEXT_ENCODER: Readonly<Record<CheckpointSize, JsonRecord>> = {
  toy: { vocab_size: 256, d_model: 24, d_kv: 8, num_heads: 3, d_ff: 40, num_layers: 2 },
  published: { vocab_size: 32_128, d_model: 4096, d_kv: 64, num_heads: 64, d_ff: 10_240, num_layers: 24 },
};

/** The fields that decide what is computed, with the published values but for the sizes. */
export const checkpointConfigs = (kind: Kind, size: CheckpointSize): CheckpointConfigs => ({
  transformer: {
    _class_name: `CogVideoXTransformer${kind === '4d' ? '4D' : '3D'}Model`,
    ...{ activation_fn: 'gelu-approximate', timestep_activation_fn: 'silu', attention_bias: true, patch_bias: true },
    ...{ flip_sin_to_cos: true, freq_shift: 0, norm_elementwise_affine: true, norm_eps: 1e-5 },
    ...{ in_channels: 32, out_channels: 16, patch_size: 2, patch_size_t: null, ofs_embed_dim: null, dropout: 0 },
    ...{ spatial_interpolation_scale: 1.875, temporal_interpolation_scale: 1, temporal_compression_ratio: 4 },
    ...{ use_rotary_positional_embeddings: true, use_learned_positional_embeddings: true },
    ...TRANSFORMER[size],
  },
  vae: {
    _class_name: 'AutoencoderKLCogVideoX',
    ...{ act_fn: 'silu', in_channels: 3, out_channels: 3, latent_channels: 16, norm_eps: 1e-6, scaling_factor: 0.7 },
    ...{ temporal_compression_ratio: 4, use_quant_conv: false, use_post_quant_conv: false },
    ...{ shift_factor: null, latents_mean: null, latents_std: null, invert_scale_latents: false },
    ...VAE[size],
  },
  text_encoder: {
    architectures: ['T5EncoderModel'],
    ...{ model_type: 't5', feed_forward_proj: 'gated-gelu', layer_norm_epsilon: 1e-6 },
    ...{ relative_attention_num_buckets: 32, relative_attention_max_distance: 128 },
    ...TEXT_ENCODER[size],
  },
  scheduler: {
    _class_name: 'CogVideoXDDIMScheduler',
    ...{ num_train_timesteps: 1000, beta_start: 0.00085, beta_end: 0.012, beta_schedule: 'scaled_linear' },
    ...{ prediction_type: 'v_prediction', rescale_betas_zero_snr: true, snr_shift_scale: 1, trained_betas: null },
    ...{ set_alpha_to_one: true, steps_offset: 0, clip_sample: false, timestep_spacing: 'trailing' },
  },
});
