import { PersonStanding, ScanSearch } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { type AssetId, recordOf } from '../../core/document/document.ts';
import type { Place } from '../../core/pose-edit/points.ts';
import { attempt } from '../app/notices.ts';
import { useCommands } from '../commands/registry.ts';
import type { ProjectStore } from '../document/project-store.ts';
import type { PlaybackStore } from '../playback/playback-store.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { JointList } from './joint-list.tsx';
import { KeysPanel } from './keys-panel.tsx';
import { PasteDialog } from './paste-dialog.tsx';
import { placeFigure } from './pose-actions.ts';
import { PoseCanvas } from './pose-canvas.tsx';
import { type PoseClient, poseCommands } from './pose-commands.ts';
import styles from './pose-editor.module.css';
import { PoseMenu } from './pose-menu.tsx';
import { type PoseModel, poseModelOf } from './pose-model.ts';
import { PoseToolbar } from './pose-toolbar.tsx';
import { SelectionPanel } from './selection-panel.tsx';
import type { ShownPose } from './shown-pose.ts';
import { SkeletonPreview } from './skeleton-preview.tsx';
import { useShown } from './use-shown.ts';

export interface PoseEditorProps {
  readonly project: ProjectStore;
  readonly playback: PlaybackStore;
  readonly client: PoseClient;
  readonly assetUrl: (asset: AssetId) => string;
}

const isThere = (shown: ShownPose | undefined): boolean => shown !== undefined;
const isBlank = (shown: ShownPose | undefined): boolean =>
  shown?.points.every((value, i) => i % 3 !== 2 || value === 0) ?? false;

/** Edits the poses of the open project. Its commands are in the palette while it is on the screen. */
export function PoseEditor({ project, playback, client, assetUrl }: PoseEditorProps) {
  const model = useMemo(() => poseModelOf(project, playback), [project, playback]);
  const commands = useMemo(() => poseCommands(model, client), [model, client]);
  useCommands(commands);
  const [menu, setMenu] = useState<Place>();
  const hasPose = useShown(model, isThere);
  const target = useStore(model.session, (state) => state.target);
  const showsPreview = useStore(model.session, (state) => state.showsPreview);
  const notice = useStore(model.session, (state) => state.notice);
  useEffect(() => {
    model.session.setState({ isOpen: true });
    return () => {
      model.session.setState({ isOpen: false });
    };
  }, [model]);
  return (
    <section className={styles.editor} aria-label="Pose editor">
      <PoseToolbar model={model} commands={commands} />
      {hasPose ? (
        <div className={styles.body}>
          <div className={styles.stage}>
            <PoseCanvas model={model} assetUrl={assetUrl} onMenu={setMenu} />
            {showsPreview && <SkeletonPreview model={model} />}
            <BlankOffer model={model} client={client} />
          </div>
          <aside className={styles.panel} aria-label="Joints and keys">
            <SelectionPanel model={model} />
            {target === 'motion' && <KeysPanel model={model} commands={commands} />}
            <JointList model={model} onMenu={setMenu} />
          </aside>
        </div>
      ) : (
        <NoPose model={model} isRest={target === 'rest'} />
      )}
      <p className="visually-hidden" role="status">
        {notice}
      </p>
      {menu && (
        <PoseMenu
          commands={commands}
          at={menu}
          onClose={() => {
            setMenu(undefined);
          }}
        />
      )}
      <PoseDialogs model={model} />
    </section>
  );
}

function PoseDialogs({ model }: { readonly model: PoseModel }) {
  const dialog = useStore(model.session, (state) => state.dialog);
  const frames = useStore(model.project, ({ document }) => recordOf(document, 'motion')?.frames ?? 1);
  const close = (): void => {
    model.session.setState({ dialog: null });
  };
  if (dialog === 'paste') return <PasteDialog model={model} frames={frames} onClose={close} />;
  return dialog === 'import' ? <ImportDialog model={model} onClose={close} /> : null;
}

function NoPose({ model, isRest }: { readonly model: PoseModel; readonly isRest: boolean }) {
  if (isRest) {
    return (
      <EmptyState icon={PersonStanding} title="No character yet">
        The rest pose lies over the character&apos;s picture. Choose or drop a picture on the left.
      </EmptyState>
    );
  }
  const begin = (
    <Button
      icon={PersonStanding}
      onClick={() => {
        model.startByHand();
      }}
    >
      Pose by hand
    </Button>
  );
  return (
    <EmptyState icon={PersonStanding} title="No motion yet" actions={begin}>
      Choose a built-in motion on the left, or drop a video, a motion file or pose files.
    </EmptyState>
  );
}

/** Where nothing is known of a pose: ways to begin. */
function BlankOffer({ model, client }: { readonly model: PoseModel; readonly client: PoseClient }) {
  const blank = useShown(model, isBlank);
  const target = useStore(model.session, (state) => state.target);
  if (!blank) return null;
  const find = (): void => {
    attempt(() => client.jobs.start({ project: model.project.id, task: { kind: 'rest-pose' } }));
  };
  return (
    <div className={styles.offer}>
      <p>{target === 'rest' ? 'The rest pose is worked out when it is needed.' : 'Nobody is seen in this frame.'}</p>
      {target === 'rest' && (
        <Button icon={ScanSearch} onClick={find}>
          Find the joints now
        </Button>
      )}
      <Button
        icon={PersonStanding}
        onClick={() => {
          placeFigure(model);
        }}
      >
        Place a standing figure
      </Button>
    </div>
  );
}
