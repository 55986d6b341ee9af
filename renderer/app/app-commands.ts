import type { StudioClient } from '../../preload/contract/contract.ts';
import type { StudioState } from '../../preload/contract/studio.ts';
import type { Command } from '../commands/command.ts';
import { appStore, showDialog, showPage } from './app-store.ts';
import { notify } from './notices.ts';
import { closeProject, openProject } from './open-project.ts';

const hasProject = (): boolean => appStore.getState().opened !== null;
const hasScene = (): boolean => appStore.getState().opened?.project.getState().document.has('scene') ?? false;

/** What can be done from anywhere. Menus name these by id. */
export function appCommands(client: StudioClient, { platform }: StudioState): readonly Command[] {
  return [...fileCommands(client), ...editCommands(), ...placeCommands(client, platform), ...helpCommands(client)];
}

const fileCommands = (client: StudioClient): readonly Command[] => [
  {
    id: 'file.new',
    label: 'New project',
    group: 'File',
    keys: ['Mod+N'],
    run: async () => {
      const { id } = await client.library.create({});
      await openProject(client, id);
    },
  },
  {
    id: 'file.open',
    label: 'Open project file…',
    group: 'File',
    keys: ['Mod+O'],
    run: async () => {
      const cards = await client.library.add();
      const [first] = cards;
      if (cards.length === 1 && first) await openProject(client, first.id);
      else if (cards.length > 1) showPage('library');
    },
  },
  {
    id: 'file.save',
    label: 'Save',
    group: 'File',
    keys: ['Mod+S'],
    when: hasProject,
    run: async () => {
      const opened = appStore.getState().opened;
      if (!opened) return;
      await opened.project.settled();
      const { fileName } = await client.project.save({ project: opened.project.id });
      notify({ kind: 'done', text: `Saved as ${fileName}.` });
    },
  },
  {
    id: 'file.saveAs',
    label: 'Save as…',
    group: 'File',
    keys: ['Mod+Shift+S'],
    when: hasProject,
    run: async () => {
      const opened = appStore.getState().opened;
      if (!opened) return;
      await opened.project.settled();
      const saved = await client.project.saveAs({ project: opened.project.id });
      if (!saved) return;
      if (saved.id !== opened.project.id) await openProject(client, saved.id);
      else appStore.setState({ opened: { ...opened, fileName: saved.fileName } });
      notify({ kind: 'done', text: `Saved as ${saved.fileName}.` });
    },
  },
  {
    id: 'file.export',
    label: 'Export…',
    group: 'File',
    keys: ['Mod+E'],
    when: hasScene,
    run: () => {
      showDialog('export');
    },
  },
  {
    id: 'file.close',
    label: 'Close project',
    group: 'File',
    keys: ['Mod+W'],
    when: hasProject,
    run: () => closeProject(client),
  },
];

const editCommands = (): readonly Command[] => [
  {
    id: 'edit.undo',
    label: 'Undo',
    group: 'Edit',
    keys: ['Mod+Z'],
    when: () => (appStore.getState().opened?.project.getState().undo ?? null) !== null,
    run: () => {
      appStore.getState().opened?.project.undo();
    },
  },
  {
    id: 'edit.redo',
    label: 'Redo',
    group: 'Edit',
    keys: ['Mod+Shift+Z', 'Mod+Y'],
    when: () => (appStore.getState().opened?.project.getState().redo ?? null) !== null,
    run: () => {
      appStore.getState().opened?.project.redo();
    },
  },
];

const placeCommands = (client: StudioClient, platform: StudioState['platform']): readonly Command[] => [
  {
    id: 'go.library',
    label: 'Library',
    group: 'Go to',
    keys: ['Mod+Shift+L'],
    run: () => {
      showPage('library');
    },
  },
  {
    id: 'go.studio',
    label: 'Open project',
    group: 'Go to',
    when: hasProject,
    run: () => {
      showPage('studio');
    },
  },
  {
    id: 'go.models',
    label: 'Models',
    group: 'Go to',
    keys: ['Mod+Shift+M'],
    run: () => {
      showPage('models');
    },
  },
  {
    id: 'view.jobs',
    label: 'Jobs',
    group: 'View',
    keys: ['Mod+J'],
    isOn: () => appStore.getState().showJobs,
    run: () => {
      appStore.setState(({ showJobs }) => ({ showJobs: !showJobs }));
    },
  },
  {
    id: 'view.palette',
    label: 'All commands…',
    group: 'View',
    keys: ['Mod+K', 'Mod+Shift+P'],
    run: () => {
      showDialog('palette');
    },
  },
  {
    id: 'view.theme',
    label: 'Light or dark',
    group: 'View',
    run: async () => {
      const isLight = document.documentElement.dataset.theme === 'light';
      await client.studio.changeSettings({ theme: isLight ? 'dark' : 'light' });
    },
  },
  {
    id: 'view.settings',
    label: platform === 'darwin' ? 'Settings…' : 'Preferences…',
    group: 'View',
    keys: ['Mod+,'],
    run: () => {
      showDialog('settings');
    },
  },
];

const helpCommands = (client: StudioClient): readonly Command[] => [
  {
    id: 'help.shortcuts',
    label: 'Keyboard shortcuts',
    group: 'Help',
    keys: ['?'],
    run: () => {
      showDialog('shortcuts');
    },
  },
  {
    id: 'help.guide',
    label: "User's guide",
    group: 'Help',
    run: () => client.studio.openLink({ link: 'guide' }),
  },
  {
    id: 'help.diagnostics',
    label: 'Copy diagnostics',
    group: 'Help',
    run: async () => {
      await client.studio.copyText({ text: await client.studio.diagnostics() });
      notify({ kind: 'done', text: 'The diagnostics are on the clipboard; they name no files of yours.' });
    },
  },
  {
    id: 'help.about',
    label: 'About CharacterShot Studio',
    group: 'Help',
    run: () => {
      showDialog('about');
    },
  },
];
