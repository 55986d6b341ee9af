import { AppError } from '../../core/errors.ts';
import { isRecord, parseJson, type JsonRecord } from '../../core/formats/json.ts';

/** What transformer/config.json says, as far as the graphs depend on it. */
export interface TransformerConfig {
  readonly heads: number;
  readonly headSize: number;
  readonly layers: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly timeEmbedSize: number;
  readonly textSize: number;
  readonly textTokens: number;
  readonly patchSize: number;
  readonly normEps: number;
  /** Latent size that the rotary tables take for the whole picture. */
  readonly sampleWidth: number;
  readonly sampleHeight: number;
  readonly sampleFrames: number;
  readonly temporalCompression: number;
}

/** What vae/config.json says. */
export interface VaeConfig {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly blockChannels: readonly number[];
  readonly latentChannels: number;
  readonly layersPerBlock: number;
  readonly groups: number;
  readonly normEps: number;
  readonly temporalCompression: number;
  /** Size in pixels whose half is the size of a tile. */
  readonly sampleHeight: number;
  readonly sampleWidth: number;
  readonly scalingFactor: number;
}

/** What text_encoder/config.json says. */
export interface TextEncoderConfig {
  readonly vocabulary: number;
  readonly width: number;
  readonly headSize: number;
  readonly heads: number;
  readonly feedForward: number;
  readonly layers: number;
  readonly buckets: number;
  readonly maxDistance: number;
  readonly normEps: number;
}

/** What scheduler/scheduler_config.json says. */
export interface SchedulerConfig {
  readonly trainSteps: number;
  readonly betaStart: number;
  readonly betaEnd: number;
  readonly snrShift: number;
  readonly zeroSnr: boolean;
}

/** Reads fields of a config.json, naming `file` and the field in the `AppError` of one that is not as it must be. */
class Fields {
  readonly #file: string;
  readonly #record: JsonRecord;

  constructor(file: string, source: Uint8Array | string) {
    const parsed = parseJson(source, file);
    if (!isRecord(parsed)) throw new AppError('bad-input', `${file} is no JSON object; fetch it again.`);
    this.#file = file;
    this.#record = parsed;
  }

  whole(name: string, most = 1_000_000): number {
    const value = this.#record[name];
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= most) return value;
    throw this.#wrong(name, `a whole number from 1 to ${most}`);
  }

  real(name: string, absent?: number): number {
    const value = this.#record[name] ?? absent;
    if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
    throw this.#wrong(name, 'a number above 0');
  }

  wholes(name: string): readonly number[] {
    const value = this.#record[name];
    if (Array.isArray(value) && value.length > 0 && value.every((n) => Number.isSafeInteger(n) && n >= 1)) {
      return value as number[];
    }
    throw this.#wrong(name, 'a list of whole numbers');
  }

  flag(name: string): boolean {
    return this.#record[name] === true;
  }

  /** The field must be one of `supported` (undefined: it may be missing): other values mean another network. */
  only(name: string, ...supported: readonly unknown[]): void {
    const value = this.#record[name];
    if (!supported.includes(value)) throw this.#wrong(name, supported.map((item) => JSON.stringify(item)).join(' or '));
  }

  #wrong(name: string, wanted: string): AppError {
    const value = JSON.stringify(this.#record[name]);
    return new AppError(
      'bad-input',
      `${this.#file} has ${name} ${value} where CharacterShot has ${wanted}; choose its checkpoint.`,
    );
  }
}

