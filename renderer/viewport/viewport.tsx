import { Canvas, useFrame, useThree } from '@react-three/fiber';
import { type Ref, useEffect, useImperativeHandle, useMemo, useRef, useState } from 'react';
import { Color } from 'three';
import type { Camera } from '../../core/camera.ts';
import type { ClipCamera } from '../../core/document/document.ts';
import type { Orbit } from '../../core/viewer/orbit.ts';
import type { PlaybackStore } from '../playback/playback-store.ts';
import { CameraFrusta } from './camera-frusta.tsx';
import { ComparePicture } from './compare-picture.tsx';
import { DrawingTime } from './drawing-time.ts';
import { against, groundGrid } from './ground-grid.ts';
import { followGestures } from './orbit-gestures.ts';
import type { SceneFacts } from './scene-messages.ts';
import type { ViewMode } from './splat-cloud.ts';
import { Stage } from './stage.ts';
import { encodePicture } from './take-pictures.ts';
import { followTurntable } from './turntable.ts';
import styles from './viewport.module.css';

export interface ViewportProps {
  /** A .4dgs file; another array is another scene, shown as soon as it is read. null: none. */
  readonly scene: Uint8Array<ArrayBuffer> | null;
  /** Stands for the file in what is said when it cannot be shown. */
  readonly sceneName: string;
  /** Whose frame is shown; followed without rendering React. */
  readonly playback: PlaybackStore;
  /** The clip's cameras and the size of its pictures; empty without a clip. */
  readonly cameras: readonly ClipCamera[];
  readonly clipWidth: number;
  readonly clipHeight: number;
  /** Where the clip's picture is; null: not there. */
  readonly pictureUrl: (view: number, frame: number) => string | null;
  readonly mode: ViewMode;
  /** sRGB 0..1 */
  readonly background: readonly [number, number, number];
  readonly showGrid: boolean;
  readonly showCameras: boolean;
  /** The clip's camera that is looked through. */
  readonly lookThrough: number | null;
  readonly onLookThrough: (view: number | null) => void;
  /** While a camera is looked through: how much of its picture covers the scene, 0..1 from the left; null: nothing. */
  readonly compare: number | null;
  readonly onCompare: (share: number | null) => void;
  /** Where the camera is to be; null: at the start. A new value moves it. */
  readonly orbit: Orbit | null;
  /** Where the camera has come to rest. */
  readonly onOrbitChange: (orbit: Orbit) => void;
  readonly turntable: boolean;
  /** What is being watched: "Live, iteration 1,200"; null: no running job. */
  readonly liveLabel: string | null;
  readonly onOpen?: (facts: SceneFacts) => void;
  /** Each time the picture of a frame goes to the screen; coarse while a slow machine shows motion. */
  readonly onPresent?: (frame: number, isSharp: boolean) => void;
  readonly ref?: Ref<ViewportHandle>;
}

export interface ViewportHandle {
  readonly frameAll: () => void;
  /** The scene as it is seen now, a PNG. */
  readonly screenshot: (width: number, height: number, transparent?: boolean) => Promise<Blob>;
  /** WebP pictures spread over the scene's time, seen from the front; none without a scene. */
  readonly thumbnailFrames: (count: number, size: number) => Promise<Uint8Array<ArrayBuffer>[]>;
}

const LABEL =
  'The character in 4D. Arrow keys turn the view, plus and minus zoom, F shows all of it, Escape leaves a camera.';

function hasWebGl(): boolean {
  try {
    return document.createElement('canvas').getContext('webgl2') !== null;
  } catch {
    return false;
  }
}

/** The scene at the playhead's time, from any side. */
export function Viewport(props: ViewportProps) {
  const [canDraw] = useState(hasWebGl);
  if (canDraw) return <DrawnViewport {...props} />;
  return (
    <div className={styles.viewport}>
      <p className={styles.trouble} role="alert">
        The 4D view needs WebGL 2, which this machine does not offer; update the graphics driver or turn on hardware
        acceleration.
      </p>
    </div>
  );
}

function DrawnViewport(props: ViewportProps) {
  const { cameras, clipWidth, clipHeight, background, lookThrough, compare } = props;
  const [stage] = useState(() => new Stage());
  const [trouble, setTrouble] = useState<string | null>(null);
  const [isLost, setLost] = useState(false);
  const surface = useRef<HTMLDivElement>(null);
  const pinholes = useMemo(
    () => cameras.map((camera) => pinhole(camera, clipWidth, clipHeight)),
    [cameras, clipWidth, clipHeight],
  );
  const through = lookThrough === null ? null : (pinholes[lookThrough] ?? null);
  useStage(stage, props, through, setTrouble);
  useHandle(stage, props);

  const { onLookThrough } = props;
  useEffect(() => {
    const element = surface.current;
    if (!element) return undefined;
    return followGestures(element, stage, () => {
      onLookThrough(null);
    });
  }, [stage, onLookThrough]);

  return (
    <div className={styles.viewport}>
      <div ref={surface} className={styles.surface} role="img" aria-label={LABEL} tabIndex={0}>
        <Canvas
          camera={stage.camera}
          frameloop="demand"
          linear
          flat
          dpr={[1, 2]}
          gl={{ antialias: false, alpha: false, stencil: false, powerPreference: 'high-performance' }}
        >
          <primitive object={stage.root} />
          {props.showGrid && <Ground background={background} />}
          {props.showCameras && (
            <CameraFrusta
              cameras={pinholes}
              colour={against(background, 0.6)}
              lookThrough={lookThrough}
              onChoose={onLookThrough}
            />
          )}
          <Presenter stage={stage} background={background} onLost={setLost} />
        </Canvas>
      </div>
      {lookThrough !== null && through && compare !== null && (
        <ComparePicture
          {...{ share: compare, view: lookThrough, width: clipWidth, height: clipHeight }}
          playback={props.playback}
          pictureUrl={props.pictureUrl}
          onShare={props.onCompare}
        />
      )}
      {props.liveLabel !== null && <p className={styles.live}>{props.liveLabel}</p>}
      {(trouble !== null || isLost) && (
        <p className={styles.trouble} role="alert">
          {isLost ? 'The graphics card was reset; the view comes back as soon as it answers.' : trouble}
        </p>
      )}
    </div>
  );
}

