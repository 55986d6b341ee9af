import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppError } from '../../../core/errors.ts';
import { readInput } from '../../files/read.ts';
import { elementCount, type Tensor } from '../../onnx/tensor.ts';
import { openGuider, readEmbedding, type CameraGuider } from './camera-files.ts';
import {
  readSchedulerConfig,
  readTextEncoderConfig,
  readTransformerConfig,
  readVaeConfig,
  type SchedulerConfig,
  type TextEncoderConfig,
  type TransformerConfig,
  type VaeConfig,
} from '../configs.ts';
import {
  cameraGuiderShapes,
  textEncoderShapes,
  transformerShapes,
  UNUSED,
  vaeShapes,
  type Kind,
  type Shapes,
} from './expected-shapes.ts';
import { checkClaims, GUIDER, requireLayout } from './layout.ts';
import { moduleWeights, type ModuleWeights } from './module-weights.ts';
import { sameShape, type StoredWeights } from './open-weights.ts';

/** One network of a checkpoint; its weights stay in their files. */
export interface CheckpointModule<Config> {
  readonly config: Config;
  readonly weights: StoredWeights;
  /** Numbers that the network computes with. */
  readonly parameters: number;
  /** What is amiss with its tensors, one phrase each; empty where all is as it should be. */
  readonly findings: readonly string[];
  /** What is odd about its files without standing in a run's way, one phrase each. */
  readonly remarks: readonly string[];
}

/** A folder of the published layout, opened; nothing of its large files was read but their headers. */
export interface Checkpoint {
  /** Absolute. */
  readonly folder: string;
  readonly kind: Kind;
  readonly transformer: CheckpointModule<TransformerConfig>;
  readonly vae: CheckpointModule<VaeConfig>;
  readonly textEncoder: CheckpointModule<TextEncoderConfig> & {
    readonly tokenizerFolder: string;
    readonly identity: string;
  };
  readonly scheduler: SchedulerConfig;
  /** In memory; 4D only. */
  readonly cameraGuider?: CameraGuider;
  /** The ray embedding of a view, [6, height, width]; 4D only. */
  readonly cameraEmbedding?: (view: number) => Promise<Tensor>;
  /** Tells this checkpoint from others without reading it: names, sizes and times of its files. */
  readonly identity: string;
}

/**
 * Opens the checkpoint in a folder and looks at every tensor's name and shape. Throws an `AppError` that says what the folder is where it is none, and which
 * file is damaged or missing. Tensors that are missing or misshapen are findings (see `requireWhole`).
 */
export async function openCheckpoint(path: string): Promise<Checkpoint> {
  const folder = resolve(path);
  await requireLayout(folder);
  const read = async <C>(module: string, file: string, reader: (bytes: Uint8Array, file: string) => C): Promise<C> => {
    const config = join(folder, module, file);
    return reader(await readInput(config), config);
  };
  const transformerConfig = await read('transformer', 'config.json', readTransformerConfig);
  const transformerFiles = await moduleWeights(folder, 'transformer', 'diffusion_pytorch_model');
  const kind = kindOf(transformerFiles.weights);
  await checkClaims(folder, kind);
  const transformer = moduleOf(
    transformerConfig,
    transformerFiles,
    transformerShapes(transformerConfig, kind),
    UNUSED.transformer,
  );
  const vaeConfig = await read('vae', 'config.json', readVaeConfig);
  const vae = moduleOf(vaeConfig, await moduleWeights(folder, 'vae', 'diffusion_pytorch_model'), vaeShapes(vaeConfig));
  const textConfig = await read('text_encoder', 'config.json', readTextEncoderConfig);
  const textFiles = await moduleWeights(folder, 'text_encoder', 'model');
  const textEncoder = {
    ...moduleOf(textConfig, textFiles, textEncoderShapes(textConfig), UNUSED.textEncoder),
    tokenizerFolder: join(folder, 'tokenizer'),
    identity: await identityOf([textFiles.weights]),
  };
  requireChannels(folder, transformerConfig, vaeConfig);
  const scheduler = await read('scheduler', 'scheduler_config.json', readSchedulerConfig);
  const camera =
    kind === '4d'
      ? {
          cameraGuider: await openGuider(join(folder, GUIDER), cameraGuiderShapes(transformerConfig)),
          cameraEmbedding: (view: number) => readEmbedding(folder, view),
        }
      : {};
  const identity = await identityOf([transformer.weights, vae.weights, textEncoder.weights]);
  return { folder, kind, transformer, vae, textEncoder, scheduler, ...camera, identity };
}

