// A thread that reads and writes pictures, one task at a time. See picture-pool.ts, which starts it.
import { parentPort } from 'node:worker_threads';
import { AppError } from '../../core/errors.ts';
import { PICTURE_TASKS } from './picture-tasks.ts';
import type { PictureReply, PictureRequest } from './picture-pool.ts';

async function answer(request: PictureRequest): Promise<PictureReply> {
  try {
    if (request.task === 'write') {
      await PICTURE_TASKS.write(request.input);
      return {};
    }
    return { value: await PICTURE_TASKS.read(request.input) };
  } catch (error) {
    // Copying an error between threads loses its class and code.
    const { message } = error instanceof Error ? error : new Error(String(error));
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return { error: { message, code, isAppError: error instanceof AppError } };
  }
}

parentPort?.on('message', (request: PictureRequest) => {
  void answer(request).then((reply) => {
    parentPort?.postMessage(reply, reply.value ? [reply.value.rgb.buffer as ArrayBuffer] : []);
  });
});
