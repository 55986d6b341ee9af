import { FolderInput, Grid3x3, Sparkles } from 'lucide-react';
import type { ClipRecord, SettingsRecord } from '../../core/document/document.ts';
import { attempt } from '../app/notices.ts';
import { showPage } from '../app/app-store.ts';
import { useApp, useOpenedProject } from '../app/studio-context.ts';
import { timeAgo } from '../library/time-ago.ts';
import { useModels } from '../models/use-models.ts';
import { arrange } from '../studio/workspace.ts';
import { Button } from '../ui/button.tsx';
import { type Choice, ChoiceCards } from '../ui/choice-cards.tsx';
import { Facts } from '../ui/facts.tsx';
import { NumberField, Select, TextField } from '../ui/field.tsx';
import { Fold } from '../ui/fold.tsx';
import styles from './actions.module.css';
import { Cost } from './cost.tsx';
import type { StageState } from './stage-states.ts';
import { startJob } from './start-job.ts';
import { useEstimate } from './use-estimate.ts';
import { useRecord, useSettings } from './use-record.ts';

const GENERATORS: readonly Choice<SettingsRecord['generator']>[] = [
  { value: 'puppet', label: 'Puppet', hint: 'No AI: your drawing on a jointed body. Seconds on any processor.' },
  {
    value: 'charactershot',
    label: 'CharacterShot',
    hint: 'The published networks. Needs a checkpoint of your own and, in practice, a graphics card.',
  },
];

/** From the picture and the poses to the pictures of all views. */
export function GenerateStage({ state }: { readonly state: StageState }) {
  const { client } = useApp();
  const { project } = useOpenedProject();
  const { settings, change } = useSettings();
  const clip = useRecord('clip');
  const estimate = useEstimate({ kind: 'generate' });
  const isBusy = state.kind === 'active';
  const start = (kind: 'generate' | 'import-clip') => () => {
    attempt(() => startJob({ client, project }, { kind }));
  };
  return (
    <>
      <ChoiceCards
        label="Generator"
        value={settings.generator}
        choices={GENERATORS}
        onChange={(generator) => {
          change('Choose the generator', { generator });
        }}
      />
      {settings.generator === 'charactershot' && <ModelChoice />}
      <GenerateOptions />
      {state.kind !== 'blocked' && <Cost estimate={estimate} showsMemory={settings.generator !== 'puppet'} />}
      <div className={styles.row}>
        <Button
          className={styles.grow}
          kind={clip ? 'normal' : 'primary'}
          icon={Sparkles}
          disabled={isBusy || state.kind === 'blocked' || (estimate?.obstacles.length ?? 0) > 0}
          onClick={start('generate')}
        >
          {clip ? 'Generate again' : 'Generate views'}
        </Button>
        <Button
          icon={FolderInput}
          disabled={isBusy}
          title="A folder of viewNN/frame_NNNNN.png with cameras.json, or the published networks' video"
          onClick={start('import-clip')}
        >
          Import a clip…
        </Button>
      </div>
      {clip && <Made clip={clip} />}
    </>
  );
}

function Made({ clip }: { readonly clip: ClipRecord }) {
  const { project } = useOpenedProject();
  const { pictures, frames, width, height, fps, replaced, madeBy, madeAt } = clip;
  return (
    <>
      <Facts
        facts={[
          { name: 'Views × frames', value: `${pictures.length} × ${frames}` },
          { name: 'Pictures', value: `${width} × ${height}, ${Number(fps.toFixed(2))} a second` },
          { name: 'Made by', value: `${madeBy}, ${timeAgo(madeAt)}` },
          ...(replaced.length > 0 ? [{ name: 'Views of your own', value: String(replaced.length) }] : []),
        ]}
      />
      <Button
        icon={Grid3x3}
        onClick={() => {
          arrange(project, { centre: 'views' });
        }}
      >
        Look at the views
      </Button>
    </>
  );
}

const NO_MODEL = '';

function ModelChoice() {
  const { settings, change } = useSettings();
  const models = useModels();
  if (models?.length === 0) {
    return (
      <div className={styles.part}>
        <p className={styles.dim}>
          No checkpoint is known yet. The studio ships none; download the published one and add its folder.
        </p>
        <Button
          onClick={() => {
            showPage('models');
          }}
        >
          Open models
        </Button>
      </div>
    );
  }
  const options = (models ?? []).map(({ id, name, missing }) => ({
    value: id,
    label: missing ? `${name} (folder is missing)` : name,
    disabled: missing,
  }));
  return (
    <Select
      label="Checkpoint"
      value={settings.model ?? NO_MODEL}
      options={[{ value: NO_MODEL, label: 'Choose one', disabled: true }, ...options]}
      onChange={(model) => {
        change('Choose the checkpoint', { model });
      }}
    />
  );
}

const SIZES = [192, 256, 320, 384, 480, 512, 768];

function GenerateOptions() {
  const { settings, change } = useSettings();
  const motion = useRecord('motion');
  const isNeural = settings.generator === 'charactershot';
  const sizes = SIZES.includes(settings.size) ? SIZES : [...SIZES, settings.size].sort((a, b) => a - b);
  const most = motion ? Math.min(motion.frames, 25) : 25;
  return (
    <Fold label="Options" summary={`${settings.size} × ${settings.size}, ${settings.frames ?? most} frames`}>
      <div className={styles.pair}>
        <Select
          label="Size of the pictures"
          value={String(settings.size)}
          options={sizes.map((size) => ({ value: String(size), label: `${size} × ${size}` }))}
          onChange={(size) => {
            change('Change the size', { size: Number(size) });
          }}
        />
        <NumberField
          label="Frames"
          value={settings.frames}
          min={1}
          max={1000}
          placeholder={`${most}, as the motion`}
          onChange={(frames) => {
            change('Change the number of frames', { frames });
          }}
        />
      </div>
      {isNeural && (
        <>
          <div className={styles.pair}>
            <NumberField
              label="Denoising steps"
              value={settings.steps}
              min={1}
              max={1000}
              onChange={(steps) => {
                if (steps !== null) change('Change the steps', { steps });
              }}
            />
            <SeedField />
          </div>
          <TextField
            label="Prompt"
            value={settings.prompt ?? ''}
            placeholder="The authors' own"
            maxLength={2000}
            onChange={(text) => {
              change('Change the prompt', { prompt: text.trim() === '' ? null : text });
            }}
          />
        </>
      )}
    </Fold>
  );
}

/** The same seed and settings give the same result. */
export function SeedField() {
  const { settings, change } = useSettings();
  return (
    <NumberField
      label="Seed"
      value={settings.seed}
      min={0}
      max={0xffffffff}
      onChange={(seed) => {
        if (seed !== null) change('Change the seed', { seed });
      }}
    />
  );
}
