import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppError } from '../../../core/errors.ts';
import { isRecord, parseJson } from '../../../core/formats/json.ts';
import { RING_VIEWS } from '../../../core/ring.ts';
import { readInput } from '../../files/read.ts';
import type { Kind } from './expected-shapes.ts';

/** What every checkpoint of the published layout has. */
export const FOLDERS = ['transformer', 'vae', 'text_encoder', 'tokenizer', 'scheduler'] as const;
/** 4D only. */
export const GUIDER = 'camera_guider.pt';
/** Folder of the views' ray embeddings, 0.pt and so on; 4D only. */
export const EMBEDDINGS = 'camera_embs';

/** Throws an `AppError` that says what the folder is, where it is no checkpoint, or what of one it lacks. */
export async function requireLayout(folder: string): Promise<void> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new AppError(
      'not-found',
      `${folder} is no folder that can be read; choose the folder of a checkpoint.`,
      cause,
    );
  });
  const lora = names.find((name) => /lora|^adapter_(config|model)/i.test(name));
  if (lora !== undefined && !names.includes('transformer')) {
    throw new AppError(
      'bad-input',
      `${folder} is a LoRA (${lora}), which changes another model; choose the published checkpoint.`,
    );
  }
  const missing = FOLDERS.filter((name) => !names.includes(name));
  if (missing.length === 0) return;
  const inside = names.find((name) => existsSync(join(folder, name, 'transformer')));
  if (inside !== undefined) {
    throw new AppError('bad-input', `${folder} is not the checkpoint itself; choose ${join(folder, inside)}.`);
  }
  if (names.includes('config.json') && existsSync(join(folder, '..', 'transformer'))) {
    throw new AppError('bad-input', `${folder} is only a part of a checkpoint; choose ${resolve(folder, '..')}.`);
  }
  if (missing.length === FOLDERS.length) {
    throw new AppError(
      'bad-input',
      `${folder} holds no checkpoint of CharacterShot; it has none of ${FOLDERS.join(', ')}.`,
    );
  }
  throw new AppError('not-found', `${folder} lacks ${missing.join(', ')}; fetch the checkpoint again, all of it.`);
}

/** What the folder says it is must be what its transformer is. */
export async function checkClaims(folder: string, kind: Kind): Promise<void> {
  const path = join(folder, 'model_index.json');
  const index = existsSync(path) ? parseJson(await readInput(path), path) : undefined;
  const claimed = isRecord(index) ? String(index._class_name) : '';
  const hasCameras = existsSync(join(folder, GUIDER)) || existsSync(join(folder, EMBEDDINGS));
  if (kind === '2d' && (claimed.includes('4D') || hasCameras)) {
    const sign = claimed.includes('4D') ? claimed : 'its camera files';
    throw new AppError(
      'bad-input',
      `${folder} calls itself the 4D model (${sign}) but its transformer is the 2D one; fetch the 4D checkpoint again.`,
    );
  }
  const embeddings = Array.from({ length: RING_VIEWS }, (_, view) => join(EMBEDDINGS, `${view}.pt`));
  const lacking = [GUIDER, ...embeddings].filter((name) => !existsSync(join(folder, name)));
  if (kind === '4d' && lacking.length > 0) {
    throw new AppError(
      'not-found',
      `${folder} holds the 4D model but lacks ${lacking.slice(0, 3).join(', ')}; fetch the checkpoint again, all of it.`,
    );
  }
}
