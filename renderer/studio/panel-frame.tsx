import { type CSSProperties, type ReactNode, useEffect, useState } from 'react';
import { Splitter } from '../ui/splitter.tsx';
import { useFontSize } from '../ui/use-font-size.ts';
import { panelLayout, type PanelName, type PanelSize } from './panel-layout.ts';
import styles from './panel-frame.module.css';
import { type PanelsStore, resetPanel, sizePanel, togglePanel } from './panels-store.ts';
import { useStore } from 'zustand';

export interface PanelFrameProps {
  readonly panels: PanelsStore;
  readonly left: ReactNode;
  readonly centre: ReactNode;
  readonly right: ReactNode;
  readonly bottom: ReactNode;
}

const NAMES = {
  left: { region: 'Character and motion', splitter: 'Width of character and motion' },
  right: { region: 'Stages', splitter: 'Width of the stages' },
  bottom: { region: 'Timeline', splitter: 'Height of the timeline' },
} as const;

/** The timeline takes no more of the height of its own accord. */
const AUTO_HEIGHT = 0.45;

/** Sources at the left, stages at the right, time below, and the stage in the room that they leave. */
export function PanelFrame({ panels, left, centre, right, bottom }: PanelFrameProps) {
  const em = useFontSize();
  const wanted = useStore(panels);
  const [frame, setFrame] = useState<HTMLElement | null>(null);
  const [own, setOwn] = useState<HTMLElement | null>(null);
  const room = useSize(frame);
  const auto = useSize(own).height;
  const layout = panelLayout(wanted, { ...room, em });
  const splitter = (name: PanelName, { now, min, max }: PanelSize) => (
    <Splitter
      label={NAMES[name].splitter}
      controls={`panel-${name}`}
      panel={name}
      now={now ?? auto}
      {...{ min, max }}
      step={em}
      className={styles[`${name}Edge`]}
      onMove={(size, isHidden) => {
        sizePanel(panels, name, { size: size / em, isHidden });
      }}
      onDone={panels.keep}
      onReset={() => {
        resetPanel(panels, name);
      }}
      onToggle={() => {
        togglePanel(panels, name);
      }}
    />
  );
  const style = {
    '--left': `${layout.left.now ?? 0}px`,
    '--right': `${layout.right.now ?? 0}px`,
    // A height of the user's is within limits already.
    '--bottom-most': layout.bottom.now === null ? `${room.height * AUTO_HEIGHT}px` : 'none',
    '--bottom': layout.bottom.now === null ? 'auto' : `${layout.bottom.now}px`,
  } as CSSProperties;
  return (
    <div ref={setFrame} className={styles.frame} style={style}>
      <aside id="panel-left" className={styles.left} aria-label={NAMES.left.region} hidden={layout.left.now === 0}>
        {left}
      </aside>
      {splitter('left', layout.left)}
      <div className={styles.centre}>{centre}</div>
      {splitter('bottom', layout.bottom)}
      <section
        ref={setOwn}
        id="panel-bottom"
        className={styles.bottom}
        aria-label={NAMES.bottom.region}
        hidden={layout.bottom.now === 0}
      >
        {bottom}
      </section>
      {splitter('right', layout.right)}
      <aside id="panel-right" className={styles.right} aria-label={NAMES.right.region} hidden={layout.right.now === 0}>
        {right}
      </aside>
    </div>
  );
}

/** The size of an element in pixels; that of the window until it is known. */
function useSize(element: HTMLElement | null): { readonly width: number; readonly height: number } {
  const [size, setSize] = useState({ width: window.innerWidth, height: window.innerHeight });
  useEffect(() => {
    if (!element) return undefined;
    const observer = new ResizeObserver(() => {
      setSize({ width: element.offsetWidth, height: element.offsetHeight });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [element]);
  return size;
}
