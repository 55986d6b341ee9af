import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { loadRuntime } from '../../onnx/session.ts';
import type { Precision } from '../graphs/module-builder.ts';
import { linuxCards, nvidiaCards, type GraphicsCard } from './graphics-cards.ts';
import { missingLibraries } from './libraries.ts';
import type { Rates } from './measure-rates.ts';
import { probeProvider, type ProbeResult } from './probe.ts';
import { placementsFor, type Provider } from './provider.ts';

/** One provider on this machine: ready with what was measured, or out with the reason and what would help. */
export interface Candidate {
  readonly provider: Provider;
  readonly state: 'ready' | 'out';
  /** What was found, or why it is out: the end of a sentence. */
  readonly reason: string;
  readonly remedy?: string;
  readonly card?: GraphicsCard;
  readonly rates?: Rates;
}

/** What the list of candidates is made from; tests put another machine in its place. */
export interface MachineFacts {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** Of onnxruntime-node. */
  readonly version: string;
  /** Providers that the library was built with. */
  readonly builtIn: readonly string[];
  /** Where onnxruntime-node looks for the libraries of providers. */
  readonly providersFolder: string;
  readonly exists: (path: string) => boolean;
  readonly missingLibraries: (names: readonly string[]) => Promise<readonly string[]>;
  /** Throws where no driver answers. */
  readonly nvidiaCards: () => Promise<readonly GraphicsCard[]>;
  readonly otherCards: () => Promise<readonly GraphicsCard[]>;
  readonly probe: (provider: Provider, precision: Precision) => Promise<ProbeResult>;
}

/** In the order of preference; the processor is always last. */
const ORDER: readonly Provider[] = ['cuda', 'webgpu', 'dml', 'coreml', 'cpu'];

/** What the provider for CUDA 12 loads itself, by the names that NVIDIA gives the libraries. */
const CUDA_LIBRARIES = [
  'libcudart.so.12',
  'libcublas.so.12',
  'libcublasLt.so.12',
  'libcudnn.so.9',
  'libcufft.so.11',
  'libcurand.so.10',
];
const CUDA_PROVIDER = ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so'];

/**
 * Every provider that the networks could run on, best first, with its state. Those that have all they need are tried in a process of
 * their own. Throws an `AppError` where ONNX Runtime itself cannot be loaded.
 */
export async function examineProviders(facts?: MachineFacts): Promise<readonly Candidate[]> {
  const machine = facts ?? (await thisMachine());
  return Promise.all(ORDER.map((provider) => examine(provider, machine)));
}

async function examine(provider: Provider, machine: MachineFacts): Promise<Candidate> {
  if (!machine.builtIn.includes(provider)) {
    const reason = `onnxruntime-node ${machine.version} for ${machine.platform}-${machine.arch} is built without it`;
    return { provider, state: 'out', reason };
  }
  switch (provider) {
    case 'cuda':
      return examineCuda(machine);
    case 'webgpu':
      return examineWebGpu(machine);
    case 'dml':
      return tried({ provider, machine, card: (await machine.otherCards())[0] });
    case 'coreml':
      return {
        provider,
        state: 'out',
        reason: 'it makes a copy of all weights in a format of its own, which these networks are too large for',
      };
    case 'cpu':
      return { provider, state: 'ready', reason: 'always there; very slow at the size of the published networks' };
  }
}

async function examineCuda(machine: MachineFacts): Promise<Candidate> {
  const out = (reason: string, remedy: string): Candidate => ({ provider: 'cuda', state: 'out', reason, remedy });
  const cards = await machine.nvidiaCards().catch(() => []);
  const card = cards[0];
  if (!card) return out('no NVIDIA driver answers (nvidia-smi)', 'a card of NVIDIA and its driver are needed');

  const absent = CUDA_PROVIDER.filter((file) => !machine.exists(join(machine.providersFolder, file)));
  if (absent.length > 0) {
    return out(
      `${absent.join(' and ')} ${absent.length > 1 ? 'are' : 'is'} not in ${machine.providersFolder}`,
      `run: node ${join(machine.providersFolder, '../../../../script/install.js')} --onnxruntime-node-install=cuda12 ` +
        '(it fetches the NuGet package Microsoft.ML.OnnxRuntime.Gpu.Linux, some hundred MB)',
    );
  }
  const missing = await machine.missingLibraries(CUDA_LIBRARIES);
  if (missing.length > 0) {
    return out(
      `${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} not found`,
      'install the runtime libraries of CUDA 12 and of cuDNN 9 from NVIDIA, or name their folder in LD_LIBRARY_PATH',
    );
  }
  return tried({ provider: 'cuda', machine, card });
}

async function examineWebGpu(machine: MachineFacts): Promise<Candidate> {
  const isLinux = machine.platform === 'linux';
  if (isLinux && (await machine.missingLibraries(['libvulkan.so.1'])).length > 0) {
    const reason = 'libvulkan.so.1 is not found';
    const remedy =
      "install the Vulkan loader and your card's driver (Debian: apt install libvulkan1 mesa-vulkan-drivers)";
    return { provider: 'webgpu', state: 'out', reason, remedy };
  }
  return tried({ provider: 'webgpu', machine, card: (await machine.otherCards())[0] });
}

interface Trial {
  readonly provider: Provider;
  readonly machine: MachineFacts;
  readonly card: GraphicsCard | undefined;
}

async function tried({ provider, machine, card }: Trial): Promise<Candidate> {
  const precision = placementsFor(provider, card?.computeCapability).dit.precision;
  const result = await machine.probe(provider, precision);
  const found = { provider, ...(card ? { card } : {}) };
  if ('reason' in result) return { ...found, state: 'out', reason: `a trial failed: ${result.reason}` };
  const speed = `${(result.rates.linear / 1e12).toFixed(1)} TFLOP/s in ${precision}`;
  return { ...found, state: 'ready', reason: `${card?.name ?? 'a card'}, ${speed} measured`, rates: result.rates };
}

async function thisMachine(): Promise<MachineFacts> {
  const { listSupportedBackends } = await loadRuntime();
  const require = createRequire(import.meta.url);
  const root = join(dirname(require.resolve('onnxruntime-node')), '..');
  const { version } = require('onnxruntime-node/package.json') as { version: string };
  const { platform, arch } = process;
  return {
    platform,
    arch,
    version,
    builtIn: listSupportedBackends().map(({ name }) => name),
    providersFolder: join(root, 'bin', 'napi-v6', platform, arch),
    exists: existsSync,
    missingLibraries,
    nvidiaCards,
    otherCards: () => otherCards(platform),
    probe: probeProvider,
  };
}

/** Node cannot ask Windows for the memory of its cards; on a Mac it is the machine's own. */
async function otherCards(platform: NodeJS.Platform): Promise<readonly GraphicsCard[]> {
  if (platform === 'linux') return nvidiaCards().catch(() => linuxCards());
  if (platform === 'darwin') return [{ name: "the Mac's own", totalBytes: totalmem() }];
  return nvidiaCards().catch(() => []);
}
