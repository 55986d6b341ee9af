import { cp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RING_VIEWS } from '../../core/ring.ts';
import { goldenPath } from '../golden/inference-golden.ts';

/**
 * Writes a whole checkpoint in the published layout into `folder`: the golden data's networks, random weights at toy size (pictures
 * of 80x48), with the ray embedding of every view of the ring; the few that the data has are used over and over.
 */
export async function writeToyCheckpoint(folder: string, kind: '4d' | '2d' = '4d'): Promise<void> {
  await cp(goldenPath('checkpoint4d'), folder, { recursive: true });
  const embeddings = join(folder, 'camera_embs');
  const known = (await readdir(embeddings)).length;
  for (let view = known; view < RING_VIEWS; view++) {
    await cp(join(embeddings, `${view % known}.pt`), join(embeddings, `${view}.pt`));
  }
  if (kind === '4d') return;
  await rm(embeddings, { recursive: true });
  await rm(join(folder, 'camera_guider.pt'));
  await rm(join(folder, 'transformer'), { recursive: true });
  for (const name of ['config.json', 'diffusion_pytorch_model.safetensors']) {
    await cp(goldenPath(`dit2d/${name}`), join(folder, 'transformer', name));
  }
  await writeFile(join(folder, 'model_index.json'), '{"_class_name":"CogVideoXImageToVideoPosePipeline"}\n');
}
