import { AppError } from '../../../core/errors.ts';
import type { Tensor } from '../../onnx/tensor.ts';
import type { Runtime, Session, Tensors } from '../runtime/session.ts';
import { SAMPLE, type DitGraphs, type DitPart } from './dit.ts';
import { timeProjection } from './time-projection.ts';

/** `resident`: all parts stay loaded. `group`: each part is loaded, run and released in turn, at every prediction anew. */
export type DitPlan = 'resident' | 'group';

/** float32, of the shapes in `DitGraphs.inputs`; 2D has neither frame text nor camera. */
export interface DitArguments {
  /** Latents and pose latents, 32 channels. */
  readonly hidden: Tensor;
  readonly text: Tensor;
  /** Text of every frame. In the authors' code it is the text of batch element 0, view 0, for all: that of the negative prompt. */
  readonly frameText?: Tensor;
  readonly camera?: Tensor;
  /** 0..999, one for each batch element. */
  readonly timesteps: readonly number[];
}

export interface PredictOptions {
  /** Looked at before every part. */
  readonly signal?: AbortSignal;
  /** Told the values that the graphs were asked to give out as well. */
  readonly observe?: (name: string, value: Tensor) => void;
}

/** A transformer that is ready to predict. */
export interface Dit {
  /** The prediction (v), float32, of the shape `DitGraphs.output`. */
  predict(inputs: DitArguments, options?: PredictOptions): Promise<Tensor>;
  release(): Promise<void>;
}

/** Throws an `AppError` where a part cannot be loaded; then nothing stays loaded. */
export async function openDit(runtime: Runtime, graphs: DitGraphs, plan: DitPlan): Promise<Dit> {
  const loaded = plan === 'resident' ? await loadAll(runtime, graphs.parts) : new Map<DitPart, Session>();
  return {
    predict: (inputs, options = {}) => predict(runtime, graphs, loaded, inputs, options),
    release: () => releaseAll(loaded),
  };
}

async function predict(
  runtime: Runtime,
  graphs: DitGraphs,
  loaded: ReadonlyMap<DitPart, Session>,
  inputs: DitArguments,
  { signal, observe }: PredictOptions,
): Promise<Tensor> {
  let values: Tensors = graphInputs(graphs, inputs);
  for (const part of graphs.parts) {
    if (signal?.aborted) throw new AppError('cancelled', 'The prediction was stopped.');
    const session = loaded.get(part);
    const results = session ? await session.run(feeds(part, values)) : await loadAndRun(runtime, part, values);
    if (observe) for (const [name, value] of Object.entries(results)) observe(name, value);
    // What the next part does not take is let go of.
    values = results;
  }
  const sample = values[SAMPLE];
  if (!sample) throw new Error('The last part of the transformer gives no sample.');
  return sample;
}

async function loadAndRun(runtime: Runtime, part: DitPart, values: Tensors): Promise<Tensors> {
  const session = await runtime.load(part);
  try {
    return await session.run(feeds(part, values));
  } finally {
    await session.release();
  }
}

async function loadAll(runtime: Runtime, parts: readonly DitPart[]): Promise<Map<DitPart, Session>> {
  const loaded = new Map<DitPart, Session>();
  try {
    for (const part of parts) loaded.set(part, await runtime.load(part));
    return loaded;
  } catch (error) {
    await releaseAll(loaded);
    throw error;
  }
}

async function releaseAll(loaded: Map<DitPart, Session>): Promise<void> {
  const sessions = [...loaded.values()];
  loaded.clear();
  for (const session of sessions) await session.release();
}

function feeds({ inputs, name }: DitPart, values: Tensors): Tensors {
  const wanted = inputs.map((input) => {
    const value = values[input];
    if (!value) throw new Error(`${name} wants ${input}, which is not there.`);
    return [input, value] as const;
  });
  return Object.fromEntries(wanted);
}

/** The inputs by the names and in the shapes of the graphs; throws a RangeError naming one that does not fit. */
function graphInputs({ inputs: dims, size }: DitGraphs, inputs: DitArguments): Tensors {
  const { hidden, text, frameText, camera, timesteps } = inputs;
  const time = timeProjection(timesteps, size.channels);
  const given: Readonly<Record<string, Tensor | undefined>> = { hidden, text, frame_text: frameText, camera, time };
  const fitting = Object.entries(dims).map(([name, shape]) => {
    const tensor = given[name];
    if (tensor?.type === 'float32' && tensor.dims.join() === shape.join()) return [name, tensor] as const;
    const is = tensor ? `${tensor.type}[${tensor.dims.join(', ')}]` : 'missing';
    throw new RangeError(`The transformer's input ${name} is ${is} instead of float32[${shape.join(', ')}].`);
  });
  return Object.fromEntries(fitting);
}
