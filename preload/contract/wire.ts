import type { ErrorCode } from '../../core/errors.ts';

/** What crosses between the processes when a call ends. Failures are data: Electron itself would keep their message only. */
export type Reply = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: WireError };

export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
}

/** The two functions that the preload script gives the page. They never grow. */
export interface Bridge {
  /** `name` is `feature.call`; of `files` the main process learns the paths. */
  readonly call: (name: string, input: unknown, files?: readonly File[]) => Promise<Reply>;
  /** `name` is `feature.event`. Returns how to end it. */
  readonly subscribe: (name: string, listener: (payload: unknown) => void) => () => void;
}

export const BRIDGE = 'studio';
export const CALL_CHANNEL = 'studio:call';
export const EVENT_CHANNEL = 'studio:event';
