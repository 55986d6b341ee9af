/** The keys of a shortcut as they are pressed. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

const NAMES: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Delete: 'Del',
  Escape: 'Esc',
};

/** Whether `press` is the shortcut `keys`. Characters count by what they print, so that layouts do not matter. */
export function isPressed(keys: string, press: KeyPress, isMac: boolean): boolean {
  const { key, modifiers } = parse(keys);
  const mod = isMac ? press.metaKey : press.ctrlKey;
  const other = isMac ? press.ctrlKey : press.metaKey;
  if (mod !== modifiers.has('Mod') || other || press.altKey !== modifiers.has('Alt')) return false;
  const pressed = press.key === ' ' ? 'Space' : press.key;
  const isLetter = /^[a-z]$/i.test(key);
  // Shift is how some layouts print a sign at all; for letters and named keys it is part of the shortcut.
  if ((isLetter || key.length > 1) && press.shiftKey !== modifiers.has('Shift')) return false;
  return pressed.toLowerCase() === key.toLowerCase();
}

/** As it is written in menus: "Ctrl+Shift+E", "⇧⌘E". */
export function shortcutText(keys: string, isMac: boolean): string {
  const { key, modifiers } = parse(keys);
  const shown = NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key);
  if (isMac) {
    const signs = [
      ['Alt', '⌥'],
      ['Shift', '⇧'],
      ['Mod', '⌘'],
    ] as const;
    return signs.map(([name, sign]) => (modifiers.has(name) ? sign : '')).join('') + shown;
  }
  return [modifiers.has('Mod') && 'Ctrl', modifiers.has('Alt') && 'Alt', modifiers.has('Shift') && 'Shift', shown]
    .filter((part) => part !== false)
    .join('+');
}

function parse(keys: string): { key: string; modifiers: ReadonlySet<string> } {
  const parts = keys === '+' ? ['+'] : keys.split('+');
  return { key: parts.at(-1) ?? '', modifiers: new Set(parts.slice(0, -1)) };
}
