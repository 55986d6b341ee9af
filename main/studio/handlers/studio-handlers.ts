import type { Announce, Handlers } from '../../../preload/contract/feature.ts';
import type { studio, StudioState } from '../../../preload/contract/studio.ts';
import type { Desktop } from '../desktop.ts';
import type { Diagnostics } from '../diagnostics.ts';
import type { StudioSettings } from '../settings.ts';

export interface StudioHandlersOptions {
  readonly version: string;
  readonly platform: StudioState['platform'];
  readonly settings: StudioSettings;
  readonly desktop: Desktop;
  readonly diagnostics: Diagnostics;
  readonly announce: Announce<typeof studio>;
  /** What a window that opens shows at once, and what went wrong before. Notices are told once. */
  readonly project: () => string | null;
  readonly takeNotices: () => readonly string[];
  /** Where a job wrote; null for one that wrote into its project alone. */
  readonly placeOf: (job: string) => string | null;
  /** Lines for the diagnostics. */
  readonly facts: () => readonly string[];
}

export const studioHandlers = (options: StudioHandlersOptions): Handlers<typeof studio> => ({
  state: () => ({
    version: options.version,
    platform: options.platform,
    settings: options.settings.now,
    project: options.project(),
    notices: options.takeNotices(),
  }),
  changeSettings: (patch) => {
    const changed = options.settings.change(patch);
    options.desktop.setTheme(changed.theme);
    options.announce('settingsChanged', changed);
    return changed;
  },
  diagnostics: () => options.diagnostics.text(options.facts()),
  copyText: ({ text }) => options.desktop.copyText(text),
  reveal: ({ job }) => {
    const place = options.placeOf(job);
    if (place !== null) options.desktop.reveal(place);
  },
  openLink: ({ link }) => options.desktop.openLink(link),
});
