import { useMemo } from 'react';
import { useStore } from 'zustand';
import { useApp, useOpenedProject } from '../app/studio-context.ts';
import { stageStates } from './stage-states.ts';
import { useRecord } from './use-record.ts';

/** The state of each stage of the open project. */
export function useStages() {
  const { jobs } = useApp();
  const { project } = useOpenedProject();
  const all = useStore(jobs, (state) => state.jobs);
  const [character, motion] = [useRecord('character'), useRecord('motion')];
  const [clip, scene] = [useRecord('clip'), useRecord('scene')];
  return useMemo(() => {
    const own = all.filter((job) => job.project === project.id);
    return stageStates({ character, motion, clip, scene, jobs: own });
  }, [all, project, character, motion, clip, scene]);
}
