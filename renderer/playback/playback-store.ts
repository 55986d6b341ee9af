import { createStore, type StoreApi } from 'zustand/vanilla';

export interface PlaybackState {
  /** Where the playhead is, 0 to frames - 1; between two frames while it plays. */
  readonly frame: number;
  readonly playing: boolean;
  /** Frames a second. */
  readonly fps: number;
  readonly frames: number;
  /** First and last frame of what plays over and over; null: all. */
  readonly loop: readonly [first: number, last: number] | null;
  /** 1 is real time; negative plays backwards. */
  readonly speed: number;
}

/** The one playhead of the open project. Timeline, viewport, pose editor and views follow it. */
export interface PlaybackStore extends StoreApi<PlaybackState> {
  readonly seek: (frame: number) => void;
  /** To the next whole frame in this direction, around the ends. */
  readonly step: (frames: number) => void;
  readonly play: (speed?: number) => void;
  readonly pause: () => void;
  readonly toggle: () => void;
  readonly setLoop: (loop: PlaybackState['loop']) => void;
  /** Another length or pace; the playhead stays inside. */
  readonly setLength: (frames: number, fps: number) => void;
  /** Lets `seconds` pass. */
  readonly advance: (seconds: number) => void;
}

export function createPlaybackStore(initial: Partial<PlaybackState> = {}): PlaybackStore {
  const store = createStore<PlaybackState>()(() => ({
    ...{ frame: 0, playing: false, fps: 24, frames: 1, loop: null, speed: 1 },
    ...initial,
  }));
  const { getState, setState } = store;
  const pause = (): void => {
    const { frame, playing, frames } = getState();
    if (playing) setState({ playing: false, frame: clamp(Math.round(frame), 0, frames - 1) });
  };
  const play = (speed = 1): void => {
    setState({ playing: getState().frames > 1, speed });
  };
  return {
    ...store,
    play,
    pause,
    seek: (frame) => {
      setState({ frame: clamp(frame, 0, getState().frames - 1) });
    },
    step: (count) => {
      pause();
      const { frame, frames } = getState();
      setState({ frame: modulo(Math.round(frame) + count, frames) });
    },
    toggle: () => {
      if (getState().playing) pause();
      else play();
    },
    setLoop: (loop) => {
      const { frames } = getState();
      setState({
        loop: loop && [clamp(Math.min(...loop), 0, frames - 1), clamp(Math.max(...loop), 0, frames - 1)],
      });
    },
    setLength: (frames, fps) => {
      const { frame, loop } = getState();
      setState({
        frames,
        fps,
        frame: clamp(frame, 0, frames - 1),
        loop: loop && loop[1] < frames ? loop : null,
      });
    },
    advance: (seconds) => {
      const { playing } = getState();
      if (playing) setState({ frame: frameAfter(getState(), seconds) });
    },
  };
}

/** Each frame of the range is shown for one frame's time, the last one too, before it starts over. */
export function frameAfter({ frame, fps, frames, loop, speed }: PlaybackState, seconds: number): number {
  const [first, last] = loop ?? [0, frames - 1];
  const length = last - first + 1;
  const position = modulo(clamp(frame, first, last) - first + seconds * fps * speed, length);
  // Between the last frame and the first there is nothing to show but the last.
  return Math.min(first + position, last);
}

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), Math.max(low, high));
const modulo = (value: number, by: number): number => ((value % by) + by) % by;

/** Keeps the playhead moving while it plays; gives back how to end that. */
export function runPlayback(playback: PlaybackStore): () => void {
  let request = 0;
  let before: number | undefined;
  const tick = (now: number): void => {
    // A page that was hidden gets no ticks; it goes on from where it was rather than jump.
    playback.advance(before === undefined ? 0 : Math.min((now - before) / 1000, 0.25));
    before = now;
    request = requestAnimationFrame(tick);
  };
  const follow = ({ playing }: PlaybackState): void => {
    if (playing && request === 0) {
      before = undefined;
      request = requestAnimationFrame(tick);
    } else if (!playing && request !== 0) {
      cancelAnimationFrame(request);
      request = 0;
    }
  };
  const unsubscribe = playback.subscribe(follow);
  follow(playback.getState());
  return () => {
    unsubscribe();
    cancelAnimationFrame(request);
  };
}
