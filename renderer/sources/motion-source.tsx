import { FileVideo, PencilLine } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { MotionRecord } from '../../core/document/document.ts';
import { canFit, canUnfit } from '../../core/pose-edit/fit-motion.ts';
import type { BuiltInMotion } from '../../preload/contract/project.ts';
import { attempt, tellFailure } from '../app/notices.ts';
import { useApp, useDocument, useOpenedProject } from '../app/studio-context.ts';
import { findCommand, runCommand } from '../commands/registry.ts';
import { useRecord } from '../inspector/use-record.ts';
import { JobProgressView } from '../jobs/job-progress.tsx';
import { activeJob } from '../jobs/jobs-store.ts';
import { Button } from '../ui/button.tsx';
import { Check } from '../ui/field.tsx';
import { counted } from '../ui/words.ts';
import { MotionCard } from './motion-card.tsx';
import { chooseMotion, takeMotion } from './source-actions.ts';
import { drawByHand } from './source-commands.ts';
import styles from './sources.module.css';

/** How the character moves: built-in motions, a video or file, or by hand. */
export function MotionSource() {
  const { client, jobs } = useApp();
  const { project } = useOpenedProject();
  const motion = useRecord('motion');
  const motions = useMotions();
  const reading = useStore(jobs, (state) => activeJob(state.jobs, project.id, 'poses'));
  const context = { client, project };
  return (
    <section className={styles.section} aria-labelledby="source-motion">
      <h2 id="source-motion">Motion</h2>
      {motion && <MotionFacts motion={motion} />}
      {motion && <Fit motion={motion} />}
      {reading && <JobProgressView job={reading} />}
      <div className={styles.column}>
        <Button
          icon={FileVideo}
          onClick={() => {
            attempt(() => takeMotion(context));
          }}
        >
          From a video or file…
        </Button>
        <Button
          icon={PencilLine}
          onClick={() => {
            drawByHand(context);
          }}
        >
          Draw by hand
        </Button>
      </div>
      <ul className={styles.motions} aria-label="Built-in motions" aria-busy={motions === undefined}>
        {motions?.map((each) => (
          <li key={each.name}>
            <MotionCard
              motion={each}
              isChosen={motion?.source === 'built-in' && motion.name === each.name}
              onChoose={() => {
                attempt(() => chooseMotion(context, each.name));
              }}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

const SOURCES: Readonly<Record<MotionRecord['source'], string>> = {
  'built-in': 'built in',
  video: 'from a video',
  pictures: 'from pictures',
  file: 'from a file',
  hand: 'by hand',
};

function MotionFacts({ motion }: { readonly motion: MotionRecord }) {
  const { name, source, frames, fps, skeleton } = motion;
  return (
    <p className={styles.facts}>
      <strong className={styles.file}>{name}</strong>
      <span>
        {SOURCES[source]} · {counted(frames, 'frame')} · {(frames / fps).toFixed(1)} s ·{' '}
        {skeleton === 'openpose18' ? 'body' : 'body, hands, face'}
      </span>
    </p>
  );
}

/** Whether the motion lies over the character, in its proportions. */
function Fit({ motion }: { readonly motion: MotionRecord }) {
  const isPossible = useDocument(canFit);
  const canGoBack = useDocument(canUnfit);
  const isFitted = Boolean(motion.ownFrame);
  if (!isFitted && !isPossible) return null;
  return (
    <div className={styles.fit}>
      <Check
        label="Fit to the character"
        hint="Over its picture, in its proportions. What you edit is never fitted again by itself."
        checked={isFitted}
        disabled={isFitted && !canGoBack}
        onChange={(isWanted) => {
          runCommand(findCommand(isWanted ? 'motion.fit' : 'motion.own-frame'));
        }}
      />
      {isFitted && isPossible && (
        <Button
          className={styles.again}
          title="After the picture's joints or the poses have changed"
          onClick={() => {
            runCommand(findCommand('motion.fit'));
          }}
        >
          Fit again
        </Button>
      )}
    </div>
  );
}

function useMotions(): readonly BuiltInMotion[] | undefined {
  const { client } = useApp();
  const [motions, setMotions] = useState<readonly BuiltInMotion[]>();
  useEffect(() => {
    let isWanted = true;
    client.project
      .motions()
      .then((list) => {
        if (isWanted) setMotions(list);
      })
      .catch(tellFailure);
    return () => {
      isWanted = false;
    };
  }, [client]);
  return motions;
}
