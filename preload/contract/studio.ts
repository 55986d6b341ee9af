import { z } from 'zod';
import { call, event, type Feature } from './feature.ts';

/** In font sizes of the page. */
const panelSize = z.number().min(1).max(400).nullable();

/** What the user sets for all projects, field by field: as the page may change it, and as it is kept. */
export const settingFields = {
  theme: z.enum(['dark', 'light', 'system']),
  textSize: z.union([z.literal(100), z.literal(125), z.literal(150), z.literal(200)]),
  threads: z.int().min(1).max(1024).nullable(),
  background: z.enum(['studio', 'white', 'grey', 'black']),
  showGrid: z.boolean(),
  panels: z.strictObject({
    left: panelSize,
    right: panelSize,
    bottom: panelSize,
    hidden: z.array(z.enum(['left', 'right', 'bottom'])).max(3),
  }),
} as const;

/** The program itself: settings, dialogs, diagnostics. */
export const studio = {
  calls: {
    /** What a window asks when it opens. */
    state: call(z.undefined()).gives<StudioState>(),
    changeSettings: call(z.strictObject(settingFields).partial()).gives<Settings>(),
    /** A text without personal paths that can be sent along with a question. */
    diagnostics: call(z.undefined()).gives<string>(),
    copyText: call(z.strictObject({ text: z.string().max(1_000_000) })).gives(),
    /** Shows a file or folder that a job of this session wrote, in the system's file manager. */
    reveal: call(z.strictObject({ job: z.uuid() })).gives(),
    openLink: call(z.strictObject({ link: z.enum(['guide', 'licences']) })).gives(),
  },
  events: {
    settingsChanged: event<Settings>(),
    /** A command chosen in the system's menu, by its id in the page's command list. */
    command: event<{ readonly id: string }>(),
    /** The system opened a project file with the studio. */
    openProject: event<{ readonly project: string }>(),
  },
} satisfies Feature;

export interface Settings {
  readonly theme: 'dark' | 'light' | 'system';
  /** Per cent. */
  readonly textSize: 100 | 125 | 150 | 200;
  /** Threads of the engine; null: all cores. */
  readonly threads: number | null;
  readonly background: 'studio' | 'white' | 'grey' | 'black';
  readonly showGrid: boolean;
  readonly panels: Panels;
}

/** The panels around the stage: sizes in font sizes of the page, null where the user set none, and those that are hidden. */
export interface Panels {
  readonly left: number | null;
  readonly right: number | null;
  readonly bottom: number | null;
  readonly hidden: readonly ('left' | 'right' | 'bottom')[];
}

export interface StudioState {
  readonly version: string;
  readonly platform: 'darwin' | 'win32' | 'linux';
  readonly settings: Settings;
  /** A project to show at once: the one that was open when the studio was last closed, or that it was started with. */
  readonly project: string | null;
  /** What went wrong before this window opened, one sentence each. */
  readonly notices: readonly string[];
}
