import type { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import type { CallContext, Feature, Handlers } from '../../preload/contract/feature.ts';
import type { Reply, WireError } from '../../preload/contract/wire.ts';

type Handler = (input: unknown, context: CallContext) => unknown;

/** Takes calls from pages to the features' handlers. Input is checked here, before any handler sees it. */
export class Router {
  readonly #handlers = new Map<string, { readonly input: z.ZodType; readonly run: Handler }>();
  readonly #onFault: (name: string, error: unknown) => void;

  /** `onFault` hears of failures that nobody foresaw; what users see of them is one general sentence. */
  constructor(onFault: (name: string, error: unknown) => void) {
    this.#onFault = onFault;
  }

  /** Throws for a name that is taken, so that two features cannot shadow each other. */
  add<F extends Feature>(feature: string, { calls }: F, handlers: Handlers<F>): void {
    for (const [call, { input }] of Object.entries(calls)) {
      const name = `${feature}.${call}`;
      if (this.#handlers.has(name)) throw new Error(`Two features handle ${name}.`);
      this.#handlers.set(name, { input, run: handlers[call] as Handler });
    }
  }

  /** Never rejects: failures are part of the reply. */
  async call(name: unknown, input: unknown, context: CallContext): Promise<Reply> {
    const handler = typeof name === 'string' ? this.#handlers.get(name) : undefined;
    if (!handler) {
      return refusal(`The studio knows no call ${typeof name === 'string' ? name.slice(0, 80) : typeof name}.`);
    }
    const checked = handler.input.safeParse(input);
    if (!checked.success) {
      const [issue] = checked.error.issues;
      return refusal(
        `${String(name)} does not take this: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim(),
      );
    }
    try {
      return { ok: true, value: await handler.run(checked.data, context) };
    } catch (error) {
      return { ok: false, error: this.#describe(String(name), error) };
    }
  }

  #describe(name: string, error: unknown): WireError {
    if (error instanceof AppError) return { code: error.code, message: error.message };
    this.#onFault(name, error);
    return {
      code: 'failed',
      message: 'Something went wrong that should not; copy the diagnostics (Help menu) to report it.',
    };
  }
}

const refusal = (message: string): Reply => ({ ok: false, error: { code: 'bad-input', message } });
