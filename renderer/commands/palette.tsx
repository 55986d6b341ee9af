import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../app/studio-context.ts';
import { type Command, isEnabled } from './command.ts';
import { matchScore } from './match.ts';
import styles from './palette.module.css';
import { registry, runCommand } from './registry.ts';
import { shortcutText } from './shortcut.ts';

/** All commands, to be found by a few letters. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const { state } = useApp();
  const commands = useStore(registry);
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState(0);
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  const found = findCommands(commands, typed);
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => {
      dialog?.close();
    };
  }, []);
  useEffect(() => {
    document.getElementById(`${id}-${chosen}`)?.scrollIntoView({ block: 'nearest' });
  }, [id, chosen]);

  const run = (command: Command | undefined): void => {
    if (!command || !isEnabled(command)) return;
    onClose();
    // After the dialog has given the focus back, so that the command finds things as they were.
    setTimeout(() => {
      runCommand(command);
    });
  };
  const onKey = (event: KeyboardEvent): void => {
    const last = found.length - 1;
    const next = { ArrowDown: chosen >= last ? 0 : chosen + 1, ArrowUp: chosen <= 0 ? last : chosen - 1 }[event.key];
    if (next !== undefined) setChosen(next);
    else if (event.key === 'Enter') run(found[chosen]);
    else return;
    event.preventDefault();
  };

  return (
    <dialog
      ref={ref}
      className={styles.palette}
      aria-label="All commands"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onPointerDown={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      <input
        className={styles.search}
        type="text"
        role="combobox"
        aria-label="Search commands"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={found.length > 0 ? `${id}-${chosen}` : undefined}
        placeholder="What would you like to do?"
        autoComplete="off"
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setChosen(0);
        }}
        onKeyDown={onKey}
      />
      <ul className={styles.list} id={id} role="listbox" aria-label="Commands">
        {found.map((command, index) => (
          <li
            key={command.id}
            id={`${id}-${index}`}
            role="option"
            className={styles.item}
            aria-selected={index === chosen}
            aria-disabled={!isEnabled(command)}
            onPointerMove={() => {
              setChosen(index);
            }}
            onClick={() => {
              run(command);
            }}
          >
            <span className={styles.group}>{command.group}</span>
            {command.label}
            {command.keys?.[0] !== undefined && (
              <kbd className={styles.keys}>{shortcutText(command.keys[0], state.platform === 'darwin')}</kbd>
            )}
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className={styles.none}>No command is called like this.</p>}
    </dialog>
  );
}

/** The best first; those that cannot be given now come last. */
function findCommands(commands: readonly Command[], typed: string): readonly Command[] {
  return commands
    .filter(({ id }) => id !== 'view.palette')
    .map((command) => ({
      command,
      score: matchScore(typed, `${command.label} ${command.group}`),
      can: isEnabled(command),
    }))
    .filter(({ score }) => score !== undefined)
    .sort((a, b) => Number(b.can) - Number(a.can) || (typed === '' ? 0 : (b.score ?? 0) - (a.score ?? 0)))
    .map(({ command }) => command);
}
