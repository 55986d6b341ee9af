import { expect, test } from 'vitest';
import type { GraphicsCard } from './graphics-cards.ts';
import { parseNvidiaSmi } from './graphics-cards.ts';
import { placementsFor } from './provider.ts';
import { examineProviders, type Candidate, type MachineFacts } from './providers.ts';

const CARD: GraphicsCard = { name: 'NVIDIA RTX 3090', totalBytes: 24 * 2 ** 30, computeCapability: 8.6 };
const RATES = { linear: 6e13, attention: 4e13, convolution: 3e13 };

/** A Linux machine that has everything CUDA needs, but for what a test takes away. */
const machine = (without: Partial<MachineFacts>): MachineFacts => ({
  platform: 'linux',
  arch: 'x64',
  version: '1.30.0',
  builtIn: ['cpu', 'webgpu', 'cuda'],
  providersFolder: '/app/bin/napi-v6/linux/x64',
  exists: () => true,
  missingLibraries: () => Promise.resolve([]),
  nvidiaCards: () => Promise.resolve([CARD]),
  otherCards: () => Promise.resolve([CARD]),
  probe: () => Promise.resolve({ rates: RATES }),
  ...without,
});

async function candidate(provider: string, without: Partial<MachineFacts>): Promise<Candidate> {
  const found = (await examineProviders(machine(without))).find((item) => item.provider === provider);
  if (!found) throw new Error(`${provider} is not in the list`);
  return found;
}

test('candidates come best first, and what the library lacks is out with its version and platform', async () => {
  const candidates = await examineProviders(machine({}));
  expect(candidates.map(({ provider, state }) => [provider, state])).toEqual([
    ['cuda', 'ready'],
    ['webgpu', 'ready'],
    ['dml', 'out'],
    ['coreml', 'out'],
    ['cpu', 'ready'],
  ]);
  expect(candidates[2]?.reason).toBe('onnxruntime-node 1.30.0 for linux-x64 is built without it');
});

test.each<[string, Partial<MachineFacts>, string | RegExp]>([
  ['driver', { nvidiaCards: () => Promise.reject(new Error('ENOENT')) }, 'no NVIDIA driver answers (nvidia-smi)'],
  ['card', { nvidiaCards: () => Promise.resolve([]) }, 'no NVIDIA driver answers (nvidia-smi)'],
  [
    'provider',
    { exists: (path) => !path.endsWith('providers_cuda.so') },
    'libonnxruntime_providers_cuda.so is not in /app/bin/napi-v6/linux/x64',
  ],
  [
    'cuDNN',
    { missingLibraries: (names) => Promise.resolve(names.filter((name) => name.includes('cudnn'))) },
    'libcudnn.so.9 is not found',
  ],
  ['trial', { probe: () => Promise.resolve({ reason: 'CUDA failure 35' }) }, 'a trial failed: CUDA failure 35'],
])('CUDA without its %s is out and says so', async (_, without, reason) => {
  expect(await candidate('cuda', without)).toMatchObject({ state: 'out', reason });
});

test('what is missing first is told, with what to do', async () => {
  const { remedy } = await candidate('cuda', { exists: () => false });
  expect(remedy).toContain('/app/script/install.js --onnxruntime-node-install=cuda12');
});

test('WebGPU needs Vulkan on Linux only', async () => {
  const missingLibraries = (names: readonly string[]): Promise<readonly string[]> => Promise.resolve(names);
  expect(await candidate('webgpu', { missingLibraries })).toMatchObject({ reason: 'libvulkan.so.1 is not found' });
  expect(await candidate('webgpu', { missingLibraries, platform: 'win32' })).toMatchObject({ state: 'ready' });
});

test('a card is tried in the type that it will compute in', async () => {
  const asked: string[] = [];
  const probe: MachineFacts['probe'] = (provider, precision) => {
    asked.push(`${provider} ${precision}`);
    return Promise.resolve({ rates: RATES });
  };
  await examineProviders(machine({ probe }));
  const turing = { ...CARD, computeCapability: 7.5 };
  await examineProviders(machine({ probe, builtIn: ['cuda'], nvidiaCards: () => Promise.resolve([turing]) }));
  expect(asked.sort()).toEqual(['cuda bfloat16', 'cuda float16', 'webgpu float16']);
});

test('the text encoder never computes in float16, which its activations do not fit', () => {
  for (const provider of ['cuda', 'webgpu', 'dml', 'cpu'] as const) {
    expect(placementsFor(provider, 7.5).text).toEqual({ provider: 'cpu', precision: 'float32' });
  }
  expect(placementsFor('cuda', 8).text).toEqual({ provider: 'cuda', precision: 'bfloat16' });
});

test('nvidia-smi is read, also where a card does not tell everything', () => {
  const text = 'NVIDIA A100, 40960, 40000, 8.0, 550.54\nGT 710, [N/A], [N/A], 3.5, 470.2\n\ngarbage\n';
  expect(parseNvidiaSmi(text)).toEqual([
    {
      name: 'NVIDIA A100',
      totalBytes: 40960 * 2 ** 20,
      freeBytes: 40000 * 2 ** 20,
      computeCapability: 8,
      driver: '550.54',
    },
    { name: 'GT 710', computeCapability: 3.5, driver: '470.2' },
  ]);
});
