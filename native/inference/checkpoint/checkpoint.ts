import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { AppError } from '../../../core/errors.ts';
import { isRecord, parseJson } from '../../../core/formats/json.ts';
import { RING_VIEWS } from '../../../core/ring.ts';
import { readInput } from '../../files/read.ts';
import { elementCount, type Tensor } from '../../onnx/tensor.ts';
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
import type { WeightSource } from '../weights.ts';
import {
  cameraGuiderShapes,
  textEncoderShapes,
  transformerShapes,
  UNUSED,
  vaeShapes,
  type Kind,
  type Shapes,
} from './expected-shapes.ts';
import { missingWeight, openWeights, sameShape, wrongShape, type StoredWeights } from './open-weights.ts';
import { readPt } from './pt/read-pt.ts';

/** One network of a checkpoint; its weights stay in their files. */
export interface CheckpointModule<Config> {
  readonly config: Config;
  readonly weights: StoredWeights;
  /** Numbers that the network computes with. */
  readonly parameters: number;
  /** What is amiss with its tensors, one phrase each; empty where all is as it should be. */
  readonly findings: readonly string[];
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
  readonly cameraGuider?: WeightSource;
  /** The ray embedding of a view, [6, height, width]; 4D only. */
  readonly cameraEmbedding?: (view: number) => Promise<Tensor>;
  /** Tells this checkpoint from others without reading it: names, sizes and times of its files. */
  readonly identity: string;
}

const FOLDERS = ['transformer', 'vae', 'text_encoder', 'tokenizer', 'scheduler'] as const;
const GUIDER = 'camera_guider.pt';
const EMBEDDINGS = 'camera_embs';
/** A view's embedding at 720x480 is 8 MB; nothing that is read whole is larger than this. */
const MAX_PT_BYTES = 256 * 2 ** 20;

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
  const transformerWeights = await moduleWeights(folder, 'transformer', 'diffusion_pytorch_model');
  const kind = kindOf(transformerWeights);
  await checkClaims(folder, kind);
  const transformer = moduleOf(
    transformerConfig,
    transformerWeights,
    transformerShapes(transformerConfig, kind),
    UNUSED.transformer,
  );
  const vaeConfig = await read('vae', 'config.json', readVaeConfig);
  const vae = moduleOf(vaeConfig, await moduleWeights(folder, 'vae', 'diffusion_pytorch_model'), vaeShapes(vaeConfig));
  const textConfig = await read('text_encoder', 'config.json', readTextEncoderConfig);
  const textWeights = await moduleWeights(folder, 'text_encoder', 'model');
  const textEncoder = {
    ...moduleOf(textConfig, textWeights, textEncoderShapes(textConfig), UNUSED.textEncoder),
    tokenizerFolder: join(folder, 'tokenizer'),
    identity: await identityOf([textWeights]),
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
  const identity = await identityOf([transformerWeights, vae.weights, textWeights]);
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
export function requireWhole({ folder, transformer, vae, textEncoder }: Checkpoint): void {
  for (const [name, { findings }] of Object.entries({ transformer, vae, text_encoder: textEncoder })) {
    const [first] = findings;
    if (first === undefined) continue;
    const more =
      findings.length > 1 ? ` and ${findings.length - 1} more findings (charactershot models check lists them)` : '';
    throw new AppError('bad-input', `${join(folder, name)}: ${first}${more}; fetch the published checkpoint again.`);
  }
}

async function requireLayout(folder: string): Promise<void> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new AppError(
      'not-found',
      `${folder} is no folder that can be read; choose the folder of a checkpoint.`,
      cause,
    );
  });
  const lora = names.find((name) => /lora|^adapter_(config|model)/i.test(name));
  if (lora !== undefined && !names.includes('transformer')) {
    throw new AppError(
      'bad-input',
      `${folder} is a LoRA (${lora}), which changes another model; choose the published checkpoint.`,
    );
  }
  const missing = FOLDERS.filter((name) => !names.includes(name));
  if (missing.length === 0) return;
  const inside = names.find((name) => existsSync(join(folder, name, 'transformer')));
  if (inside !== undefined) {
    throw new AppError('bad-input', `${folder} is not the checkpoint itself; choose ${join(folder, inside)}.`);
  }
  if (names.includes('config.json') && existsSync(join(folder, '..', 'transformer'))) {
    throw new AppError('bad-input', `${folder} is only a part of a checkpoint; choose ${resolve(folder, '..')}.`);
  }
  if (missing.length === FOLDERS.length) {
    throw new AppError(
      'bad-input',
      `${folder} holds no checkpoint of CharacterShot; it has none of ${FOLDERS.join(', ')}.`,
    );
  }
  throw new AppError('not-found', `${folder} lacks ${missing.join(', ')}; fetch the checkpoint again, all of it.`);
}

