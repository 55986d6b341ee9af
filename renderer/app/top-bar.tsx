import { Box, FolderOpen, Images, ListTodo, Redo2, Search, Settings as SettingsIcon, Undo2 } from 'lucide-react';
import { useStore } from 'zustand';
import { recordOf } from '../../core/document/document.ts';
import { findCommand, runCommand } from '../commands/registry.ts';
import { shortcutText } from '../commands/shortcut.ts';
import { put } from '../document/project-store.ts';
import { hasEnded } from '../jobs/jobs-store.ts';
import { Button, classes, IconButton } from '../ui/button.tsx';
import { appStore, type AppState, showPage } from './app-store.ts';
import { Mark } from './mark.tsx';
import { useApp } from './studio-context.ts';
import styles from './top-bar.module.css';

const run = (id: string) => () => {
  runCommand(findCommand(id));
};

export function TopBar() {
  const { jobs, state } = useApp();
  const { page, opened, showJobs } = useStore(appStore);
  const waiting = useStore(jobs, ({ jobs: all }) => all.filter((job) => !hasEnded(job)).length);
  const isMac = state.platform === 'darwin';
  return (
    <header className={styles.bar}>
      <div className={styles.brand}>
        <Mark className={styles.mark} />
        <span className={styles.title}>CharacterShot</span>
      </div>
      <nav className={styles.tabs} aria-label="Pages">
        <PageButton page="library" current={page} label="Library" icon={Images} />
        {opened && <PageButton page="studio" current={page} label="Studio" icon={FolderOpen} />}
        <PageButton page="models" current={page} label="Models" icon={Box} />
      </nav>
      <span className={styles.space} />
      {opened && page === 'studio' && <ProjectTitle opened={opened} isMac={isMac} />}
      <span className={styles.space} />
      <Button kind="quiet" icon={ListTodo} aria-pressed={showJobs} onClick={run('view.jobs')}>
        Jobs
        {waiting > 0 && (
          <span className={styles.count} aria-label={`${waiting} not done`}>
            {waiting}
          </span>
        )}
      </Button>
      <IconButton
        icon={Search}
        label="All commands"
        shortcut={shortcutText('Mod+K', isMac)}
        onClick={run('view.palette')}
      />
      <IconButton
        icon={SettingsIcon}
        label="Settings"
        shortcut={shortcutText('Mod+,', isMac)}
        onClick={run('view.settings')}
      />
    </header>
  );
}

interface PageButtonProps {
  readonly page: AppState['page'];
  readonly current: AppState['page'];
  readonly label: string;
  readonly icon: typeof Box;
}

function PageButton({ page, current, label, icon }: PageButtonProps) {
  const isCurrent = page === current;
  return (
    <Button
      kind="quiet"
      icon={icon}
      aria-current={isCurrent ? 'page' : undefined}
      aria-pressed={isCurrent}
      onClick={() => {
        showPage(page);
      }}
    >
      {label}
    </Button>
  );
}

function ProjectTitle({
  opened,
  isMac,
}: {
  readonly opened: NonNullable<AppState['opened']>;
  readonly isMac: boolean;
}) {
  const { document, undo, redo, saving } = useStore(opened.project);
  const name = recordOf(document, 'project')?.name ?? '';
  const rename = (next: string): void => {
    const trimmed = next.trim();
    if (trimmed === '' || trimmed === name) return;
    opened.project.change('Rename the project', put({ id: 'project', type: 'project', name: trimmed }));
  };
  return (
    <div className={styles.project}>
      <IconButton
        icon={Undo2}
        label={undo === null ? 'Nothing to undo' : `Undo: ${undo}`}
        shortcut={shortcutText('Mod+Z', isMac)}
        disabled={undo === null}
        onClick={run('edit.undo')}
      />
      <IconButton
        icon={Redo2}
        label={redo === null ? 'Nothing to redo' : `Redo: ${redo}`}
        shortcut={shortcutText('Mod+Shift+Z', isMac)}
        disabled={redo === null}
        onClick={run('edit.redo')}
      />
      <input
        key={name}
        className={styles.name}
        aria-label="Name of the project"
        defaultValue={name}
        maxLength={200}
        onBlur={(event) => {
          rename(event.currentTarget.value);
          if (event.currentTarget.value.trim() === '') event.currentTarget.value = name;
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.value = name;
          if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur();
        }}
      />
      <span className={classes(styles.saving, saving === 'failed' && styles.failed)} role="status">
        {{ saved: 'Saved', saving: 'Saving…', failed: 'Not saved: is the disk full?' }[saving]}
      </span>
    </div>
  );
}
