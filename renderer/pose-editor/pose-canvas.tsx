import { type KeyboardEvent, type MouseEvent, type PointerEvent, useEffect, useMemo, useRef } from 'react';
import type { AssetId } from '../../core/document/document.ts';
import { jointLabel } from '../../core/pose-edit/joint-groups.ts';
import { confidenceAt, type Place } from '../../core/pose-edit/points.ts';
import { keepDrawn } from '../ui/keep-drawn.ts';
import { dragProps, placeIn } from '../ui/pointer-drag.ts';
import { BackdropLayer } from './backdrop-layer.tsx';
import { drawPose, type PoseScene } from './draw-pose.ts';
import { nudge } from './nudge.ts';
import { onionPoses } from './onion.ts';
import styles from './pose-canvas.module.css';
import type { PoseModel } from './pose-model.ts';
import type { ShownPose } from './shown-pose.ts';
import { jointUnder } from './tool/idle.ts';
import { HeldSpace } from './tool/held-space.ts';
import { PoseTool } from './tool/pose-tool.ts';
import type { PointerInput } from './tool/tool-state.ts';
import { type View, zoomView } from './view.ts';

interface PoseCanvasProps {
  readonly model: PoseModel;
  readonly assetUrl: (asset: AssetId) => string;
  /** The menu for what is under the pointer is asked for; at pixels of the window. */
  readonly onMenu: (at: Place) => void;
}

const WHEEL_STEP = 1.0015;

/** The pose over its backdrop. Drawn straight from the stores, once a frame of the screen at most: React takes no part. */
export function PoseCanvas({ model, assetUrl, onMenu }: PoseCanvasProps) {
  const area = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const backdrop = useRef<HTMLDivElement>(null);
  const tool = useMemo(() => new PoseTool(model), [model]);
  const space = useMemo(() => new HeldSpace(), []);
  useEffect(() => drawPoses(model, area.current, canvas.current, backdrop.current), [model]);
  useEffect(() => zoomWithWheel(model, area.current), [model]);

  const input = (event: PointerEvent<HTMLElement>): PointerInput => ({
    at: placeIn(event),
    button: event.button,
    shift: event.shiftKey,
    alt: event.altKey,
    space: space.isHeld,
  });
  const openMenu = (event: MouseEvent<HTMLElement>): void => {
    event.preventDefault();
    const joint = jointUnder(model, placeIn(event));
    if (joint !== undefined && !model.session.getState().selection.has(joint)) model.select([joint]);
    onMenu({ x: event.clientX, y: event.clientY });
  };
  const keyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const isSpace = event.key === ' ' && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (isSpace) space.press();
    const isTaken = isSpace || (event.key === 'Escape' ? tool.cancel() : nudge(model, event));
    if (!isTaken) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const drag = dragProps(tool, input, 1);
  return (
    <div ref={area} className={styles.area}>
      <BackdropLayer model={model} assetUrl={assetUrl} holder={backdrop} />
      <canvas
        ref={canvas}
        className={styles.canvas}
        // What happens here is also in the list of joints beside it; arrows move what is selected.
        role="application"
        aria-label="Pose. Drag joints, or choose them in the list and move them with the arrow keys."
        tabIndex={0}
        onPointerDown={(event) => {
          if (event.button <= 1) space.use();
          drag.onPointerDown(event);
        }}
        onPointerMove={(event) => {
          drag.onPointerMove(event);
          event.currentTarget.style.cursor = cursorOf(model, tool);
        }}
        onPointerUp={drag.onPointerUp}
        onPointerCancel={drag.onPointerCancel}
        onLostPointerCapture={() => {
          tool.end();
        }}
        onPointerLeave={() => {
          if (tool.state === 'idle') model.session.setState({ hover: null });
        }}
        onDoubleClick={(event) => {
          const joint = jointUnder(model, placeIn(event));
          if (joint !== undefined) model.selectGroupOf(joint);
        }}
        onContextMenu={openMenu}
        onKeyDown={keyDown}
        onKeyUp={(event) => {
          if (event.key !== ' ') return;
          if (space.release()) model.playback.toggle();
        }}
        onBlur={() => {
          space.release();
        }}
      />
    </div>
  );
}

function cursorOf(model: PoseModel, { state }: PoseTool): string {
  if (state === 'pan' || state === 'drag') return 'grabbing';
  return state === 'box' || model.session.getState().hover === null ? 'crosshair' : 'grab';
}

/** A wheel that zooms must keep the page from scrolling, which React's listeners may not. */
function zoomWithWheel(model: PoseModel, area: HTMLElement | null): (() => void) | undefined {
  const zoom = (event: WheelEvent): void => {
    const shown = model.shown();
    if (!shown || !area) return;
    event.preventDefault();
    const { left, top } = area.getBoundingClientRect();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 20 : 1;
    const factor = WHEEL_STEP ** (-event.deltaY * lines);
    const about = { x: event.clientX - left, y: event.clientY - top };
    model.session.setState({ view: zoomView(model.view(shown), factor, about) });
  };
  area?.addEventListener('wheel', zoom, { passive: false });
  return () => area?.removeEventListener('wheel', zoom);
}

function drawPoses(
  model: PoseModel,
  area: HTMLElement | null,
  canvas: HTMLCanvasElement | null,
  backdrop: HTMLElement | null,
): (() => void) | undefined {
  if (!area || !canvas) return undefined;
  return keepDrawn({
    area,
    canvas,
    onSize: (size) => {
      model.session.setState({ area: size });
    },
    watch: (ask) => [model.project, model.playback, model.session].map((store) => store.subscribe(ask)),
    draw: (context, density) => {
      const { width, height } = model.session.getState().area;
      const shown = model.shown();
      if (!shown) {
        context.setTransform(1, 0, 0, 1, 0, 0);
        context.clearRect(0, 0, canvas.width, canvas.height);
        return;
      }
      const view = model.view(shown);
      if (backdrop) layOver(backdrop, shown, view);
      const style = getComputedStyle(canvas);
      drawPose(context, sceneOf(model, shown, view), {
        ...{ width, height, density },
        accent: style.getPropertyValue('--accent').trim() || '#ffab6b',
        font: `${style.fontSize} ${style.fontFamily}`,
      });
    },
  });
}

function layOver(element: HTMLElement, { width, height }: ShownPose, { scale, x, y }: View): void {
  element.style.width = `${width * scale}px`;
  element.style.height = `${height * scale}px`;
  element.style.transform = `translate(${x}px, ${y}px)`;
}

function sceneOf(model: PoseModel, shown: ShownPose, view: View): PoseScene {
  const { selection, hover, box, onion } = model.session.getState();
  const { skeleton, points, hidden, width, height, frame, target } = shown;
  const hint = hover === null ? null : hintFor(shown, hover);
  return {
    ...{ skeleton, points, hidden, selection, hover, box, view, hint },
    frame: { width, height },
    onion: target === 'motion' && onion > 0 ? onionPoses(model.project.getState().document, frame, onion) : [],
  };
}

const hintFor = ({ skeleton, points }: ShownPose, joint: number): string =>
  `${jointLabel(skeleton, joint)}  ${Math.round(confidenceAt(points, joint) * 100)} %`;
