import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './fold.module.css';

export interface FoldProps {
  readonly label: string;
  /** What is inside, in a few words, while it is closed. */
  readonly summary?: string;
  readonly children: ReactNode;
  readonly onOpen?: (isOpen: boolean) => void;
}

/** What most people leave alone, out of the way. */
export function Fold({ label, summary, children, onOpen }: FoldProps) {
  return (
    <details
      className={styles.fold}
      onToggle={(event) => {
        onOpen?.(event.currentTarget.open);
      }}
    >
      <summary className={styles.summary}>
        <ChevronRight className={styles.arrow} size="1em" aria-hidden />
        {label}
        {summary !== undefined && <span className={styles.inside}>{summary}</span>}
      </summary>
      <div className={styles.body}>{children}</div>
    </details>
  );
}
