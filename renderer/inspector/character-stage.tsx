import type { ReactNode } from 'react';
import type { CharacterRecord } from '../../core/document/document.ts';
import { attempt } from '../app/notices.ts';
import { useApp, useOpenedProject } from '../app/studio-context.ts';
import { put } from '../document/project-store.ts';
import { poseModelOf } from '../pose-editor/pose-model.ts';
import { takeMask, takeViews } from '../sources/source-actions.ts';
import { arrange } from '../studio/workspace.ts';
import { Button } from '../ui/button.tsx';
import { Facts } from '../ui/facts.tsx';
import styles from './actions.module.css';
import { startJob } from './start-job.ts';
import { useRecord } from './use-record.ts';

/** What is known of the character, and where the artist has a say. */
export function CharacterStage() {
  const character = useRecord('character');
  return character ? <Known character={character} /> : null;
}

function Known({ character }: { readonly character: CharacterRecord }) {
  const { pictureName, width, height } = character;
  return (
    <>
      <Facts
        facts={[
          { name: 'Picture', value: pictureName },
          { name: 'Size', value: `${width} × ${height}` },
        ]}
      />
      <Mask character={character} />
      <RestPose character={character} />
      <OwnViews character={character} />
    </>
  );
}

interface PartProps {
  readonly title: string;
  readonly state: string;
  readonly hint: string;
  readonly children: ReactNode;
}

function Part({ title, state, hint, children }: PartProps) {
  return (
    <div className={styles.part}>
      <div className={styles.partHead}>
        <h3>{title}</h3>
        <span className={styles.dim}>{state}</span>
      </div>
      <p className={styles.dim}>{hint}</p>
      <div className={styles.row}>{children}</div>
    </div>
  );
}

interface SmallProps {
  readonly children: ReactNode;
  readonly onClick: () => void;
}

const Small = ({ children, onClick }: SmallProps) => (
  <Button className={styles.small} onClick={onClick}>
    {children}
  </Button>
);

function Mask({ character }: { readonly character: CharacterRecord }) {
  const { client } = useApp();
  const { project } = useOpenedProject();
  return (
    <Part
      title="Cut-out"
      state={character.mask === null ? 'worked out' : 'your mask'}
      hint="The studio tells the character from its background. A mask of yours has the last word: white is kept."
    >
      <Small
        onClick={() => {
          attempt(() => takeMask({ client, project }));
        }}
      >
        {character.mask === null ? 'Use your own mask…' : 'Another mask…'}
      </Small>
      {character.mask !== null && (
        <Small
          onClick={() => {
            project.change('Remove the mask', put({ ...character, mask: null }));
          }}
        >
          Remove
        </Small>
      )}
    </Part>
  );
}

function RestPose({ character }: { readonly character: CharacterRecord }) {
  const { client } = useApp();
  const { project, playback } = useOpenedProject();
  const joints = character.restPose?.filter((value, k) => k % 3 === 2 && value > 0).length;
  return (
    <Part
      title="Rest pose"
      state={joints === undefined ? 'not looked for yet' : `${joints} of 18 joints`}
      hint="Where the joints are in the picture. It need not be perfect; move what is wrong."
    >
      <Small
        onClick={() => {
          poseModelOf(project, playback).session.setState({ target: 'rest' });
          arrange(project, { centre: 'poses' });
        }}
      >
        Edit
      </Small>
      <Small
        onClick={() => {
          attempt(() => startJob({ client, project }, { kind: 'rest-pose' }));
        }}
      >
        {joints === undefined ? 'Find' : 'Find again'}
      </Small>
    </Part>
  );
}

function OwnViews({ character }: { readonly character: CharacterRecord }) {
  const { client } = useApp();
  const { project } = useOpenedProject();
  const count = character.views?.filter((view) => view !== null).length ?? 0;
  return (
    <Part
      title="Views of your own"
      state={`${count} of 21`}
      hint="Pictures of the character from around it make better backs and sides than one picture can."
    >
      <Small
        onClick={() => {
          attempt(() => takeViews({ client, project }));
        }}
      >
        Import folder…
      </Small>
      {count > 0 && (
        <Small
          onClick={() => {
            project.change('Remove the view pictures', put({ ...character, views: null }));
          }}
        >
          Remove
        </Small>
      )}
    </Part>
  );
}
