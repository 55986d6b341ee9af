import { describe, expect, it } from 'vitest';
import { HeldSpace } from './held-space.ts';

describe('the space bar over the pose', () => {
  it('plays where it was only pressed', () => {
    const space = new HeldSpace();
    space.press();
    expect(space.isHeld).toBe(true);
    expect(space.release()).toBe(true);
    expect(space.isHeld).toBe(false);
  });

  it('pans and does not play where something was dragged with it, however often the key repeats', () => {
    const space = new HeldSpace();
    space.press();
    space.use();
    space.press();
    expect(space.isHeld).toBe(true);
    expect(space.release()).toBe(false);
  });

  it('a drag without it is none of its business', () => {
    const space = new HeldSpace();
    space.use();
    expect(space.release()).toBe(false);
  });
});
