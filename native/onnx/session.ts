import type * as OnnxRuntime from 'onnxruntime-node';
import { AppError } from '../../core/errors.ts';

export interface SessionOptions {
  /** Threads of one computation; two without it. */
  readonly threads?: number;
}

export interface NetworkInput {
  readonly data: Float32Array | Int32Array;
  readonly dims: readonly number[];
}

/** A network with one input, ready to run on the CPU. Runs follow one another; each gives arrays of its own. */
export interface Network {
  /** The network's own idea of its input, a name where a size is open. */
  readonly inputDims: readonly (number | string)[];
  /** The results by name. */
  run(input: NetworkInput): Promise<ReadonlyMap<string, Float32Array>>;
  dispose(): Promise<void>;
}

/** Opens an ONNX model from its bytes or its path. `name` stands for it in the `AppError` of one that is unusable. */
export async function openNetwork(
  model: Uint8Array | string,
  name: string,
  { threads = 2 }: SessionOptions = {},
): Promise<Network> {
  // Loaded when it is needed: where its library cannot be loaded, all else still works.
  const { Tensor } = await loadRuntime();
  const session = await createSession(model, name, threads);
  const [inputName = ''] = session.inputNames;
  const [metadata] = session.inputMetadata;
  const inputDims = metadata?.isTensor ? metadata.shape : [];
  return {
    inputDims,
    async run({ data, dims }) {
      const type = data instanceof Float32Array ? 'float32' : 'int32';
      const results = await session.run({ [inputName]: new Tensor(type, data, dims) });
      return new Map(
        Object.entries(results).map(([output, { data: values }]) => {
          if (values instanceof Float32Array) return [output, values];
          throw new AppError('bad-input', `The model ${name} gives no float32 numbers; use the original file.`);
        }),
      );
    },
    dispose: () => session.release(),
  };
}

export async function loadRuntime(): Promise<typeof OnnxRuntime> {
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    throw new AppError('failed', 'ONNX Runtime cannot be loaded on this machine; see charactershot doctor.', cause);
  }
}

async function createSession(
  model: Uint8Array | string,
  name: string,
  threads: number,
): Promise<OnnxRuntime.InferenceSession> {
  const options: OnnxRuntime.InferenceSession.SessionOptions = {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    // Threads that wait in a loop take the processor from everybody else; measured slower too on a busy machine.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
  const { InferenceSession: Session } = await loadRuntime();
  try {
    return typeof model === 'string' ? await Session.create(model, options) : await Session.create(model, options);
  } catch (cause) {
    throw new AppError('bad-input', `The model ${name} cannot be loaded; fetch or install it again.`, cause);
  }
}
