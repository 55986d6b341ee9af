import { describe, expect, it } from 'vitest';
import { cameraAfter } from './camera-steps.ts';

describe('the next camera', () => {
  it('goes around the ring', () => {
    expect(cameraAfter(20, 1, 21)).toBe(0);
    expect(cameraAfter(0, -1, 21)).toBe(20);
    expect(cameraAfter(4, 1, 21)).toBe(5);
  });

  it('begins at the ends where none is looked through', () => {
    expect(cameraAfter(null, 1, 21)).toBe(0);
    expect(cameraAfter(null, -1, 21)).toBe(20);
  });

  it('is none without cameras, and stays inside a shorter ring', () => {
    expect(cameraAfter(3, 1, 0)).toBeNull();
    expect(cameraAfter(20, 1, 5)).toBe(1);
  });
});
