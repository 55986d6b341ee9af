import { Clock } from 'lucide-react';
import { useCallback, useState } from 'react';
import { useStore } from 'zustand';
import { askRecent, recentStore } from '../app/recent-projects.ts';
import { useApp } from '../app/studio-context.ts';
import { findCommand, runCommand } from '../commands/registry.ts';
import { Button } from '../ui/button.tsx';
import { Menu, type MenuItem } from '../ui/menu.tsx';

const run = (id: string) => (): void => {
  runCommand(findCommand(id));
};

/** The projects that were opened last, as a menu; nothing where there are none. */
export function RecentButton() {
  const { client } = useApp();
  const recent = useStore(recentStore);
  const [at, setAt] = useState<{ readonly x: number; readonly y: number } | null>(null);
  const close = useCallback(() => {
    setAt(null);
  }, []);
  if (recent.length === 0) return null;
  const items: MenuItem[] = recent.map(({ id, label, missing }) => ({
    label: missing ? `${label} (file missing)` : label,
    key: id,
    disabled: missing,
    run: run(`file.recent.${id}`),
  }));
  if (recent.some(({ missing }) => missing)) {
    items.push({ note: 'A missing file is found again by the menu of its tile: "Find its file…".' });
  }
  return (
    <>
      <Button
        icon={Clock}
        aria-haspopup="menu"
        aria-expanded={at !== null}
        onClick={(event) => {
          askRecent(client);
          const { left, bottom } = event.currentTarget.getBoundingClientRect();
          setAt({ x: left, y: bottom + 4 });
        }}
      >
        Open recent
      </Button>
      {at && (
        <Menu
          label="Recent projects"
          at={at}
          onClose={close}
          items={[...items, 'line', { label: 'Clear', run: run('file.clearRecent') }]}
        />
      )}
    </>
  );
}
