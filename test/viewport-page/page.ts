/** A page with nothing but the viewport, which tests and benches open and steer from outside. */
import { createElement, createRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import type { ClipCamera } from '../../core/document/document.ts';
import { createPlaybackStore, runPlayback } from '../../renderer/playback/playback-store.ts';
import '../../renderer/ui/tokens.css';
import type { SceneFacts } from '../../renderer/viewport/scene-messages.ts';
import { Viewport, type ViewportHandle, type ViewportProps } from '../../renderer/viewport/viewport.tsx';
import './page.css';

type Settings = Omit<ViewportProps, 'playback' | 'ref' | 'onOpen' | 'onPresent' | 'onLookThrough' | 'onCompare'>;

const playback = createPlaybackStore();
runPlayback(playback);
const handle = createRef<ViewportHandle>();
const presented: { frame: number; at: number; isSharp: boolean }[] = [];
const orbits: unknown[] = [];
let facts: SceneFacts | undefined;
let opened = 0;
let apply: (settings: Partial<Settings>) => void = () => undefined;
let shown: Settings = {
  scene: null,
  sceneName: 'scene.4dgs',
  cameras: [],
  clipWidth: 1,
  clipHeight: 1,
  pictureUrl: (view, frame) => `/pictures/${view}/${frame}.png`,
  mode: 'gaussians',
  background: [1, 1, 1],
  showGrid: false,
  showCameras: false,
  lookThrough: null,
  compare: null,
  orbit: null,
  onOrbitChange: (orbit) => orbits.push(orbit),
  turntable: false,
  liveLabel: null,
};
const waiting: (() => void)[] = [];

const onOpen = (now: SceneFacts): void => {
  facts = now;
  opened++;
  playback.setLength(now.frames, now.fps);
};
const onPresent = (frame: number, isSharp: boolean): void => {
  presented.push({ frame, at: performance.now(), isSharp });
  for (const resolve of waiting.splice(0)) resolve();
};
const onLookThrough = (lookThrough: number | null): void => {
  apply({ lookThrough });
};
const onCompare = (compare: number | null): void => {
  apply({ compare });
};

function Page() {
  const [settings, setSettings] = useState(shown);
  apply = (changed) => {
    shown = { ...shown, ...changed };
    setSettings(shown);
  };
  return createElement(Viewport, {
    ...settings,
    playback,
    ref: handle,
    ...{ onOpen, onPresent, onLookThrough, onCompare },
  });
}

/** The next time a picture goes to the screen. */
const nextPicture = (): Promise<void> =>
  new Promise((resolve) => {
    waiting.push(resolve);
  });

const testPage = {
  playback,
  presented,
  orbits,
  facts: () => facts,
  /** Scenes shown so far. */
  opened: () => opened,
  settings: () => ({ ...shown, scene: null, pictureUrl: null, onOrbitChange: null }),
  set: (settings: Partial<Settings>) => {
    apply(settings);
  },
  setCameras: (cameras: readonly ClipCamera[], clipWidth: number, clipHeight: number) => {
    apply({ cameras, clipWidth, clipHeight });
  },
  open: async (url: string) => {
    const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
    const picture = nextPicture();
    apply({ scene: bytes, sceneName: url });
    await picture;
  },
  nextPicture,
  /** The picture on the screen has its full resolution. */
  sharp: async () => {
    while (presented.at(-1)?.isSharp === false) await nextPicture();
  },
  handle: () => handle.current,
  /** Goes to a frame; milliseconds until its picture was drawn, the graphics card's work included. */
  seek: async (frame: number) => {
    if (playback.getState().frame === frame) return 0;
    const from = performance.now();
    playback.seek(frame);
    while (presented.at(-1)?.frame !== frame || (presented.at(-1)?.at ?? 0) < from) await nextPicture();
    finishDrawing();
    return performance.now() - from;
  },
};
export type TestPage = typeof testPage;
Object.assign(globalThis, { testPage });

/** Reading a pixel waits for everything drawn before it. */
function finishDrawing(): void {
  const gl = document.querySelector('canvas')?.getContext('webgl2');
  gl?.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
}

const root = document.getElementById('root');
if (root) createRoot(root).render(createElement(Page));
