import { useEffect, useRef, useState } from 'react';
import type { LogLine } from '../../preload/contract/jobs.ts';
import { tellFailure } from '../app/notices.ts';
import { useApp } from '../app/studio-context.ts';
import { classes } from '../ui/button.tsx';
import styles from './job-log.module.css';

/** Older lines are on the disk; a page that shows them all would only be slower. */
const MOST_LINES = 500;
/** Pixels from the end within which the list goes on following it. */
const NEAR_END = 24;

/** What a job says while it runs. Follows the end as long as one looks at the end. */
export function JobLog({ job }: { readonly job: string }) {
  const { client } = useApp();
  const [lines, setLines] = useState<readonly LogLine[]>();
  const list = useRef<HTMLOListElement>(null);
  const follows = useRef(true);
  useEffect(() => {
    let isWanted = true;
    // Listening begins first: a line between the question and its answer is told twice rather than not at all.
    const end = client.jobs.on('log', ({ job: of, line }) => {
      if (of === job) setLines((known) => known && [...known, line].slice(-MOST_LINES));
    });
    client.jobs
      .log({ job })
      .then((known) => {
        if (isWanted) setLines(known.slice(-MOST_LINES));
      })
      .catch(tellFailure);
    return () => {
      isWanted = false;
      end();
    };
  }, [client, job]);
  useEffect(() => {
    if (follows.current) list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [lines]);
  if (lines?.length === 0) return <p className={styles.none}>It has said nothing yet.</p>;
  return (
    <ol
      ref={list}
      className={styles.log}
      aria-label="Log"
      aria-busy={lines === undefined}
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        follows.current = scrollHeight - scrollTop - clientHeight < NEAR_END;
      }}
    >
      {lines?.map(({ at, level, text }, index) => (
        <li key={`${at} ${index}`} className={classes(styles.line, styles[level])}>
          <time className={styles.time} dateTime={at}>
            {at.slice(11, 19)}
          </time>
          <span>{text}</span>
        </li>
      ))}
    </ol>
  );
}
