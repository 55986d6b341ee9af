import { useStore } from 'zustand';
import { Palette } from '../commands/palette.tsx';
import { ShortcutsDialog } from '../commands/shortcuts-dialog.tsx';
import { ExportDialog } from '../export/export-dialog.tsx';
import { AboutDialog } from '../settings/about-dialog.tsx';
import { SettingsDialog } from '../settings/settings-dialog.tsx';
import { appStore, showDialog } from './app-store.ts';
import { ProjectContext } from './studio-context.ts';

/** The dialog that is open, if any. */
export function Dialogs() {
  const { dialog, opened } = useStore(appStore);
  const close = (): void => {
    showDialog(null);
  };
  switch (dialog) {
    case 'settings':
      return <SettingsDialog onClose={close} />;
    case 'about':
      return <AboutDialog onClose={close} />;
    case 'shortcuts':
      return <ShortcutsDialog onClose={close} />;
    case 'palette':
      return <Palette onClose={close} />;
    case 'export':
      return (
        opened && (
          <ProjectContext value={opened}>
            <ExportDialog onClose={close} />
          </ProjectContext>
        )
      );
    case null:
      return null;
  }
}
