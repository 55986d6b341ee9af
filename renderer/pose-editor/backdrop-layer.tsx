import { type RefObject, useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { type AssetId, recordOf } from '../../core/document/document.ts';
import { backdropFor, clipPicture } from './backdrop.ts';
import styles from './pose-canvas.module.css';
import type { PoseModel } from './pose-model.ts';
import { motionFrame } from './shown-pose.ts';

interface BackdropLayerProps {
  readonly model: PoseModel;
  readonly assetUrl: (asset: AssetId) => string;
  /** The element that the canvas keeps over the frame. */
  readonly holder: RefObject<HTMLDivElement | null>;
}

/** What lies under the pose: the character, the frame of the driving video, or what was generated. */
export function BackdropLayer({ model, assetUrl, holder }: BackdropLayerProps) {
  const target = useStore(model.session, (state) => state.target);
  const chosen = useStore(model.session, (state) => state.backdrop);
  const opacity = useStore(model.session, (state) => state.opacity);
  const document = useStore(model.project, (state) => state.document);
  const kind = backdropFor(document, target, chosen);
  const motion = recordOf(document, 'motion');
  const frame = useStore(model.playback, (playhead) => motionFrame(motion, playhead));
  const picture = kind === 'picture' ? recordOf(document, 'character')?.picture : undefined;
  const still = kind === 'clip' ? clipPicture(document, frame) : picture;
  return (
    <div ref={holder} className={styles.backdrop} style={{ opacity }} aria-hidden>
      {still !== undefined && <img src={assetUrl(still)} alt="" draggable={false} />}
      {kind === 'video' && motion?.video && (
        <VideoFrame src={assetUrl(motion.video)} seconds={(frame + 0.5) / motion.fps} />
      )}
    </div>
  );
}

/** Shows one moment of a video. Seeks wait for the one that runs: a browser that is asked again and again shows none. */
function VideoFrame({ src, seconds }: { readonly src: string; readonly seconds: number }) {
  const ref = useRef<HTMLVideoElement>(null);
  const wanted = useRef(seconds);
  useEffect(() => {
    wanted.current = seconds;
    const video = ref.current;
    if (video && !video.seeking) seek(video, seconds);
  }, [seconds, src]);
  const follow = (): void => {
    if (ref.current) seek(ref.current, wanted.current);
  };
  return <video ref={ref} src={src} muted playsInline preload="auto" onSeeked={follow} onLoadedMetadata={follow} />;
}

function seek(video: HTMLVideoElement, seconds: number): void {
  const { duration } = video;
  const at = Number.isFinite(duration) ? Math.min(seconds, Math.max(0, duration - 0.001)) : seconds;
  if (Math.abs(video.currentTime - at) > 0.0005) video.currentTime = at;
}
