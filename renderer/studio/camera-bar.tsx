import { Blend, ChevronLeft, ChevronRight, X } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { ClipCamera } from '../../core/document/document.ts';
import type { Command } from '../commands/command.ts';
import { CommandButton } from '../ui/command-button.tsx';
import { Button } from '../ui/button.tsx';
import { Menu } from '../ui/menu.tsx';
import { viewAngle } from '../views/view-angle.ts';
import styles from './camera-bar.module.css';
import { lookThrough, viewStore } from './view-store.ts';

export interface CameraBarProps {
  readonly cameras: readonly ClipCamera[];
  /** Those of the cameras, among others. */
  readonly commands: readonly Command[];
}

const nameOf = (camera: ClipCamera, view: number): string => {
  const { degrees, side } = viewAngle(camera);
  return `View ${view}, ${degrees}°, ${side}`;
};

/** Which camera of the clip is looked through, and the way to the others; nothing while none is. */
export function CameraBar({ cameras, commands }: CameraBarProps) {
  const { lookThrough: view, choosesCamera } = useStore(viewStore);
  const [bar, setBar] = useState<HTMLElement | null>(null);
  const camera = view === null ? undefined : cameras[view];
  return (
    <>
      <div ref={setBar} className={styles.place}>
        {camera && view !== null && (
          <div className={styles.bar} role="toolbar" aria-label="Camera">
            <CommandButton commands={commands} id="view.previousCamera" icon={ChevronLeft} />
            <Button
              kind="quiet"
              title="Another camera (C)"
              aria-haspopup="menu"
              onClick={() => {
                viewStore.setState({ choosesCamera: true });
              }}
            >
              {nameOf(camera, view)}
            </Button>
            <CommandButton commands={commands} id="view.nextCamera" icon={ChevronRight} />
            <CommandButton commands={commands} id="view.compare" icon={Blend} />
            <CommandButton commands={commands} id="view.lookAround" icon={X} />
          </div>
        )}
      </div>
      <p className="visually-hidden" role="status">
        {camera && view !== null ? `Looking through ${nameOf(camera, view).toLowerCase()}` : ''}
      </p>
      {choosesCamera && <CameraMenu cameras={cameras} current={view} anchor={bar} />}
    </>
  );
}

interface CameraMenuProps {
  readonly cameras: readonly ClipCamera[];
  readonly current: number | null;
  readonly anchor: HTMLElement | null;
}

const close = (): void => {
  viewStore.setState({ choosesCamera: false });
};

function CameraMenu({ cameras, current, anchor }: CameraMenuProps) {
  const { left = 0, top = 0, width = 0 } = anchor?.getBoundingClientRect() ?? {};
  return (
    <Menu
      label="Look through camera"
      at={{ x: left + width / 2, y: top }}
      onClose={close}
      items={cameras.map((camera, view) => ({
        label: nameOf(camera, view),
        checked: view === current,
        run: () => {
          lookThrough(view);
        },
      }))}
    />
  );
}
