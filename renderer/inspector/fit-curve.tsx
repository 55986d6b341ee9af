import { useMemo } from 'react';
import type { CurvePoint } from '../../preload/contract/jobs.ts';
import { counted } from '../ui/words.ts';
import { curveLines } from './curve-lines.ts';
import styles from './fit-curve.module.css';

const WIDTH = 300;
const HEIGHT = 90;

/** How a fit goes or went: PSNR and loss over the iterations. */
export function FitCurve({ points }: { readonly points: readonly CurvePoint[] }) {
  const lines = useMemo(() => curveLines(points, WIDTH, HEIGHT), [points]);
  const last = points.at(-1);
  if (!lines || !last) return <p className={styles.none}>The curve begins after the first iterations.</p>;
  const [, loss, psnr] = last;
  const summary =
    `After ${counted(lines.iterations, 'iteration')} PSNR is ${psnr.toFixed(1)} dB ` +
    `(between ${lines.psnrRange[0].toFixed(1)} and ${lines.psnrRange[1].toFixed(1)}) and the loss ${loss.toFixed(4)}.`;
  return (
    <figure className={styles.figure}>
      <svg className={styles.chart} viewBox={`0 -4 ${WIDTH} ${HEIGHT + 8}`} preserveAspectRatio="none" role="img">
        <title>{summary}</title>
        {[0, 0.5, 1].map((share) => (
          <line key={share} className={styles.grid} x1={0} x2={WIDTH} y1={share * HEIGHT} y2={share * HEIGHT} />
        ))}
        <polyline className={styles.loss} points={lines.loss} />
        <polyline className={styles.psnr} points={lines.psnr} />
      </svg>
      <figcaption className={styles.legend}>
        <span className={styles.psnrKey}>PSNR {psnr.toFixed(1)} dB</span>
        <span className={styles.lossKey}>Loss {loss.toFixed(4)}</span>
        <span className={styles.iterations}>{lines.iterations.toLocaleString('en')}</span>
      </figcaption>
    </figure>
  );
}
