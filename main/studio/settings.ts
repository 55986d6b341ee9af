import { z } from 'zod';
import type { Settings } from '../../preload/contract/studio.ts';
import type { SettingTable } from './library/setting-table.ts';

const DEFAULTS: Settings = { theme: 'dark', textSize: 100, threads: null, background: 'studio', showGrid: true };

/** Each value falls back on its own, so that one that an older version does not know costs no other. */
const settings = z.object({
  theme: z.enum(['dark', 'light', 'system']).catch(DEFAULTS.theme),
  textSize: z.union([z.literal(100), z.literal(125), z.literal(150), z.literal(200)]).catch(DEFAULTS.textSize),
  threads: z.int().min(1).max(1024).nullable().catch(DEFAULTS.threads),
  background: z.enum(['studio', 'white', 'grey', 'black']).catch(DEFAULTS.background),
  showGrid: z.boolean().catch(DEFAULTS.showGrid),
});

const KEY = 'studio';

/** What the user set for all projects. */
export class StudioSettings {
  readonly #table: SettingTable;
  #now: Settings;

  constructor(table: SettingTable) {
    this.#table = table;
    this.#now = table.get(KEY, settings) ?? DEFAULTS;
  }

  get now(): Settings {
    return this.#now;
  }

  change(patch: { readonly [K in keyof Settings]?: Settings[K] | undefined }): Settings {
    this.#now = settings.parse({ ...this.#now, ...patch });
    this.#table.set(KEY, this.#now);
    return this.#now;
  }
}
