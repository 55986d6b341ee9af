import { type CSSProperties, useEffect, useRef } from 'react';
import type { PlaybackStore } from '../playback/playback-store.ts';
import styles from './viewport.module.css';

export interface ComparePictureProps {
  /** How much of the picture is seen, 0..1 from the left. */
  readonly share: number;
  readonly onShare: (share: number) => void;
  readonly view: number;
  /** Size of the picture; it lies where a picture of the camera lies in the viewport. */
  readonly width: number;
  readonly height: number;
  readonly playback: PlaybackStore;
  readonly pictureUrl: (view: number, frame: number) => string | null;
}

/** The clip's picture over the scene as far as a slider says. */
export function ComparePicture(props: ComparePictureProps) {
  const { share, onShare, view, width, height, playback, pictureUrl } = props;
  const picture = useRef<HTMLImageElement>(null);
  useEffect(() => {
    const follow = (): void => {
      const url = pictureUrl(view, Math.round(playback.getState().frame));
      const element = picture.current;
      if (!element) return;
      element.hidden = url === null;
      if (url !== null && element.getAttribute('src') !== url) element.src = url;
    };
    follow();
    return playback.subscribe(follow);
  }, [view, playback, pictureUrl]);
  const percent = Math.round(share * 100);
  return (
    <div className={styles.compare}>
      <div className={styles.picture} style={{ '--ratio': width / height, '--share': `${percent}%` } as CSSProperties}>
        <img ref={picture} alt={`The clip's picture of view ${view}`} draggable={false} />
        <span className={styles.divider} aria-hidden />
      </div>
      <input
        className={styles.slider}
        type="range"
        min={0}
        max={100}
        value={percent}
        aria-label="How much of the clip's picture is shown"
        aria-valuetext={`${percent} %`}
        onChange={(event) => {
          onShare(event.currentTarget.valueAsNumber / 100);
        }}
      />
    </div>
  );
}
