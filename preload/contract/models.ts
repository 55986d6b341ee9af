import { z } from 'zod';
import { call, event, type Feature } from './feature.ts';
import { modelId } from './ids.ts';

const onModel = z.strictObject({ model: modelId });

/** Published checkpoints on the user's disk, and what this machine can run them on. */
export const models = {
  calls: {
    list: call(z.undefined()).gives<readonly Model[]>(),
    /** Asks for the folder of a checkpoint; null when the user gave up. */
    add: call(z.undefined()).gives<Model | null>(),
    /** Forgets it; the files stay. */
    remove: call(onModel).gives(),
    /** Where networks could run, and why not elsewhere. */
    devices: call(z.undefined()).gives<readonly Device[]>(),
    /** How it would run here: time and memory; null where it cannot. */
    plan: call(onModel).gives<ModelPlan>(),
  },
  events: {
    changed: event<{ readonly model: string }>(),
  },
} satisfies Feature;

export interface Model {
  readonly id: string;
  readonly name: string;
  readonly folder: string;
  readonly kind: '4d' | '2d' | 'unknown';
  /** Bytes of its files. */
  readonly size: number;
  readonly missing: boolean;
  /** Of the last check; null: never checked. */
  readonly check: { readonly at: string; readonly findings: readonly string[] } | null;
}

export interface Device {
  readonly provider: 'cuda' | 'webgpu' | 'dml' | 'coreml' | 'cpu';
  readonly usable: boolean;
  /** The device's name, or why it cannot be used. */
  readonly note: string;
}

export interface ModelPlan {
  /** One sentence a line. */
  readonly lines: readonly string[];
  readonly fits: boolean;
}
