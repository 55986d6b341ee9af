import { useCallback, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { recordOf, type SceneRecord } from '../../core/document/document.ts';
import type { Orbit } from '../../core/viewer/orbit.ts';
import { assetUrl } from '../../preload/contract/contract.ts';
import type { Settings } from '../../preload/contract/studio.ts';
import { useApp, useDocument, useOpenedProject } from '../app/studio-context.ts';
import { useCommands } from '../commands/registry.ts';
import { ViewportToolbar } from '../viewport/viewport-toolbar.tsx';
import { Viewport, type ViewportHandle } from '../viewport/viewport.tsx';
import { CameraBar } from './camera-bar.tsx';
import { FirstSteps } from './first-steps.tsx';
import styles from './scene-view.module.css';
import { useEarlierScene } from './use-earlier-scene.ts';
import { useScene } from './use-scene.ts';
import { useThumbnails } from './use-thumbnails.ts';
import { viewCommands } from './view-commands.ts';
import { lookThrough, viewStore } from './view-store.ts';
import { arrange } from './workspace.ts';

type Colour = readonly [number, number, number];

const BACKGROUNDS: Readonly<Record<Settings['background'], { readonly dark: Colour; readonly light: Colour }>> = {
  studio: { dark: [0.075, 0.08, 0.105], light: [0.91, 0.92, 0.945] },
  white: { dark: [1, 1, 1], light: [1, 1, 1] },
  grey: { dark: [0.5, 0.5, 0.5], light: [0.5, 0.5, 0.5] },
  black: { dark: [0, 0, 0], light: [0, 0, 0] },
};
const NO_CAMERAS: readonly never[] = [];

/** The character in 4D, or the way there. */
export function SceneView() {
  const { client, settings } = useApp();
  const { project, playback } = useOpenedProject();
  const [viewport, setViewport] = useState<ViewportHandle | null>(null);
  const earlier = useEarlierScene();
  const view = useStore(viewStore);
  const shownEarlier = view.showsEarlier ? earlier : null;
  const scene = useScene(shownEarlier?.asset ?? null);
  const [openAsset, setOpenAsset] = useState<string | null>(null);
  const clip = useDocument((document) => recordOf(document, 'clip'));
  const name = useDocument((document) => recordOf(document, 'project')?.name ?? 'scene');
  const orbit = useDocument((document) => recordOf(document, 'workspace')?.orbit ?? null);
  const count = clip?.cameras.length ?? 0;
  useThumbnails(viewport, scene.asset, openAsset === scene.asset && scene.asset !== null && !shownEarlier);
  const commands = useMemo(
    () => viewCommands({ client, viewport, name, cameras: count, hasEarlier: earlier !== null }),
    [client, viewport, name, count, earlier],
  );
  useCommands(commands);

  const pictureUrl = useCallback(
    (index: number, frame: number) => {
      const asset = clip?.pictures[index]?.[frame];
      return asset === undefined ? null : assetUrl(project.id, asset);
    },
    [project, clip],
  );
  const onOrbitChange = useCallback(
    (moved: Orbit) => {
      arrange(project, { orbit: moved });
    },
    [project],
  );
  const isLight = document.documentElement.dataset.theme === 'light';
  const background = BACKGROUNDS[settings.background][isLight ? 'light' : 'dark'];

  if (!scene.bytes) return <FirstSteps />;
  return (
    <div className={styles.view}>
      <Viewport
        ref={setViewport}
        scene={scene.bytes}
        sceneName={name}
        playback={playback}
        cameras={clip?.cameras ?? NO_CAMERAS}
        clipWidth={clip?.width ?? 1}
        clipHeight={clip?.height ?? 1}
        pictureUrl={pictureUrl}
        mode={view.mode}
        background={background}
        showGrid={settings.showGrid}
        showCameras={view.showCameras}
        lookThrough={clip ? view.lookThrough : null}
        onLookThrough={lookThrough}
        compare={view.compare}
        onCompare={(compare) => {
          viewStore.setState({ compare });
        }}
        orbit={orbit}
        onOrbitChange={onOrbitChange}
        turntable={view.turntable}
        liveLabel={labelOf(scene.iteration, shownEarlier)}
        onOpen={() => {
          setOpenAsset(scene.asset);
        }}
      />
      <ViewportToolbar commands={commands} />
      {clip && <CameraBar cameras={clip.cameras} commands={commands} />}
    </div>
  );
}

/** What is shown where it is not the project's own scene. */
function labelOf(iteration: number | null, earlier: SceneRecord | null): string | null {
  if (iteration !== null) return `Live · iteration ${iteration.toLocaleString('en')}`;
  return earlier && `The scene before · ${earlier.preset} · ${earlier.psnr.toFixed(1)} dB`;
}
