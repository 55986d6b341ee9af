import { z } from 'zod';
import { settingFields, type Settings } from '../../preload/contract/studio.ts';
import type { SettingTable } from './library/setting-table.ts';

const DEFAULTS: Settings = {
  ...{ theme: 'dark', textSize: 100, threads: null, background: 'studio', showGrid: true },
  panels: { left: null, right: null, bottom: null, hidden: [] },
};

/** Each value falls back on its own, so that one that an older version does not know costs no other. */
const settings = z.object({
  theme: settingFields.theme.catch(DEFAULTS.theme),
  textSize: settingFields.textSize.catch(DEFAULTS.textSize),
  threads: settingFields.threads.catch(DEFAULTS.threads),
  background: settingFields.background.catch(DEFAULTS.background),
  showGrid: settingFields.showGrid.catch(DEFAULTS.showGrid),
  panels: settingFields.panels.catch({ ...DEFAULTS.panels, hidden: [] }),
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
