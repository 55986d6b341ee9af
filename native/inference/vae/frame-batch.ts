import type { Value } from '../../onnx/graph-builder.ts';
import type { ElementType } from '../../onnx/tensor.ts';
import { EDGE_TYPE, type ModuleBuilder, type Precision } from '../graphs/module-builder.ts';

/**
 * A feature map: one value of shape [1, channels, 1, height, width] a frame. Frames apart need far less memory than one tensor:
 * what one layer makes of a frame is gone before the next frame's turn, and frames doubled in time are one value, listed twice.
 */
export interface Frames {
  readonly values: readonly Value[];
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Each frame changed by itself; a value that is listed twice is computed once. */
export function eachFrame(frames: Frames, change: (frame: Value, index: number) => Value, channels?: number): Frames {
  const known = new Map<Value, Value>();
  const values = frames.values.map((frame, index) => {
    const changed = known.get(frame) ?? change(frame, index);
    known.set(frame, changed);
    return changed;
  });
  return { ...frames, values, channels: channels ?? frames.channels };
}

/** A frame that a convolution keeps for the next batch: an input and an output of the graphs. */
export interface KeptFrame {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly number[];
}

export interface FrameBatchOptions {
  /** A batch went before: its last frames come in as `past ...`. */
  readonly continues: boolean;
  /** A batch follows: the last frames go out as `next ...`. */
  readonly continued: boolean;
  /** What each stage gives goes out as `stage ...` as well. */
  readonly observed: boolean;
}

/** Frames that are computed in one run of a graph, and what ties them to the batches before and after. */
export class FrameBatch {
  readonly kept: KeptFrame[] = [];
  readonly stages: string[] = [];
  /** The type in which feature maps wait for the layers that need them. */
  readonly #stored: Precision;
  readonly #options: FrameBatchOptions;

  constructor(stored: Precision, options: FrameBatchOptions) {
    this.#stored = stored;
    this.#options = options;
  }

  get observing(): boolean {
    return this.#options.observed;
  }

  /** Puts a layer's result away. */
  store(module: ModuleBuilder, value: Value): Value {
    return module.cast(value, module.precision, this.#stored);
  }

  /** Takes a stored value up for computing. */
  load(module: ModuleBuilder, value: Value): Value {
    return module.cast(value, this.#stored, module.precision);
  }

  /** The two frames before `frames` at this convolution: those of the batch before, or the first frame twice. */
  before(module: ModuleBuilder, frames: Frames): readonly Value[] {
    const [first = ''] = frames.values;
    if (!this.#options.continues) return [first, first];
    const dims = [1, frames.channels, 1, frames.height, frames.width];
    return [0, 1].map((index) => module.input(`past ${module.path} ${index}`, dims));
  }

  /** Gives out the last two of `frames`, which the next batch at this convolution begins with. */
  keep(module: ModuleBuilder, frames: Frames): void {
    if (!this.#options.continued) return;
    const dims = [1, frames.channels, 1, frames.height, frames.width];
    frames.values.slice(-2).forEach((value, index) => {
      const name = `${module.path} ${index}`;
      module.output(`next ${name}`, value, dims);
      this.kept.push({ name, type: EDGE_TYPE[module.precision], dims });
    });
  }

  /** Lets whoever observes see what a stage gives. */
  observe(module: ModuleBuilder, stage: string, frames: Frames): Frames {
    if (!this.#options.observed) return frames;
    const joined = module.op('Concat', [...frames.values], { axis: 2 });
    const dims = [1, frames.channels, frames.values.length, frames.height, frames.width];
    module.graph.output(`stage ${stage}`, module.cast(joined, this.#stored, 'float32'), 'float32', dims);
    this.stages.push(stage);
    return frames;
  }
}
