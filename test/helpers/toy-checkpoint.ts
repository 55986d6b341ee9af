import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonRecord } from '../../core/formats/json.ts';
import { ringCameras } from '../../core/ring.ts';
import { canvasCamera, rayEmbedding } from '../../native/inference/cameras/ray-embedding.ts';
import {
  cameraGuiderShapes,
  textEncoderShapes,
  transformerShapes,
  vaeShapes,
  type Kind,
  type Shapes,
} from '../../native/inference/checkpoint/expected-shapes.ts';
import {
  readTextEncoderConfig,
  readTransformerConfig,
  readVaeConfig,
  type TransformerConfig,
  type VaeConfig,
} from '../../native/inference/configs.ts';
import { floatsOf } from '../../native/inference/pipeline/floats.ts';
import { spatialFactor } from '../../native/inference/runtime/vae-cost.ts';
import { elementCount } from '../../native/onnx/tensor.ts';
import { goldenPath } from '../golden/inference-golden.ts';
import type { FloatType } from './toy-checkpoint/float-bytes.ts';
import { writeSparse } from './toy-checkpoint/sparse-file.ts';
import { checkpointConfigs, type CheckpointConfigs, type CheckpointSize } from './toy-checkpoint/toy-configs.ts';
import { toyNumbers } from './toy-checkpoint/toy-numbers.ts';
import { writeModule } from './toy-checkpoint/write-module.ts';
import { writePt, type PtTensor } from './toy-checkpoint/write-pt.ts';

export interface ToyCheckpointOptions {
  readonly kind?: Kind;
  /** `toy` makes pictures of 80x48 within seconds. */
  readonly size?: CheckpointSize;
  /** Fields of the config files that are others than those of `size`. */
  readonly configs?: { readonly [Folder in keyof CheckpointConfigs]?: JsonRecord };
  /** How the networks' weights are stored; those of the camera guider are always F32. */
  readonly dtype?: FloatType;
  /** `none`: all weights are zeros that take no room on the disk. */
  readonly numbers?: 'random' | 'none';
  readonly seed?: number;
  /** Whether the transformer and the text encoder come in several files. */
  readonly sharded?: boolean;
}

/**
 * Writes a whole checkpoint in the published layout into `folder`: every file that the product reads, with random weights that are the
 * same for the same options. The tokenizer is that of the golden data; the ray embeddings follow the assumed convention.
 */
export async function writeToyCheckpoint(folder: string, options: ToyCheckpointOptions = {}): Promise<void> {
  const { kind = '4d', size = 'toy', dtype = 'F32', numbers = 'random', seed = 1, sharded = true } = options;
  const configs = await writeConfigs(folder, kind, size, options.configs);
  const transformer = readTransformerConfig(JSON.stringify(configs.transformer), 'transformer');
  const vae = readVaeConfig(JSON.stringify(configs.vae), 'vae');
  const text = readTextEncoderConfig(JSON.stringify(configs.text_encoder), 'text_encoder');
  const draw = (name: string, shape: readonly number[]): Float32Array => toyNumbers(seed, name, shape);
  const write = (module: string, stem: string, shapes: Shapes, shards: number): Promise<void> =>
    writeModule(join(folder, module), shapes, {
      ...{ stem, type: dtype, shards: sharded ? shards : 1 },
      numbers: numbers === 'random' ? draw : undefined,
    });
  await write('transformer', 'diffusion_pytorch_model', transformerFileShapes(transformer, kind), 3);
  await write('vae', 'diffusion_pytorch_model', vaeShapes(vae), 1);
  await write('text_encoder', 'model', textEncoderShapes(text), 2);
  await cp(goldenPath('checkpoint4d/tokenizer'), join(folder, 'tokenizer'), { recursive: true });
  if (kind === '4d') await writeCameraFiles(folder, transformer, vae, numbers === 'random' ? draw : undefined);
}

async function writeConfigs(
  folder: string,
  kind: Kind,
  size: CheckpointSize,
  changes: ToyCheckpointOptions['configs'] = {},
): Promise<CheckpointConfigs> {
  const base = checkpointConfigs(kind, size);
  const write = async (name: keyof CheckpointConfigs): Promise<JsonRecord> => {
    const config = { ...base[name], ...changes[name] };
    await mkdir(join(folder, name), { recursive: true });
    const file = name === 'scheduler' ? 'scheduler_config.json' : 'config.json';
    await writeFile(join(folder, name, file), JSON.stringify(config, null, 2));
    return config;
  };
  const pipeline = kind === '4d' ? 'CogVideoXImageToVideo4DPipeline' : 'CogVideoXImageToVideoPosePipeline';
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'model_index.json'), JSON.stringify({ _class_name: pipeline }));
  return {
    transformer: await write('transformer'),
    vae: await write('vae'),
    text_encoder: await write('text_encoder'),
    scheduler: await write('scheduler'),
  };
}

/** The published files also hold the table of learned positions, which no run reads. */
function transformerFileShapes(config: TransformerConfig, kind: Kind): Shapes {
  const { sampleFrames, sampleHeight, sampleWidth, patchSize, temporalCompression, textTokens } = config;
  const frames = Math.floor((sampleFrames - 1) / temporalCompression) + 1;
  const tokens = textTokens + frames * (sampleHeight / patchSize) * (sampleWidth / patchSize);
  const positions = [1, tokens, config.heads * config.headSize];
  return new Map([['patch_embed.pos_embedding', positions], ...transformerShapes(config, kind)]);
}

async function writeCameraFiles(
  folder: string,
  transformer: TransformerConfig,
  vae: VaeConfig,
  draw: ((name: string, shape: readonly number[]) => Float32Array) | undefined,
): Promise<void> {
  const zeros = (_: string, shape: readonly number[]): Float32Array => new Float32Array(elementCount(shape));
  const weights = [...cameraGuiderShapes(transformer)].map(([name, shape]): [string, PtTensor] => {
    return [name, { shape, values: (draw ?? zeros)(name, shape) }];
  });
  await writeFile(join(folder, 'camera_guider.pt'), writePt(new Map(weights), 'camera_guider'));
  const [width, height] = [transformer.sampleWidth, transformer.sampleHeight].map((side) => side * spatialFactor(vae));
  const cameras = ringCameras(height ?? 0).map((c) => canvasCamera(c, width ?? 0, height ?? 0, 'height'));
  const shape = [6, height ?? 0, width ?? 0];
  await mkdir(join(folder, 'camera_embs'), { recursive: true });
  for (const [view, camera] of cameras.entries()) {
    const values = draw ? floatsOf(rayEmbedding(camera, cameras[0] ?? camera)) : zeros('', shape);
    await writeSparse(join(folder, 'camera_embs', `${view}.pt`), writePt({ shape, values }, `${view}`));
  }
}
