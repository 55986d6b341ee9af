import { open } from 'node:fs/promises';
import { seededRandom } from '../helpers/random.ts';

/** Writes `count` small random float32 numbers as the weights of a bench; a megabyte of them again and again. */
export async function writeRandomWeights(path: string, count: number): Promise<void> {
  const random = seededRandom(1);
  const piece = Float32Array.from({ length: 2 ** 20 }, () => (random() - 0.5) * 0.06);
  const file = await open(path, 'w');
  for (let written = 0; written < count; written += piece.length) {
    await file.write(new Uint8Array(piece.subarray(0, Math.min(piece.length, count - written)).slice().buffer));
  }
  await file.close();
}