/** Throws an `AppError` naming `file` where the transformer is of another kind than CharacterShot's. */
export function readTransformerConfig(source: Uint8Array | string, file: string): TransformerConfig {
  const fields = new Fields(file, source);
  fields.only('patch_size_t', null, undefined);
  fields.only('ofs_embed_dim', null, undefined);
  fields.only('use_rotary_positional_embeddings', true);
  fields.only('activation_fn', 'gelu-approximate');
  fields.only('timestep_activation_fn', 'silu', undefined);
  fields.only('flip_sin_to_cos', true, undefined);
  fields.only('freq_shift', 0, undefined);
  fields.only('attention_bias', true, undefined);
  fields.only('norm_elementwise_affine', true, undefined);
  fields.only('patch_bias', true, undefined);
  return {
    heads: fields.whole('num_attention_heads', 1024),
    headSize: fields.whole('attention_head_dim', 1024),
    layers: fields.whole('num_layers', 1024),
    inChannels: fields.whole('in_channels', 4096),
    outChannels: fields.whole('out_channels', 4096),
    timeEmbedSize: fields.whole('time_embed_dim', 65_536),
    textSize: fields.whole('text_embed_dim', 65_536),
    textTokens: fields.whole('max_text_seq_length', 4096),
    patchSize: fields.whole('patch_size', 16),
    normEps: fields.real('norm_eps', 1e-5),
    sampleWidth: fields.whole('sample_width', 4096),
    sampleHeight: fields.whole('sample_height', 4096),
    sampleFrames: fields.whole('sample_frames', 4096),
    temporalCompression: fields.whole('temporal_compression_ratio', 16),
  };
}

/** Throws an `AppError` naming `file` where the VAE is of another kind than CogVideoX's. */
export function readVaeConfig(source: Uint8Array | string, file: string): VaeConfig {
  const fields = new Fields(file, source);
  fields.only('act_fn', 'silu');
  fields.only('use_quant_conv', false, undefined);
  fields.only('use_post_quant_conv', false, undefined);
  fields.only('shift_factor', null, undefined);
  fields.only('latents_mean', null, undefined);
  fields.only('latents_std', null, undefined);
  fields.only('invert_scale_latents', false, undefined);
  return {
    inChannels: fields.whole('in_channels', 64),
    outChannels: fields.whole('out_channels', 64),
    blockChannels: fields.wholes('block_out_channels'),
    latentChannels: fields.whole('latent_channels', 1024),
    layersPerBlock: fields.whole('layers_per_block', 64),
    groups: fields.whole('norm_num_groups', 1024),
    normEps: fields.real('norm_eps', 1e-6),
    temporalCompression: fields.whole('temporal_compression_ratio', 16),
    sampleHeight: fields.whole('sample_height', 16_384),
    sampleWidth: fields.whole('sample_width', 16_384),
    scalingFactor: fields.real('scaling_factor'),
  };
}

/** Throws an `AppError` naming `file` where the text encoder is no T5 v1.1. */
export function readTextEncoderConfig(source: Uint8Array | string, file: string): TextEncoderConfig {
  const fields = new Fields(file, source);
  fields.only('model_type', 't5');
  fields.only('feed_forward_proj', 'gated-gelu');
  return {
    vocabulary: fields.whole('vocab_size'),
    width: fields.whole('d_model', 65_536),
    headSize: fields.whole('d_kv', 1024),
    heads: fields.whole('num_heads', 1024),
    feedForward: fields.whole('d_ff', 262_144),
    layers: fields.whole('num_layers', 1024),
    buckets: fields.whole('relative_attention_num_buckets', 1024),
    maxDistance: fields.whole('relative_attention_max_distance', 65_536),
    normEps: fields.real('layer_norm_epsilon', 1e-6),
  };
}

/** Throws an `AppError` naming `file` where the noise schedule is of a kind that CharacterShot does not use. */
export function readSchedulerConfig(source: Uint8Array | string, file: string): SchedulerConfig {
  const fields = new Fields(file, source);
  fields.only('beta_schedule', 'scaled_linear');
  fields.only('prediction_type', 'v_prediction');
  fields.only('trained_betas', null, undefined);
  fields.only('set_alpha_to_one', true, undefined);
  fields.only('clip_sample', false, undefined);
  return {
    trainSteps: fields.whole('num_train_timesteps', 100_000),
    betaStart: fields.real('beta_start'),
    betaEnd: fields.real('beta_end'),
    snrShift: fields.real('snr_shift_scale', 1),
    zeroSnr: fields.flag('rescale_betas_zero_snr'),
  };
}
