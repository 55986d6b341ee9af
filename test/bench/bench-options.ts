import { availableParallelism } from 'node:os';
import type { Preset } from '../../native/training/contract.ts';
import type { Table } from './table.ts';

export interface BenchOptions {
  /** Fewer repetitions and smaller cases: to see that a bench works, not to quote its numbers. */
  readonly quick: boolean;
  /** Clip folders of `quality`, `ablation` and `puppet`. */
  readonly clips: readonly string[];
  readonly presets: readonly Preset[];
  /** Of `quality`: medians over them. */
  readonly seeds: readonly number[];
  /** In place of the preset's number. */
  readonly iterations?: number;
  /** Worker threads of `ablation`, whose results do not depend on them; all cores without it. */
  readonly threads?: number;
  /** Folder of clips, motions and videos with known truth, for `detector` and `lifting`. */
  readonly data?: string;
  /** Tells whoever waits what is being measured. */
  readonly say: (message: string) => void;
}

export type Bench = (options: BenchOptions) => Promise<readonly Table[]>;

/** The sizes all comparisons use: a small picture and a full one. */
export const SIZES = [
  { side: 256, count: 10_000 },
  { side: 480, count: 30_000 },
] as const;

/** Views that take no part in an optimisation and are measured afterwards. */
export const HOLDOUT: readonly number[] = [5, 11];

export const ALL_THREADS = availableParallelism();

/** One thread, two, and all of the machine's. */
export const THREADS: readonly number[] = [...new Set([1, Math.min(2, ALL_THREADS), ALL_THREADS])];

export const sizeName = (side: number): string => `${side}x${side}`;
