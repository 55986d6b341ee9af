import { availableParallelism } from 'node:os';
import type * as OnnxRuntime from 'onnxruntime-node';
import { PROVIDER_NAMES, type Provider } from './provider.ts';
import { cpuRuntime, runtimeOf, type Runtime } from './session.ts';

export interface RuntimeChoice {
  readonly provider: Provider;
  /** Number of the card, as the driver counts; the first one without it. */
  readonly deviceId?: number;
  /** Threads on the processor; without it one for each core. */
  readonly threads?: number;
  /** Fails instead of letting the processor do what the provider cannot. */
  readonly strict?: boolean;
  /** What to do when memory runs out; an error says it. */
  readonly remedy?: string;
}

/**
 * ONNX Runtime on `choice.provider`. What the provider cannot do, the processor does. Everywhere but on the processor this is
 * written from the documentation and has never run on such a device.
 */
export function runtimeFor(choice: RuntimeChoice): Runtime {
  const { provider, threads = availableParallelism(), strict = false, remedy } = choice;
  if (provider === 'cpu') return cpuRuntime({ threads, ...(remedy === undefined ? {} : { remedy }) });
  const { executionProvider, session, ...options } = providerOptions(choice);
  return runtimeOf(
    {
      ...options,
      executionProviders: strict ? [executionProvider] : [executionProvider, 'cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      enableCpuMemArena: false,
      extra: {
        session: {
          ...session,
          ...(strict ? { disable_cpu_ep_fallback: '1' } : {}),
          intra_op: { allow_spinning: '0' },
        },
      },
    },
    { device: PROVIDER_NAMES[provider], ...(remedy === undefined ? {} : { remedy }) },
  );
}

interface ProviderOptions {
  readonly executionProvider: OnnxRuntime.InferenceSession.ExecutionProviderConfig;
  readonly session: Readonly<Record<string, string>>;
  readonly enableMemPattern?: boolean;
  readonly executionMode?: 'sequential';
}

function providerOptions({ provider, deviceId = 0 }: RuntimeChoice): ProviderOptions {
  switch (provider) {
    case 'cuda':
      // Of CUDA's own options onnxruntime-node passes on the number of the card and nothing else: neither a limit of memory nor
      // how its arena grows. Weights at least are kept out of that arena, which grows by doubling.
      return { executionProvider: { name: 'cuda', deviceId }, session: { use_device_allocator_for_initializers: '1' } };
    case 'webgpu':
      // All runs of a graph have the same shapes: buffers of exactly their sizes come back.
      return { executionProvider: { name: 'webgpu', storageBufferCacheMode: 'simple' }, session: {} };
    case 'dml':
      // DirectML refuses memory patterns and parallel execution.
      return {
        executionProvider: { name: 'dml', deviceId },
        session: {},
        enableMemPattern: false,
        executionMode: 'sequential',
      };
    case 'coreml':
    case 'cpu':
      return { executionProvider: { name: provider }, session: {} };
  }
}
