import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../core/errors.ts';
import { asTask } from '../../../core/progress.ts';
import { RING_VIEWS } from '../../../core/ring.ts';
import { canvasOf } from '../generator/plan-checkpoint.ts';
import { isFinite } from './camera-files.ts';
import type { HashOptions } from './check-hashes.ts';
import type { Checkpoint } from './checkpoint.ts';
import { EMBEDDINGS } from './layout.ts';
import { sameShape } from './open-weights.ts';

/**
 * Reads the ray embedding of every view and says what is amiss with them, one phrase each: how many there are, their size, which is
 * that of the networks' pictures, and numbers that are none. Throws an `AppError` called `cancelled` soon after `signal`.
 */
export async function checkEmbeddings(
  checkpoint: Checkpoint,
  { signal, onProgress }: HashOptions,
): Promise<readonly string[]> {
  const { folder, cameraEmbedding } = checkpoint;
  if (!cameraEmbedding) return [];
  const { width, height } = canvasOf(checkpoint);
  const findings: string[] = [];
  const task = { task: 'Checking the ray embeddings', total: RING_VIEWS, unit: 'views' };
  await asTask(onProgress, task, async (tick) => {
    for (let view = 0; view < RING_VIEWS; view++) {
      if (signal?.aborted) throw new AppError('cancelled', 'Stopped; the checkpoint was not all looked at.');
      const finding = await embeddingFinding(view, cameraEmbedding, [6, height, width]);
      if (finding !== undefined) findings.push(finding);
      tick(view + 1);
    }
  });
  const beyond = (await readdir(join(folder, EMBEDDINGS))).filter(isBeyondTheRing).sort();
  if (beyond.length > 0) {
    findings.push(`${EMBEDDINGS} has ${beyond.join(', ')} besides the ${RING_VIEWS} views of the ring`);
  }
  return findings;
}

const isBeyondTheRing = (name: string): boolean => /^\d+\.pt$/.test(name) && parseInt(name) >= RING_VIEWS;

async function embeddingFinding(
  view: number,
  read: NonNullable<Checkpoint['cameraEmbedding']>,
  shape: readonly number[],
): Promise<string | undefined> {
  const file = `${EMBEDDINGS}/${view}.pt`;
  try {
    const embedding = await read(view);
    if (!sameShape(embedding.dims, shape)) {
      return `${file} has shape [${embedding.dims.join(', ')}] instead of [${shape.join(', ')}]`;
    }
    return isFinite(embedding) ? undefined : `${file} has numbers that are not finite`;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}
