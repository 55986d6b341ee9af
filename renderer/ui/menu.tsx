import { Check, type LucideIcon } from 'lucide-react';
import { type KeyboardEvent, type RefObject, useEffect, useRef } from 'react';
import { classes } from './button.tsx';
import styles from './menu.module.css';

export type MenuItem =
  | 'line'
  /** A sentence about the items before it. */
  | { readonly note: string }
  | {
      readonly label: string;
      /** Tells items of the same label apart. */
      readonly key?: string;
      readonly icon?: LucideIcon;
      readonly shortcut?: string;
      readonly disabled?: boolean;
      readonly danger?: boolean;
      /** For one of several of which one holds: whether it is that one. The menu opens on it. */
      readonly checked?: boolean;
      readonly run: () => void;
    };

export interface MenuProps {
  readonly label: string;
  readonly items: readonly MenuItem[];
  /** Where its upper left corner is, in pixels of the window; it moves to stay inside. */
  readonly at: { readonly x: number; readonly y: number };
  readonly onClose: () => void;
}

/** A menu at a place, open while it is mounted. Arrows, Home, End and Escape work as in any menu. */
export function Menu({ label, items, at, onClose }: MenuProps) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const menu = ref.current;
    if (!menu) return;
    const before = document.activeElement;
    menu.showPopover();
    const { width, height } = menu.getBoundingClientRect();
    menu.style.left = `${Math.max(4, Math.min(at.x, window.innerWidth - width - 4))}px`;
    menu.style.top = `${Math.max(4, Math.min(at.y, window.innerHeight - height - 4))}px`;
    (menu.querySelector<HTMLElement>('[aria-checked=true]') ?? enabledItems(menu)[0])?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, [at.x, at.y]);
  useEffect(() => closeBeside(ref, onClose), [onClose]);
  return (
    <div
      ref={ref}
      className={styles.menu}
      role="menu"
      aria-label={label}
      popover="manual"
      onKeyDown={(event) => {
        if (event.key === 'Escape' || event.key === 'Tab') {
          event.preventDefault();
          event.stopPropagation();
          onClose();
        } else moveFocus(event);
      }}
    >
      {items.map((item, index) =>
        item === 'line' ? (
          <hr key={`line ${index}`} className={styles.line} />
        ) : 'note' in item ? (
          <p key={item.note} className={styles.note}>
            {item.note}
          </p>
        ) : (
          <button
            key={item.key ?? item.label}
            type="button"
            role={item.checked === undefined ? 'menuitem' : 'menuitemradio'}
            aria-checked={item.checked}
            tabIndex={-1}
            className={classes(styles.item, item.danger && styles.danger)}
            disabled={item.disabled}
            onClick={() => {
              onClose();
              item.run();
            }}
          >
            {item.icon && <item.icon size="1.1em" aria-hidden />}
            {item.checked !== undefined && <Check size="1.1em" className={styles.check} aria-hidden />}
            {item.label}
            {item.shortcut !== undefined && <span className={styles.keys}>{item.shortcut}</span>}
          </button>
        ),
      )}
    </div>
  );
}

/**
 * Closes the menu when something else is pressed. The browser's own way (popover="auto") counts the release of the button
 * that asked for the menu as a press beside it, where systems open menus when the button goes down.
 */
function closeBeside(ref: RefObject<HTMLDivElement | null>, onClose: () => void): () => void {
  const press = (event: PointerEvent): void => {
    if (!(event.target instanceof Node && ref.current?.contains(event.target))) onClose();
  };
  window.addEventListener('pointerdown', press, true);
  window.addEventListener('blur', onClose);
  return () => {
    window.removeEventListener('pointerdown', press, true);
    window.removeEventListener('blur', onClose);
  };
}

const enabledItems = (menu: HTMLElement): HTMLElement[] => [
  ...menu.querySelectorAll<HTMLElement>('[role^="menuitem"]:not(:disabled)'),
];

function moveFocus(event: KeyboardEvent<HTMLDivElement>): void {
  const items = enabledItems(event.currentTarget);
  const current = items.indexOf(document.activeElement as HTMLElement);
  const next = {
    ArrowDown: (current + 1) % items.length,
    ArrowUp: (current - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  items[next]?.focus();
}
