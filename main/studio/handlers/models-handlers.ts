import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../core/errors.ts';
import type { Announce, Handlers } from '../../../preload/contract/feature.ts';
import { LIMITS } from '../../../preload/contract/ids.ts';
import type { Device, Model, models } from '../../../preload/contract/models.ts';
import type { EngineTools } from '../jobs/engine-tools.ts';
import type { ModelCost } from '../jobs/estimate.ts';
import type { Dialogs } from '../dialogs.ts';

type StoredModel = Omit<Model, 'missing'>;

/** Where the library keeps its models. */
export interface ModelStore {
  readonly list: () => readonly StoredModel[];
  readonly get: (id: string) => StoredModel | undefined;
  readonly put: (model: StoredModel) => void;
  readonly remove: (id: string) => void;
}

export interface ModelsHandlersOptions {
  readonly store: ModelStore;
  readonly tools: EngineTools;
  readonly dialogs: Dialogs;
  readonly announce: Announce<typeof models>;
}

/** Denoising steps of the authors' own runs. */
const STEPS = 50;

const opened = z.object({ kind: z.enum(['4d', '2d']), size: z.number().min(0), findings: z.array(z.string()) });
const devices: z.ZodType<Device[]> = z.array(
  z.object({
    provider: z.enum(['cuda', 'webgpu', 'dml', 'coreml', 'cpu']),
    usable: z.boolean(),
    note: z.string(),
  }),
);
const cost: z.ZodType<ModelCost> = z.object({
  fits: z.boolean(),
  lines: z.array(z.string()),
  seconds: z.number().nullable(),
  memoryBytes: z.number().nullable(),
});

export const withMissing = (model: StoredModel): Model => ({
  ...model,
  missing: !(statSync(model.folder, { throwIfNoEntry: false })?.isDirectory() ?? false),
});

/** How a checkpoint would run on this machine, asked of an engine process. */
export const planModel = (tools: EngineTools, folder: string, steps: number): Promise<ModelCost> =>
  tools.run({ task: { kind: 'plan-model', steps }, files: [folder] }, cost);

/** Keeps what a check of a model found, if it is still there. */
export function noteCheck(
  { store, announce }: Pick<ModelsHandlersOptions, 'store' | 'announce'>,
  id: string,
  findings: readonly string[],
): void {
  const model = store.get(id);
  if (!model) return;
  store.put({ ...model, check: { at: new Date().toISOString(), findings } });
  announce('changed', { model: id });
}

export function modelsHandlers(options: ModelsHandlersOptions): Handlers<typeof models> {
  const { store, tools, announce } = options;
  return {
    list: () => store.list().map(withMissing),
    add: async (_, { files, window }) => {
      const [folder] = files.length > 0 ? files : ((await askFolder(options.dialogs, window)) ?? []);
      return folder === undefined ? null : add(resolve(folder), options);
    },
    remove: ({ model }) => {
      store.remove(model);
      announce('changed', { model });
    },
    devices: () => tools.run({ task: { kind: 'devices' } }, devices),
    plan: async ({ model }) => {
      const { fits, lines } = await planModel(tools, required(store, model).folder, STEPS);
      return { fits, lines };
    },
  };
}

const askFolder = (dialogs: Dialogs, window: number): Promise<readonly string[] | null> =>
  dialogs.chooseFiles({ window, title: 'Choose the folder of a published checkpoint', folder: true });

function required(store: ModelStore, id: string): StoredModel {
  const model = store.get(id);
  if (model) return model;
  throw new AppError('not-found', 'That model is no longer in the library; add it again.');
}

/** Opens a checkpoint and keeps it; one that is known already is looked at anew. */
async function add(folder: string, { store, tools, announce }: ModelsHandlersOptions): Promise<Model> {
  const { kind, size, findings } = await tools.run({ task: { kind: 'open-model' }, files: [folder] }, opened);
  const known = store.list().find((model) => model.folder === folder);
  const model: StoredModel = {
    id: known?.id ?? randomUUID(),
    name: known?.name ?? (basename(folder).slice(0, LIMITS.name) || 'model'),
    ...{ folder, kind, size, check: { at: new Date().toISOString(), findings } },
  };
  store.put(model);
  announce('changed', { model: model.id });
  return withMissing(model);
}