/** Hands what the page says to the stage, and what the stage says to the page. */
function useStage(
  stage: Stage,
  props: ViewportProps,
  through: Camera | null,
  onTrouble: (message: string | null) => void,
): void {
  const { scene, sceneName, playback, mode, orbit, turntable, onOrbitChange, onOpen, onPresent } = props;
  useEffect(() => stage.start(), [stage]);
  useEffect(() => {
    stage.listen({
      onOpen: (facts) => onOpen?.(facts),
      onTrouble,
      onPresent: (frame, isSharp) => onPresent?.(frame, isSharp),
      onRest: onOrbitChange,
    });
  });
  useEffect(() => {
    stage.open(scene, sceneName);
  }, [stage, scene, sceneName]);
  useEffect(() => {
    const follow = (): void => {
      stage.setFrame(playback.getState().frame);
    };
    follow();
    return playback.subscribe((now, before) => {
      if (now.frame !== before.frame) follow();
    });
  }, [stage, playback]);
  useEffect(() => {
    stage.setMode(mode);
  }, [stage, mode]);
  useEffect(() => {
    if (orbit) stage.placeOrbit(orbit);
  }, [stage, orbit]);
  useEffect(() => {
    stage.lookThrough(through);
  }, [stage, through]);
  useEffect(() => (turntable ? followTurntable(stage) : undefined), [stage, turntable]);
}

function useHandle(stage: Stage, { ref, background }: ViewportProps): void {
  useImperativeHandle(
    ref,
    () => ({
      frameAll: () => {
        stage.frameAll();
      },
      screenshot: async (width, height, transparent = false) =>
        encodePicture(await stage.picture(width, height, transparent ? null : background), 'image/png'),
      thumbnailFrames: async (count, size) => {
        const images = await stage.thumbnails(count, size, background);
        const files = await Promise.all(images.map((image) => encodePicture(image, 'image/webp')));
        return Promise.all(files.map(async (file) => new Uint8Array(await file.arrayBuffer())));
      },
    }),
    [stage, background],
  );
}

interface PresenterProps {
  readonly stage: Stage;
  readonly background: readonly [number, number, number];
  readonly onLost: (isLost: boolean) => void;
}

/** Draws when the stage has something new, and follows the canvas's size and its loss. */
function Presenter({ stage, background, onLost }: PresenterProps) {
  const { gl, size, invalidate } = useThree();
  useEffect(() => {
    stage.attach(gl, invalidate);
  }, [stage, gl, invalidate]);
  useEffect(() => {
    stage.setSize(size.width, size.height);
  }, [stage, size]);
  useEffect(() => {
    const paint = (): void => {
      gl.setClearColor(new Color(...background), 1);
      invalidate();
    };
    paint();
    const canvas = gl.domElement;
    const lost = (): void => {
      onLost(true);
    };
    const restored = (): void => {
      onLost(false);
      // three starts over and has forgotten it.
      paint();
    };
    canvas.addEventListener('webglcontextlost', lost);
    canvas.addEventListener('webglcontextrestored', restored);
    return () => {
      canvas.removeEventListener('webglcontextlost', lost);
      canvas.removeEventListener('webglcontextrestored', restored);
    };
  }, [gl, background, onLost, invalidate]);
  const [time] = useState(() => new DrawingTime());
  useEffect(
    () => () => {
      time.dispose();
    },
    [time],
  );
  useFrame((state) => {
    const from = performance.now();
    const { share } = stage.resolution;
    const ratio = state.viewport.dpr * share;
    if (state.gl.getPixelRatio() !== ratio) state.gl.setPixelRatio(ratio);
    state.gl.render(state.scene, state.camera);
    time.measure(state.gl, from, (ms) => {
      stage.resolution.drawn(share, ms);
    });
    stage.presented(share);
  }, 1);
  return null;
}

function Ground({ background }: { readonly background: readonly [number, number, number] }) {
  const grid = useMemo(() => groundGrid(background), [background]);
  useEffect(
    () => () => {
      grid.geometry.dispose();
      grid.material.dispose();
    },
    [grid],
  );
  return <primitive object={grid} />;
}

const pinhole = (camera: ClipCamera, width: number, height: number): Camera => ({
  ...camera,
  width,
  height,
  cameraToWorld: Float64Array.from(camera.cameraToWorld),
});
