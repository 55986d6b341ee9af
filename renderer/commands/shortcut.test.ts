import { describe, expect, it } from 'vitest';
import { isPressed, type KeyPress, shortcutText } from './shortcut.ts';

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  ...{ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false },
  ...more,
});

describe('shortcuts', () => {
  it.each([
    ['Mod+Z', press('z', { ctrlKey: true }), true],
    ['Mod+Z', press('Z', { ctrlKey: true, shiftKey: true }), false],
    ['Mod+Shift+Z', press('Z', { ctrlKey: true, shiftKey: true }), true],
    ['Z', press('z', { ctrlKey: true }), false],
    ['Space', press(' '), true],
    ['ArrowLeft', press('ArrowLeft', { shiftKey: true }), false],
    ['?', press('?', { shiftKey: true }), true],
    [',', press(','), true],
    ['Mod+,', press(',', { ctrlKey: true }), true],
    ['Mod+Z', press('z', { ctrlKey: true, metaKey: true }), false],
  ])('%s', (keys, pressed, expected) => {
    expect(isPressed(keys, pressed, false)).toBe(expected);
  });

  it('Mod is Cmd on a Mac', () => {
    expect(isPressed('Mod+S', press('s', { metaKey: true }), true)).toBe(true);
    expect(isPressed('Mod+S', press('s', { ctrlKey: true }), true)).toBe(false);
  });

  it.each([
    ['Mod+Shift+e', false, 'Ctrl+Shift+E'],
    ['Mod+Shift+e', true, '⇧⌘E'],
    ['ArrowLeft', false, '←'],
    ['Space', false, 'Space'],
  ])('%s is written (Mac: %s) %s', (keys, isMac, text) => {
    expect(shortcutText(keys, isMac)).toBe(text);
  });
});
