import { useEffect, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import type { Command } from '../commands/command.ts';
import { keepDrawn } from '../ui/keep-drawn.ts';
import { dragProps, placeIn } from '../ui/pointer-drag.ts';
import { drawTimeline, TIMELINE_COLOURS, type TimelineColour } from './draw-timeline.ts';
import type { FrameFacts } from './frame-facts.ts';
import { LaneLists } from './lane-list.tsx';
import { MissingMarks } from './missing-marks.tsx';
import { runOwnShortcut } from './own-shortcut.ts';
import type { TimelineModel } from './timeline-model.ts';
import { type Row, rowAt, rowsHeight } from './timeline-rows.ts';
import { nearestFrame, scrolled, showing, xOf, zoomScale } from './timeline-scale.ts';
import styles from './timeline.module.css';
import { keyAt, TimelineTool } from './tool/timeline-tool.ts';

interface LanesProps {
  readonly model: TimelineModel;
  readonly rows: readonly Row[];
  readonly commands: readonly Command[];
}

const WHEEL_STEP = 1.0015;

/** Ruler, strips and lanes: drawn once a frame of the screen at most; the playhead lies over them. */
export function Lanes({ model, rows, commands }: LanesProps) {
  const area = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const tool = useMemo(() => new TimelineTool(model, rows), [model, rows]);
  useEffect(() => drawLanes(model, rows, area.current, canvas.current), [model, rows]);
  useEffect(() => scrollWithWheel(model, area.current), [model]);
  return (
    <div
      ref={area}
      className={styles.lanes}
      style={{ height: rowsHeight(rows) }}
      {...dragProps(tool, (event) => ({ ...placeIn(event), shift: event.shiftKey, alt: event.altKey }))}
      onDoubleClick={(event) => {
        const { x, y } = placeIn(event);
        const row = rowAt(rows, y);
        if (row?.kind !== 'lane' || keyAt(model, row.group, x)) return;
        const frame = nearestFrame(model.scale(), x, model.facts()?.frames ?? 1);
        model.addKey({ frame, group: row.group });
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !tool.cancel()) return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <canvas ref={canvas} className={styles.canvas} aria-hidden />
      <MissingMarks model={model} rows={rows} />
      <LaneLists model={model} rows={rows} commands={commands} />
      <Playhead model={model} commands={commands} />
    </div>
  );
}

interface PlayheadProps {
  readonly model: TimelineModel;
  readonly commands: readonly Command[];
}

/** "frame 14 of 25, 0.52 s"; frames are counted from 1 on the screen. */
export const frameText = (frame: number, { frames, fps }: FrameFacts): string =>
  `frame ${frame + 1} of ${frames}, ${(frame / fps).toFixed(2)} s`;

/** The same for who does not see the marks: "frame 14 of 25, 0.52 s, part of the character is missing". */
export const frameSpeech = (frame: number, facts: FrameFacts): string =>
  `${frameText(frame, facts)}${facts.missing?.[frame] ? ', part of the character is missing' : ''}`;

const LONG_STEPS = { PageUp: 'play.next-ten', PageDown: 'play.previous-ten' } as const;

function Playhead({ model, commands }: PlayheadProps) {
  const facts = useStore(model.project, () => model.facts());
  const frame = useStore(model.playback, () => Math.round(model.playhead()));
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => keepInPlace(model, ref.current), [model]);
  if (!facts) return null;
  return (
    <div
      ref={ref}
      className={styles.playhead}
      role="slider"
      tabIndex={0}
      aria-label="Playhead"
      aria-valuemin={1}
      aria-valuemax={facts.frames}
      aria-valuenow={frame + 1}
      aria-valuetext={frameSpeech(frame, facts)}
      onKeyDown={(event) => {
        // What moves a slider are also the timeline's shortcuts, which others may not take while it has the focus.
        runOwnShortcut(event, commands, LONG_STEPS);
      }}
    />
  );
}

/** Follows the playhead without React: while it plays that is once a frame of the screen. */
function keepInPlace(model: TimelineModel, element: HTMLElement | null): (() => void) | undefined {
  if (!element) return undefined;
  const place = (): void => {
    const frames = model.facts()?.frames ?? 1;
    const at = model.playhead();
    const { scale, width } = model.session.getState();
    if (scale && model.playback.getState().playing) {
      const followed = showing(scale, at, frames, width);
      if (followed !== scale) model.session.setState({ scale: followed });
    }
    element.style.transform = `translateX(${xOf(model.scale(), at)}px)`;
  };
  const ends = [model.project, model.playback, model.session].map((store) => store.subscribe(place));
  place();
  return () => {
    for (const end of ends) end();
  };
}

function scrollWithWheel(model: TimelineModel, area: HTMLElement | null): (() => void) | undefined {
  const scroll = (event: WheelEvent): void => {
    const frames = model.facts()?.frames ?? 1;
    const { width } = model.session.getState();
    const scale = model.scale();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 20 : 1;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const x = event.clientX - (area?.getBoundingClientRect().left ?? 0);
      const factor = WHEEL_STEP ** (-event.deltaY * lines);
      model.session.setState({ scale: zoomScale(scale, factor, x, frames, width) });
    } else if (model.session.getState().scale && (event.shiftKey || event.deltaX !== 0)) {
      event.preventDefault();
      const by = ((event.deltaX || event.deltaY) * lines) / scale.step;
      model.session.setState({ scale: scrolled(scale, by, frames, width) });
    }
  };
  area?.addEventListener('wheel', scroll, { passive: false });
  return () => area?.removeEventListener('wheel', scroll);
}

function drawLanes(
  model: TimelineModel,
  rows: readonly Row[],
  area: HTMLElement | null,
  canvas: HTMLCanvasElement | null,
): (() => void) | undefined {
  if (!area || !canvas) return undefined;
  return keepDrawn({
    area,
    canvas,
    onSize: ({ width }) => {
      model.session.setState({ width });
    },
    watch: (ask) => {
      let loop = model.loop();
      return [
        model.project.subscribe(ask),
        model.session.subscribe(ask),
        // The playhead is not drawn here: of playback only the loop is.
        model.playback.subscribe(() => {
          if (String(model.loop()) === String(loop)) return;
          loop = model.loop();
          ask();
        }),
      ];
    },
    draw: (context, density) => {
      const facts = model.facts();
      if (!facts) return;
      const { selection, drag, box, width } = model.session.getState();
      const style = getComputedStyle(canvas);
      const colours = Object.fromEntries(
        TIMELINE_COLOURS.map((name) => [name, style.getPropertyValue(`--${name}`).trim() || '#888']),
      ) as Record<TimelineColour, string>;
      drawTimeline(
        context,
        { facts, rows, selection, drag, box, scale: model.scale(), loop: model.loop() },
        {
          ...{ width, height: rowsHeight(rows), density, colours },
          font: `${style.fontSize} ${style.fontFamily}`,
        },
      );
    },
  });
}
