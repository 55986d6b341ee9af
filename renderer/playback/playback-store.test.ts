import { describe, expect, it } from 'vitest';
import { createPlaybackStore } from './playback-store.ts';

const playback = () => createPlaybackStore({ frames: 10, fps: 10 });

describe('the playhead', () => {
  it.each([
    [0.35, 3.5],
    [0.95, 9],
    [1.02, 0.2],
  ])('is after %f s at frame %f', (seconds, frame) => {
    const store = playback();
    store.play();
    store.advance(seconds);
    expect(store.getState().frame).toBeCloseTo(frame, 6);
  });

  it('runs backwards around the start', () => {
    const store = playback();
    store.play(-2);
    store.advance(0.1);
    expect(store.getState().frame).toBeCloseTo(8, 6);
  });

  it('stays within the loop, whichever end comes first', () => {
    const store = playback();
    store.setLoop([6, 4]);
    store.seek(4);
    store.play();
    store.advance(0.25);
    expect(store.getState().frame).toBeCloseTo(6, 6);
    store.advance(0.1);
    expect(store.getState().frame).toBeCloseTo(4, 6);
  });

  it('rests on a whole frame', () => {
    const store = playback();
    store.play();
    store.advance(0.33);
    store.pause();
    expect(store.getState()).toMatchObject({ frame: 3, playing: false });
  });

  it('steps around the ends', () => {
    const store = playback();
    store.step(-1);
    expect(store.getState().frame).toBe(9);
    store.step(1);
    expect(store.getState().frame).toBe(0);
  });

  it('stays inside a shorter motion and forgets a loop that does not fit', () => {
    const store = playback();
    store.seek(8);
    store.setLoop([2, 8]);
    store.setLength(5, 24);
    expect(store.getState()).toMatchObject({ frame: 4, loop: null, fps: 24 });
  });

  it('does not play a single frame', () => {
    const store = createPlaybackStore({ frames: 1 });
    store.play();
    expect(store.getState().playing).toBe(false);
  });
});
