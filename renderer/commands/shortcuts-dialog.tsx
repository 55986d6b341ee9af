import { useStore } from 'zustand';
import { useApp } from '../app/studio-context.ts';
import { Dialog } from '../ui/dialog.tsx';
import { registry } from './registry.ts';
import { shortcutText } from './shortcut.ts';
import styles from './shortcuts-dialog.module.css';

/** All shortcuts of what is on the page, by group. */
export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  const { state } = useApp();
  const commands = useStore(registry).filter(({ keys }) => keys !== undefined && keys.length > 0);
  const groups = [...new Set(commands.map(({ group }) => group))];
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose} wide>
      <div className={styles.groups}>
        {groups.map((group) => (
          <section key={group} className={styles.group}>
            <h3>{group}</h3>
            {commands
              .filter((command) => command.group === group)
              .map(({ id, label, keys = [] }) => (
                <div key={id} className={styles.row}>
                  <span>{label}</span>
                  <span className={styles.keys}>
                    {keys.map((each) => (
                      <kbd key={each}>{shortcutText(each, state.platform === 'darwin')}</kbd>
                    ))}
                  </span>
                </div>
              ))}
          </section>
        ))}
      </div>
    </Dialog>
  );
}
