import { orbitOf, pan, turn, zoom } from '../../core/viewer/orbit.ts';
import type { Stage } from './stage.ts';

/** Radians a drag across the whole height of the viewport turns by. */
const TURN_PER_HEIGHT = Math.PI;
const KEY_TURN = Math.PI / 24;
const KEY_ZOOM = 1.15;
const WHEEL_ZOOM = 0.0012;

interface Pointer {
  readonly x: number;
  readonly y: number;
}

/**
 * Drag turns, drag with Shift or another button moves, wheel or two fingers zoom; arrow keys turn, + and - zoom, F frames,
 * Escape leaves a camera that is looked through. Gives back how to end it.
 */
export function followGestures(element: HTMLElement, stage: Stage, leaveCamera: () => void): () => void {
  const pointers = new Map<number, Pointer>();
  let isMoving = false;

  /** The first movement away from a camera of the clip starts where that camera stands. */
  const free = (): void => {
    if (!stage.isLookingThrough) return;
    stage.setOrbit(orbitOf(stage.view));
    leaveCamera();
  };
  const onDown = (event: PointerEvent): void => {
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    isMoving = event.button !== 0 || event.shiftKey;
    element.focus({ preventScroll: true });
  };
  const onMove = (event: PointerEvent): void => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const [dx, dy] = [(now.x - before.x) / element.clientHeight, (now.y - before.y) / element.clientHeight];
    if (dx === 0 && dy === 0) return;
    // Captured only when it moves: a click that was captured would not reach the cameras below.
    if (!element.hasPointerCapture(event.pointerId)) element.setPointerCapture(event.pointerId);
    const others = [...pointers].filter(([id]) => id !== event.pointerId).map(([, other]) => other);
    pointers.set(event.pointerId, now);
    free();
    const [other] = others;
    if (other) {
      const spread = (at: Pointer): number => Math.max(Math.hypot(at.x - other.x, at.y - other.y), 1);
      stage.setOrbit(pan(zoom(stage.orbit, spread(before) / spread(now)), -dx / 2, dy / 2));
    } else if (isMoving) {
      stage.setOrbit(pan(stage.orbit, -dx, dy));
    } else {
      stage.setOrbit(turn(stage.orbit, -dx * TURN_PER_HEIGHT, dy * TURN_PER_HEIGHT));
    }
  };
  const onUp = (event: PointerEvent): void => {
    pointers.delete(event.pointerId);
  };
  const onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    free();
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1);
    stage.setOrbit(zoom(stage.orbit, Math.exp(Math.min(Math.max(pixels, -400), 400) * WHEEL_ZOOM)));
  };
  const onMenu = (event: Event): void => {
    event.preventDefault();
  };
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => {
      stage.setOrbit(turn(stage.orbit, -KEY_TURN, 0));
    },
    ArrowRight: () => {
      stage.setOrbit(turn(stage.orbit, KEY_TURN, 0));
    },
    ArrowUp: () => {
      stage.setOrbit(turn(stage.orbit, 0, KEY_TURN));
    },
    ArrowDown: () => {
      stage.setOrbit(turn(stage.orbit, 0, -KEY_TURN));
    },
    '+': () => {
      stage.setOrbit(zoom(stage.orbit, 1 / KEY_ZOOM));
    },
    '-': () => {
      stage.setOrbit(zoom(stage.orbit, KEY_ZOOM));
    },
    f: () => {
      stage.frameAll();
    },
    Escape: () => undefined,
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key === '=' ? '+' : event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const act = keys[key];
    if (!act || (key === 'Escape' && !stage.isLookingThrough)) return;
    event.preventDefault();
    event.stopPropagation();
    free();
    act();
  };
  const end = new AbortController();
  const { signal } = end;
  element.addEventListener('pointerdown', onDown, { signal });
  element.addEventListener('pointermove', onMove, { signal });
  element.addEventListener('pointerup', onUp, { signal });
  element.addEventListener('pointercancel', onUp, { signal });
  element.addEventListener('lostpointercapture', onUp, { signal });
  element.addEventListener('wheel', onWheel, { signal, passive: false });
  element.addEventListener('contextmenu', onMenu, { signal });
  element.addEventListener('keydown', onKey, { signal });
  return () => {
    end.abort();
  };
}
