import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { AppError } from '../../../core/errors.ts';
import type { EngineOrder } from '../../engine/messages.ts';
import type { ToolTask } from '../../engine/tools/tool-tasks.ts';
import type { EngineLauncher } from './engine-launcher.ts';
import { EngineRun, type EngineEnd } from './engine-run.ts';

export interface ToolOrder {
  readonly task: ToolTask;
  readonly projectPath?: string;
  readonly files?: readonly string[];
  /** Bytes that are no file yet: they become the first of `files`. */
  readonly bytes?: Uint8Array;
  readonly place?: string;
}

/** Reading a large picture takes a second, trying all devices a minute. */
const PATIENCE_MS = 120_000;

/**
 * Short work in engine processes of its own, beside the queue: on files that nobody trusts yet, and on all that would hold up the
 * main process.
 */
export class EngineTools {
  readonly #launcher: EngineLauncher;
  readonly #workRoot: string;
  readonly #running = new Set<EngineRun>();

  constructor(launcher: EngineLauncher, workRoot: string) {
    this.#launcher = launcher;
    this.#workRoot = workRoot;
  }

  /** What the tool gives, checked by `schema`. Throws the tool's `AppError`, and one where its process dies or takes too long. */
  async run<T>(order: ToolOrder, schema: z.ZodType<T>): Promise<T> {
    const workFolder = join(this.#workRoot, `tool-${randomUUID()}`);
    try {
      const { last, how } = await this.#end(await this.#order(order, workFolder));
      if (last?.type === 'failed') throw new AppError(last.error.code, last.error.message, new Error(last.stack));
      const value = last && schema.safeParse(last.value);
      if (value?.success) return value.data;
      throw new AppError('failed', `The engine ended ${how} without an answer; try it again.`);
    } finally {
      await rm(workFolder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
    }
  }

  /** Ends all of them. */
  close(): void {
    for (const run of this.#running) run.stop(0);
  }

  async #order({ task, projectPath, files = [], bytes, place }: ToolOrder, workFolder: string): Promise<EngineOrder> {
    const all = [...files];
    if (bytes) {
      const path = join(workFolder, 'input');
      await mkdir(workFolder, { recursive: true });
      await writeFile(path, bytes);
      all.unshift(path);
    }
    const none = { threads: null, models: {} } as const;
    return { task, projectPath: projectPath ?? null, workFolder, files: all, place: place ?? null, ...none };
  }

  #end(order: EngineOrder): Promise<EngineEnd> {
    return new Promise((resolve) => {
      const run = new EngineRun(
        this.#launcher,
        order,
        () => undefined,
        (end) => {
          clearTimeout(timer);
          this.#running.delete(run);
          resolve(end);
        },
      );
      this.#running.add(run);
      const timer = setTimeout(() => {
        run.stop(0);
      }, PATIENCE_MS);
    });
  }
}
