import type { StudioClient } from '../../preload/contract/contract.ts';
import type { Command } from '../commands/command.ts';
import type { ViewMode } from '../viewport/splat-cloud.ts';
import type { ViewportHandle } from '../viewport/viewport.tsx';
import { notify } from '../app/notices.ts';
import { cameraCommands } from './camera-commands.ts';
import { lookThrough, type ViewState, viewStore } from './view-store.ts';

const SCREENSHOT = { width: 1920, height: 1080 };

export interface ViewCommandsOptions {
  readonly client: Pick<StudioClient, 'studio'>;
  readonly viewport: ViewportHandle | null;
  /** Of the project. */
  readonly name: string;
  /** How many cameras the clip has. */
  readonly cameras: number;
  /** Whether there is a scene from before the last optimisation. */
  readonly hasEarlier: boolean;
}

/** What can be done with the viewport while it is there. */
export function viewCommands(options: ViewCommandsOptions): readonly Command[] {
  const { client, viewport, name, cameras, hasEarlier } = options;
  return [
    mode('gaussians', 'Show as Gaussians', 'Shift+G'),
    mode('points', 'Show as points', 'Shift+P'),
    mode('depth', 'Show depth', 'Shift+D'),
    {
      id: 'view.frameAll',
      label: 'Show all of it',
      group: 'View',
      keys: ['F'],
      run: () => {
        lookThrough(null);
        viewport?.frameAll();
      },
    },
    toggle('turntable', 'Turntable', 'T'),
    toggle('showCameras', 'Cameras of the views', 'Shift+C'),
    ...cameraCommands(cameras),
    { ...toggle('showsEarlier', 'The scene before this one', 'B'), when: () => hasEarlier },
    {
      id: 'view.showGrid',
      label: 'Grid on the floor',
      group: 'View',
      keys: ['G'],
      run: async () => {
        const { settings } = await client.studio.state();
        await client.studio.changeSettings({ showGrid: !settings.showGrid });
      },
    },
    {
      id: 'view.screenshot',
      label: 'Save a picture of the view',
      group: 'View',
      keys: ['Mod+Alt+S'],
      when: () => viewport !== null,
      run: async () => {
        const blob = await viewport?.screenshot(SCREENSHOT.width, SCREENSHOT.height);
        if (blob) saveBlob(blob, `${name}.png`);
        notify({ kind: 'done', text: 'The picture went to your downloads.' });
      },
    },
  ];
}

const mode = (value: ViewMode, label: string, keys: string): Command => ({
  id: `view.${value}`,
  label,
  group: 'View',
  keys: [keys],
  isOn: () => viewStore.getState().mode === value,
  run: () => {
    viewStore.setState({ mode: value });
  },
});

const toggle = (
  key: keyof Pick<ViewState, 'turntable' | 'showCameras' | 'showsEarlier'>,
  label: string,
  keys: string,
): Command => ({
  id: `view.${key}`,
  label,
  group: 'View',
  keys: [keys],
  isOn: () => viewStore.getState()[key],
  run: () => {
    viewStore.setState((state) => ({ [key]: !state[key] }));
  },
});

/** Hands a file to the system's downloads. */
function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name.replace(/[\\/:*?"<>|]/g, '_');
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(link.href);
  }, 10_000);
}
