import { classes } from './button.tsx';
import styles from './progress.module.css';

export interface ProgressBarProps {
  readonly label: string;
  /** 0..1; null: not known. */
  readonly share: number | null;
}

export function ProgressBar({ label, share }: ProgressBarProps) {
  const percent = share === null ? undefined : Math.round(share * 100);
  return (
    <div
      className={classes(styles.track, share === null && styles.unknown)}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <div className={styles.bar} style={share === null ? undefined : { transform: `scaleX(${share})` }} />
    </div>
  );
}
