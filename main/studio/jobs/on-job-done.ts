import { z } from 'zod';
import type { ProjectDocument } from '../../../core/document/document.ts';
import type { EngineOutcome } from '../../engine/messages.ts';
import type { Job } from '../../../preload/contract/jobs.ts';
import type { Rates } from './rates.ts';
import { workOf } from './work-units.ts';

export interface DoneOptions {
  readonly rates: Rates;
  readonly document: (project: string) => ProjectDocument;
  /** Keeps what a check of a model found. */
  readonly noteCheck: (model: string, findings: readonly string[]) => void;
}

const findings = z.array(z.string());
const generated = z.object({ made: z.boolean() });

/** What the studio learns from a job: how fast this machine is, and what is amiss with a model. */
export const onJobDone =
  ({ rates, document, noteCheck }: DoneOptions) =>
  ({ task, project, restarts }: Job, { diff, seconds, value }: EngineOutcome): void => {
    if (task.kind === 'check-model') {
      const { data } = findings.safeParse(value);
      if (data) noteCheck(task.model, data);
      return;
    }
    // Of a job that went on after a crash the time of its last part alone is known.
    if (project === null || restarts > 0) return;
    if (task.kind === 'generate' && generated.safeParse(value).data?.made !== true) return;
    const work = workOf(task, document(project));
    const scene =
      diff && [...diff.added, ...diff.updated.map(([, after]) => after)].find(({ type }) => type === 'scene');
    if (work) rates.note(work.kind, work.units, scene?.type === 'scene' ? scene.seconds : seconds);
  };
