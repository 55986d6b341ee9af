import type { ExternalTensor } from '../onnx/graph-builder.ts';
import type { Tensor } from '../onnx/tensor.ts';

/**
 * The weights of one module (transformer, vae, text encoder, camera guider), by the names of its state dict. Big ones stay in
 * their file and are named by place; small ones may be in memory.
 */
export interface WeightSource {
  /** Absolute folder that the locations of external tensors are relative to. */
  readonly folder: string;
  /** Throws an `AppError` naming the tensor that is missing or has another shape. */
  weight(name: string, shape: readonly number[]): ExternalTensor | Tensor;
}