/** The files of a module's weights: those that its index names, or the only one. */
async function moduleWeights(root: string, module: string, stem: string): Promise<StoredWeights> {
  const folder = join(root, module);
  const names = await readdir(folder);
  const partial = names.find((name) => name.endsWith('.incomplete') || name.endsWith('.part'));
  if (partial !== undefined) {
    throw new AppError('bad-input', `${join(folder, partial)} is half a download; let it finish, or fetch it again.`);
  }
  // Without a variant ("model.fp16.safetensors") first; a variant only where there is nothing else.
  const plain = names.find((name) => name === `${stem}.safetensors`);
  const index =
    names.find((name) => name === `${stem}.safetensors.index.json`) ??
    names.find((name) => name.startsWith(`${stem}.`) && name.endsWith('.safetensors.index.json'));
  if (plain === undefined && index !== undefined) return indexedWeights(folder, index);
  const single = plain ?? names.find((name) => name.startsWith(`${stem}.`) && name.endsWith('.safetensors'));
  if (single === undefined) {
    const lora = names.find((name) => /lora/i.test(name));
    if (lora !== undefined) {
      throw new AppError(
        'bad-input',
        `${join(folder, lora)} is a LoRA, which changes another model; choose the published checkpoint.`,
      );
    }
    throw new AppError(
      'not-found',
      `${folder} has no ${stem}.safetensors, whole or in parts; fetch the checkpoint again.`,
    );
  }
  return openWeights([join(folder, single)], { folder: root });
}

async function indexedWeights(folder: string, index: string): Promise<StoredWeights> {
  const path = join(folder, index);
  const parsed = parseJson(await readFile(path), path);
  const map = isRecord(parsed) ? parsed.weight_map : undefined;
  const files = isRecord(map) ? [...new Set(Object.values(map))] : [];
  if (
    files.length === 0 ||
    !files.every((file): file is string => typeof file === 'string' && file === basename(file))
  ) {
    throw new AppError('bad-input', `${path} does not name the files of the weights; fetch it again.`);
  }
  const absent = files.filter((file) => !existsSync(join(folder, file)));
  if (absent.length > 0) {
    throw new AppError(
      'not-found',
      `${folder} lacks ${absent.join(', ')}, which ${index} names; fetch the checkpoint again.`,
    );
  }
  const weights = await openWeights(
    files.map((file) => join(folder, file)),
    { folder: resolve(folder, '..') },
  );
  const absentTensor = Object.keys(map as object).find((name) => !weights.tensors.has(name));
  if (absentTensor !== undefined) throw missingWeight(folder, absentTensor);
  return weights;
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

/** What the folder says it is must be what its transformer is. */
async function checkClaims(folder: string, kind: Kind): Promise<void> {
  const path = join(folder, 'model_index.json');
  const index = existsSync(path) ? parseJson(await readInput(path), path) : undefined;
  const claimed = isRecord(index) ? String(index._class_name) : '';
  const hasCameras = existsSync(join(folder, GUIDER)) || existsSync(join(folder, EMBEDDINGS));
  if (kind === '2d' && (claimed.includes('4D') || hasCameras)) {
    const sign = claimed.includes('4D') ? claimed : 'its camera files';
    throw new AppError(
      'bad-input',
      `${folder} calls itself the 4D model (${sign}) but its transformer is the 2D one; fetch the 4D checkpoint again.`,
    );
  }
  const embeddings = Array.from({ length: RING_VIEWS }, (_, view) => join(EMBEDDINGS, `${view}.pt`));
  const lacking = [GUIDER, ...embeddings].filter((name) => !existsSync(join(folder, name)));
  if (kind === '4d' && lacking.length > 0) {
    throw new AppError(
      'not-found',
      `${folder} holds the 4D model but lacks ${lacking.slice(0, 3).join(', ')}; fetch the checkpoint again, all of it.`,
    );
  }
}

function moduleOf<C>(
  config: C,
  weights: StoredWeights,
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
  return { config, weights, parameters, findings };
}

/** The camera guider's weights, whose names may have a prefix ("module."); all must be there. */
async function openGuider(path: string, shapes: Shapes): Promise<WeightSource> {
  const tensors = readPt(await readSmall(path), path);
  const [prefix = ''] = [...tensors.keys()].flatMap((name) => /^(.*?)layer\.0\.weight$/.exec(name)?.[1] ?? []);
  const find = (name: string, shape: readonly number[]): Tensor => {
    const tensor = tensors.get(prefix + name);
    if (!tensor) throw missingWeight(path, name);
    if (!sameShape(tensor.dims, shape)) throw wrongShape(path, name, tensor.dims, shape);
    return tensor;
  };
  for (const [name, shape] of shapes) find(name, shape);
  return { folder: resolve(path, '..'), weight: find };
}

async function readEmbedding(folder: string, view: number): Promise<Tensor> {
  const path = join(folder, EMBEDDINGS, `${view}.pt`);
  const tensors = readPt(await readSmall(path), path);
  const [tensor] = [...tensors.values()];
  if (tensors.size === 1 && tensor?.dims.length === 3 && tensor.dims[0] === 6) return tensor;
  throw new AppError('bad-input', `${path} is no ray embedding of a view, [6, height, width]; fetch it again.`);
}

async function readSmall(path: string): Promise<Uint8Array> {
  const { size } = await stat(path).catch((cause: unknown) => {
    throw new AppError('not-found', `${path} is not there; fetch the checkpoint again, all of it.`, cause);
  });
  if (size <= MAX_PT_BYTES) return readInput(path);
  throw new AppError('bad-input', `${path} is far larger than what it should hold; fetch it again.`);
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
