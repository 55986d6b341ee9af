import { WandSparkles } from 'lucide-react';
import { useMemo } from 'react';
import { DEFAULT_WORKSPACE } from '../../core/document/document.ts';
import { attempt } from '../app/notices.ts';
import { useApp, useOpenedProject } from '../app/studio-context.ts';
import { useCommands } from '../commands/registry.ts';
import { exportCommands } from '../export/export-commands.ts';
import { jobCommands } from '../jobs/job-commands.ts';
import { arrange } from '../studio/workspace.ts';
import { Button } from '../ui/button.tsx';
import { CharacterStage } from './character-stage.tsx';
import { Cost } from './cost.tsx';
import { ExportStage } from './export-stage.tsx';
import { GenerateStage } from './generate-stage.tsx';
import styles from './inspector.module.css';
import { OptimiseStage } from './optimise-stage.tsx';
import { StageSection } from './stage-section.tsx';
import type { Stage } from './stage-states.ts';
import { startAll } from './start-job.ts';
import { useEstimate } from './use-estimate.ts';
import { useRecord } from './use-record.ts';
import { useStages } from './use-stages.ts';

const STAGES: readonly { readonly stage: Stage; readonly title: string }[] = [
  { stage: 'character', title: 'Character' },
  { stage: 'generate', title: 'Generate' },
  { stage: 'optimise', title: 'Optimise' },
  { stage: 'export', title: 'Export' },
];

/** The four stages from a picture to files for other programs. */
export function Inspector() {
  const { client, jobs } = useApp();
  const { project } = useOpenedProject();
  const open = useRecord('workspace')?.stage ?? DEFAULT_WORKSPACE.stage;
  const states = useStages();
  const summaries = useSummaries();
  useCommands(
    useMemo(() => [...jobCommands({ client, project, jobs }), ...exportCommands(project)], [client, project, jobs]),
  );
  const content: Readonly<Record<Stage, React.ReactNode>> = {
    character: <CharacterStage />,
    generate: <GenerateStage state={states.generate} />,
    optimise: <OptimiseStage state={states.optimise} />,
    export: <ExportStage state={states.export} />,
  };
  return (
    <div className={styles.inspector}>
      <MakeAll />
      {STAGES.map(({ stage, title }, index) => (
        <StageSection
          key={stage}
          number={index + 1}
          title={title}
          summary={summaries[stage]}
          state={states[stage]}
          isOpen={stage === open}
          onOpen={() => {
            arrange(project, { stage });
          }}
        >
          {content[stage]}
        </StageSection>
      ))}
    </div>
  );
}

function MakeAll() {
  const { client } = useApp();
  const { project } = useOpenedProject();
  const { generate, optimise } = useStages();
  const isBusy = generate.kind === 'active' || optimise.kind === 'active';
  const estimate = useEstimate('all');
  const canStart = generate.kind !== 'blocked' && !isBusy;
  return (
    <div className={styles.all}>
      <Button
        className={styles.make}
        kind={canStart && generate.kind !== 'done' ? 'primary' : 'normal'}
        icon={WandSparkles}
        disabled={!canStart || (estimate?.obstacles.length ?? 0) > 0}
        title="Generates the views, then optimises the scene"
        onClick={() => {
          attempt(() => startAll({ client, project }));
        }}
      >
        Make it all
      </Button>
      {canStart && <Cost estimate={estimate} showsNotes={false} label="What all of it will cost" />}
    </div>
  );
}

/** What each stage has made, in a few words. */
function useSummaries(): Readonly<Record<Stage, string>> {
  const [character, clip, scene] = [useRecord('character'), useRecord('clip'), useRecord('scene')];
  return {
    character: character?.pictureName ?? '',
    generate: clip ? `${clip.pictures.length} views × ${clip.frames} frames` : '',
    optimise: scene ? `PSNR ${scene.psnr.toFixed(1)} dB` : '',
    export: 'Done',
  };
}