/** The transformer takes latents and pose latents side by side: others of the family, which take text alone, do not. */
function requireChannels(folder: string, transformer: TransformerConfig, vae: VaeConfig): void {
  const { inChannels, outChannels } = transformer;
  const { latentChannels } = vae;
  if (inChannels === 2 * latentChannels && outChannels === latentChannels) return;
  throw new AppError(
    'bad-input',
    `${join(folder, 'transformer/config.json')} has in_channels ${inChannels} and out_channels ${outChannels} where ` +
      `CharacterShot has ${2 * latentChannels} and ${latentChannels}; choose its checkpoint.`,
  );
}

/** Throws an `AppError` with the first finding of a checkpoint that cannot be run. */
export function requireWhole({ folder, ...checkpoint }: Checkpoint): void {
  for (const [name, { findings }] of partsOf(checkpoint)) {
    const [first] = findings;
    if (first === undefined) continue;
    const more =
      findings.length > 1 ? ` and ${findings.length - 1} more findings (charactershot models check lists them)` : '';
    throw new AppError('bad-input', `${join(folder, name)}: ${first}${more}; fetch the published checkpoint again.`);
  }
}

/** What findings are about, by the name of its file or folder. */
export function partsOf({
  transformer,
  vae,
  textEncoder,
  cameraGuider,
}: Pick<Checkpoint, 'transformer' | 'vae' | 'textEncoder' | 'cameraGuider'>): readonly (readonly [
  name: string,
  part: { readonly findings: readonly string[]; readonly remarks: readonly string[] },
])[] {
  const networks = [
    ['transformer', transformer] as const,
    ['vae', vae] as const,
    ['text_encoder', textEncoder] as const,
  ];
  return cameraGuider ? [...networks, [GUIDER, cameraGuider]] : networks;
}

function kindOf({ tensors, folder }: StoredWeights): Kind {
  const names = [...tensors.keys()];
  if (names.some((name) => /lora_|\.lora\./i.test(name))) {
    throw new AppError(
      'bad-input',
      `The transformer in ${folder} is a LoRA, which changes another model; choose the published checkpoint.`,
    );
  }
  return names.some((name) => /\.(attn2|view_norm1)\./.test(name)) ? '4d' : '2d';
}

function moduleOf<C>(
  config: C,
  { weights, remarks }: ModuleWeights,
  shapes: Shapes,
  unused: readonly string[] = [],
): CheckpointModule<C> {
  const findings: string[] = [];
  let parameters = 0;
  for (const [name, shape] of shapes) {
    const tensor = weights.tensors.get(name);
    parameters += elementCount(shape);
    if (!tensor) findings.push(`${name} [${shape.join(', ')}] is missing`);
    else if (!sameShape(tensor.shape, shape)) {
      findings.push(`${name} has shape [${tensor.shape.join(', ')}] instead of [${shape.join(', ')}]`);
    } else if (!['F32', 'F16', 'BF16'].includes(tensor.dtype)) findings.push(`${name} is stored as ${tensor.dtype}`);
  }
  for (const name of weights.tensors.keys()) {
    if (!shapes.has(name) && !unused.includes(name)) findings.push(`${name} is of no use to this network`);
  }
  return { config, weights, parameters, findings, remarks };
}

async function identityOf(modules: readonly StoredWeights[]): Promise<string> {
  const paths = new Set(modules.flatMap(({ tensors }) => [...tensors.values()].map(({ path }) => path)));
  const hash = createHash('sha256');
  for (const path of [...paths].sort()) {
    const { size, mtimeMs } = await stat(path);
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex').slice(0, 32);
}
