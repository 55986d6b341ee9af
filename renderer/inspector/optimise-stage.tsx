import { Orbit } from 'lucide-react';
import { useStore } from 'zustand';
import type { ClipRecord, SceneRecord, SettingsRecord } from '../../core/document/document.ts';
import { attempt } from '../app/notices.ts';
import { useApp, useOpenedProject } from '../app/studio-context.ts';
import { timeAgo } from '../library/time-ago.ts';
import { Button, classes } from '../ui/button.tsx';
import { type Choice, ChoiceCards } from '../ui/choice-cards.tsx';
import { Facts } from '../ui/facts.tsx';
import { NumberField } from '../ui/field.tsx';
import { Fold } from '../ui/fold.tsx';
import { counted, durationText } from '../ui/words.ts';
import styles from './actions.module.css';
import { Cost } from './cost.tsx';
import { FitCurve } from './fit-curve.tsx';
import { SeedField } from './generate-stage.tsx';
import type { StageState } from './stage-states.ts';
import { startJob } from './start-job.ts';
import { useEstimate } from './use-estimate.ts';
import { useRecord, useSettings } from './use-record.ts';

const PRESETS: readonly Choice<SettingsRecord['preset']>[] = [
  { value: 'draft', label: 'Draft', hint: 'A first look. Movement is right, fine detail is soft.' },
  { value: 'standard', label: 'Standard', hint: 'For use. Twice the Gaussians, about four times the work of a draft.' },
  {
    value: 'paper',
    label: 'Paper',
    hint: "The paper's own network and schedule, to compare with. Very slow on a processor.",
  },
];

const NO_POINTS: readonly never[] = [];

/** From the pictures of the views to the 4D scene. */
export function OptimiseStage({ state }: { readonly state: StageState }) {
  const { client, jobs } = useApp();
  const { project } = useOpenedProject();
  const { settings, change } = useSettings();
  const clip = useRecord('clip');
  const scene = useRecord('scene');
  const estimate = useEstimate({ kind: 'optimise' });
  const running = state.kind === 'active' ? state.job.id : null;
  const live = useStore(jobs, ({ curves }) => (running === null ? undefined : (curves.get(running) ?? NO_POINTS)));
  return (
    <>
      {live && <FitCurve points={live} />}
      <ChoiceCards
        label="Preset"
        value={settings.preset}
        choices={PRESETS}
        onChange={(preset) => {
          change('Choose the preset', { preset });
        }}
      />
      <OptimiseOptions clip={clip} />
      {state.kind !== 'blocked' && <Cost estimate={estimate} />}
      <Button
        kind={scene ? 'normal' : 'primary'}
        icon={Orbit}
        disabled={state.kind === 'active' || state.kind === 'blocked' || (estimate?.obstacles.length ?? 0) > 0}
        onClick={() => {
          attempt(() => startJob({ client, project }, { kind: 'optimise' }));
        }}
      >
        {scene ? 'Optimise again' : 'Optimise'}
      </Button>
      {scene && !live && <Result scene={scene} />}
    </>
  );
}

function Result({ scene }: { readonly scene: SceneRecord }) {
  const { psnr, ssim, gaussians, iterations, seconds, preset, madeAt, curve } = scene;
  const worst = worstFrame(scene.framePsnr);
  return (
    <>
      <Facts
        facts={[
          { name: 'PSNR, training views', value: `${psnr.toFixed(2)} dB` },
          { name: 'SSIM, training views', value: ssim.toFixed(4) },
          ...(worst ? [{ name: 'Weakest frame', value: `${worst.frame + 1} (${worst.psnr.toFixed(1)} dB)` }] : []),
          { name: 'Gaussians', value: gaussians.toLocaleString('en') },
          { name: 'Iterations', value: iterations.toLocaleString('en') },
          { name: 'Took', value: durationText(seconds) },
          { name: 'Made', value: `${preset}, ${timeAgo(madeAt)}` },
        ]}
      />
      {curve.length > 1 && <FitCurve points={curve} />}
    </>
  );
}

function worstFrame(framePsnr: readonly number[]): { readonly frame: number; readonly psnr: number } | undefined {
  if (framePsnr.length === 0) return undefined;
  const psnr = Math.min(...framePsnr);
  return { frame: framePsnr.indexOf(psnr), psnr };
}

function OptimiseOptions({ clip }: { readonly clip: ClipRecord | undefined }) {
  const { settings, change } = useSettings();
  const held = settings.holdout.length;
  const summary = [
    settings.iterations === null ? null : counted(settings.iterations, 'iteration'),
    held > 0 ? `${counted(held, 'view')} held out` : null,
  ].filter((part) => part !== null);
  return (
    <Fold label="Options" summary={summary.length > 0 ? summary.join(', ') : "the preset's"}>
      <div className={styles.pair}>
        <NumberField
          label="Iterations"
          value={settings.iterations}
          min={1}
          max={10_000_000}
          placeholder="The preset's"
          onChange={(iterations) => {
            change('Change the iterations', { iterations });
          }}
        />
        <SeedField />
      </div>
      <Holdout count={clip?.pictures.length ?? 21} />
    </Fold>
  );
}

function Holdout({ count }: { readonly count: number }) {
  const { settings, change } = useSettings();
  const toggle = (view: number): void => {
    const without = settings.holdout.filter((each) => each !== view);
    const holdout = without.length < settings.holdout.length ? without : [...without, view].sort((a, b) => a - b);
    change('Hold out views', { holdout });
  };
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>Views to measure by, not to learn from</legend>
      <div className={styles.views}>
        {Array.from({ length: count }, (_, view) => (
          <Button
            key={view}
            className={classes(styles.view)}
            aria-pressed={settings.holdout.includes(view)}
            aria-label={`Hold out view ${view}`}
            onClick={() => {
              toggle(view);
            }}
          >
            {view}
          </Button>
        ))}
      </div>
    </fieldset>
  );
}
