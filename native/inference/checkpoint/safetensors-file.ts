import { open, type FileHandle } from 'node:fs/promises';
import { AppError } from '../../../core/errors.ts';
import {
  checkDataLength,
  headerEnd,
  LENGTH_BYTES,
  readHeader,
  type Dtype,
} from '../../../core/formats/safetensors-header.ts';
import { tellingWhy } from '../../files/read.ts';
import { byteSize } from './byte-size.ts';
import { KIND_BYTES, notWeights } from './not-weights.ts';

/** A tensor in a file, by place. */
export interface StoredTensor {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Place of its first byte in the file. */
  readonly offset: number;
  /** In bytes. */
  readonly length: number;
}

/** What a safetensors file says about itself; the numbers in it stay on the disk. */
export interface SafetensorsFile {
  readonly path: string;
  /** Bytes of the whole file. */
  readonly size: number;
  readonly tensors: readonly StoredTensor[];
}

/**
 * Reads the header of a safetensors file and no more, however large the file is. Throws an `AppError` that names the file where it
 * is damaged, was downloaded only in part, or is something else in the place of weights.
 */
export const openSafetensors = (path: string): Promise<SafetensorsFile> =>
  tellingWhy(path, async () => {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      return await describe(path, file, size);
    } finally {
      await file.close();
    }
  });

async function describe(path: string, file: FileHandle, size: number): Promise<SafetensorsFile> {
  const start = await readStart(file, KIND_BYTES);
  const other = notWeights(path, start);
  if (other) throw other;
  const end = naming(path, () => headerEnd(start.subarray(0, LENGTH_BYTES), size));
  const header = await readStart(file, end);
  return naming(path, () => {
    const contents = readHeader(header);
    const { entries, dataBegin, dataLength } = contents;
    const whole = dataBegin + dataLength;
    if (size < whole) {
      const parts = `${byteSize(size)} of its ${byteSize(whole)}`;
      throw new AppError('bad-input', `${path} has only ${parts}: the download stopped half-way; fetch it again.`);
    }
    checkDataLength(contents, size);
    const tensors = entries.map(({ name, dtype, shape, begin, end: last }) => {
      return { name, dtype, shape, offset: dataBegin + begin, length: last - begin };
    });
    return { path, size, tensors };
  });
}

async function readStart(file: FileHandle, length: number): Promise<Uint8Array> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
  return buffer.subarray(0, bytesRead);
}

/** What `read` gives; an error of the format names the file. */
function naming<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof AppError) || error.message.startsWith(path)) throw error;
    throw new AppError(error.code, `${path}: ${error.message}`, error);
  }
}
