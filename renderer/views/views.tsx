import { Grid3x3 } from 'lucide-react';
import { useState } from 'react';
import type { ClipRecord } from '../../core/document/document.ts';
import { attempt } from '../app/notices.ts';
import { useApp, useOpenedProject } from '../app/studio-context.ts';
import { startJob } from '../inspector/start-job.ts';
import { useRecord } from '../inspector/use-record.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { ContactSheet } from './contact-sheet.tsx';
import { LargeView } from './large-view.tsx';
import { ViewsBar } from './views-bar.tsx';
import styles from './views.module.css';

/** The clip, all views side by side and in step: to look at before hours of work, and to change. */
export function Views() {
  const clip = useRecord('clip');
  return clip ? <Clip clip={clip} /> : <NoClip />;
}

function Clip({ clip }: { readonly clip: ClipRecord }) {
  const [chosen, setChosen] = useState(0);
  const [isLarge, setIsLarge] = useState(false);
  const view = Math.min(chosen, clip.pictures.length - 1);
  return (
    <div className={styles.views}>
      <ViewsBar
        clip={clip}
        view={view}
        isLarge={isLarge}
        onLarge={() => {
          setIsLarge(!isLarge);
        }}
      />
      {isLarge ? (
        <LargeView
          clip={clip}
          view={view}
          onChoose={setChosen}
          onClose={() => {
            setIsLarge(false);
          }}
        />
      ) : (
        <ContactSheet
          clip={clip}
          view={view}
          onChoose={setChosen}
          onOpen={() => {
            setIsLarge(true);
          }}
        />
      )}
    </div>
  );
}

function NoClip() {
  const { client } = useApp();
  const { project } = useOpenedProject();
  const [character, motion] = [useRecord('character'), useRecord('motion')];
  const start = (kind: 'generate' | 'import-clip') => () => {
    attempt(() => startJob({ client, project }, { kind }));
  };
  return (
    <EmptyState
      icon={Grid3x3}
      title="No views yet"
      actions={
        <>
          <Button kind="primary" disabled={!character || !motion} onClick={start('generate')}>
            Generate views
          </Button>
          <Button onClick={start('import-clip')}>Import a clip…</Button>
        </>
      }
    >
      Here the character moves in 21 pictures from all around. Look at them before the scene is optimised; any view can
      be replaced by a picture of yours.
    </EmptyState>
  );
}
