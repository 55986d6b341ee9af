import type * as OnnxRuntime from 'onnxruntime-node';
import { AppError } from '../../../core/errors.ts';
import { loadRuntime } from '../../onnx/session.ts';
import type { Tensor } from '../../onnx/tensor.ts';
import { PROVIDER_NAMES } from './provider.ts';

/** A graph that is ready to be loaded. */
export interface Graph {
  /** What it is, for messages: "transformer blocks 0 to 6". */
  readonly name: string;
  /** The bytes of an .onnx file. */
  readonly model: Uint8Array;
  /** Absolute folder of the files with its external weights. */
  readonly folder: string;
}

export type Tensors = Readonly<Record<string, Tensor>>;

/** A loaded graph; its memory is held until it is released. Runs follow one another. */
export interface Session {
  /** Inputs and results by name; results are the caller's. */
  run(inputs: Tensors): Promise<Tensors>;
  release(): Promise<void>;
}

/** Loads graphs. The one place that knows about provider, device and threads. */
export interface Runtime {
  load(graph: Graph): Promise<Session>;
}

export interface CpuOptions {
  readonly threads?: number;
  /** What to do when memory runs out; an error says it. */
  readonly remedy?: string;
}

/** ONNX Runtime on the processor. Weights are mapped from their files, not copied. */
export function cpuRuntime({ threads = 2, ...words }: CpuOptions = {}): Runtime {
  const options: OnnxRuntime.InferenceSession.SessionOptions = {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // The arena keeps what was freed: with it the peak is the sum of what every operator ever needed.
    enableCpuMemArena: false,
    // Prepacking would copy every weight out of its mapped file; Gemm with transB measured equally fast without (BENCHMARKS.md).
    extra: { session: { disable_prepacking: '1', intra_op: { allow_spinning: '0' } } },
  };
  return runtimeOf(options, words);
}

/** How errors speak. */
interface Words {
  /** The device as messages call it; the processor without it. */
  readonly device?: string;
  /** What to do when memory runs out. */
  readonly remedy?: string;
}

/** ONNX Runtime with these options; the folder of the weights is added for every graph. */
export function runtimeOf(
  options: OnnxRuntime.InferenceSession.SessionOptions,
  { device = PROVIDER_NAMES.cpu, remedy = 'close other programs' }: Words = {},
): Runtime {
  const fail = (cause: unknown, sentence: string, graph: string): AppError =>
    cause instanceof Error && NO_ROOM.test(cause.message)
      ? new AppError('failed', `The memory of ${device} is too small for ${graph}; ${remedy}.`, cause)
      : new AppError('failed', `${sentence} on ${device}.`, cause);
  return {
    async load(graph) {
      const { InferenceSession, Tensor: RuntimeTensor } = await loadRuntime();
      const session = await create(InferenceSession, graph, options).catch((cause: unknown) => {
        throw fail(cause, `ONNX Runtime cannot load ${graph.name} with the weights in ${graph.folder}`, graph.name);
      });
      return {
        async run(inputs) {
          const feeds = Object.entries(inputs).map(([name, tensor]) => [name, feed(RuntimeTensor, tensor)] as const);
          const results = await session.run(Object.fromEntries(feeds)).catch((cause: unknown) => {
            throw fail(cause, `ONNX Runtime failed while running ${graph.name}`, graph.name);
          });
          return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, plain(name, value)]));
        },
        release: () => session.release(),
      };
    },
  };
}

/** `tensor` as the runtime takes it, sharing its bytes. */
function feed(RuntimeTensor: OnnxRuntime.TensorConstructor, tensor: Tensor): OnnxRuntime.Tensor {
  const type = edgeType(tensor);
  const data = elements(tensor);
  const fed = new RuntimeTensor(type, data, tensor.dims);
  // Node 24 has Float16Array, which the runtime wraps its data in but whose length its native half reads as 0.
  return type === 'float16' ? Object.defineProperty(fed, 'data', { value: data }) : fed;
}

function create(
  factory: OnnxRuntime.InferenceSessionFactory,
  { model, folder }: Graph,
  options: OnnxRuntime.InferenceSession.SessionOptions,
): Promise<OnnxRuntime.InferenceSession> {
  const extra = options.extra ?? {};
  const session = { ...(extra.session as object | undefined), model_external_initializers_file_folder_path: folder };
  return factory.create(model, { logSeverityLevel: 3, ...options, extra: { ...extra, session } });
}

/** What the allocators of the processor, CUDA, Direct3D and WebGPU say when there is no room. */
const NO_ROOM = /bad_alloc|out of memory|failed to allocate|E_OUTOFMEMORY|buffer of size .* exceeds/i;

/** The arrays in which ONNX Runtime takes and gives elements; 16-bit floats as bit patterns. */
const ARRAYS = {
  float32: Float32Array,
  float16: Uint16Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

type Edge = keyof typeof ARRAYS;

function edgeType({ type }: Tensor): Edge {
  if (type !== 'bfloat16') return type;
  throw new TypeError('JavaScript has no bfloat16 tensors; graphs take float32 or float16.');
}

function elements(tensor: Tensor): InstanceType<(typeof ARRAYS)[Edge]> {
  const { bytes } = tensor;
  const array = ARRAYS[edgeType(tensor)];
  const aligned = bytes.byteOffset % array.BYTES_PER_ELEMENT === 0 ? bytes : new Uint8Array(bytes);
  return new array(aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.byteLength / array.BYTES_PER_ELEMENT);
}

function plain(name: string, { type, dims, data }: OnnxRuntime.OnnxValue): Tensor {
  if (!Object.hasOwn(ARRAYS, type) || !ArrayBuffer.isView(data)) throw new TypeError(`${name} is given as ${type}.`);
  return {
    type: type as Edge,
    dims: dims.slice(),
    bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}
