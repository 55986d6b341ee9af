import { createStore } from 'zustand/vanilla';
import { AppError } from '../../core/errors.ts';

export interface Notice {
  readonly id: number;
  readonly kind: 'info' | 'done' | 'warning' | 'error';
  readonly text: string;
  /** Something to do about it. */
  readonly action?: { readonly label: string; readonly run: () => void };
}

/** Short messages in the corner, the newest last. Errors stay until they are closed. */
export const notices = createStore<readonly Notice[]>()(() => []);

const SHOWN_MS = 6000;
let last = 0;

export function notify(notice: Omit<Notice, 'id'>): void {
  const id = ++last;
  notices.setState((all) => [...all.slice(-4), { ...notice, id }], true);
  if (notice.kind !== 'error')
    setTimeout(() => {
      dismiss(id);
    }, SHOWN_MS);
}

export function dismiss(id: number): void {
  notices.setState((all) => all.filter((notice) => notice.id !== id), true);
}

/** The one place that turns a failed call into something the user sees; what they stopped themselves is no failure. */
export function tellFailure(error: unknown): void {
  if (error instanceof AppError && error.code === 'cancelled') return;
  const text = error instanceof AppError ? error.message : 'Something went wrong that should not; try again.';
  notify({ kind: 'error', text });
}

/** For event handlers: runs `work` and tells of its failure. */
export function attempt(work: () => Promise<unknown>): void {
  work().catch(tellFailure);
}
