import { useMemo } from 'react';
import { useStore } from 'zustand';
import { type ClipInputs, clipInputs } from '../../core/document/clip-inputs.ts';
import { recordOf } from '../../core/document/document.ts';
import { useApp, useDocument, useOpenedProject } from '../app/studio-context.ts';
import { stageStates } from './stage-states.ts';
import { useRecord } from './use-record.ts';

/** The state of each stage of the open project. */
export function useStages() {
  const { jobs } = useApp();
  const { project } = useOpenedProject();
  const all = useStore(jobs, (state) => state.jobs);
  const [character, motion] = [useRecord('character'), useRecord('motion')];
  const [clip, scene] = [useRecord('clip'), useRecord('scene')];
  const inputs = useInputs();
  return useMemo(() => {
    const own = all.filter((job) => job.project === project.id);
    return stageStates({ character, motion, clip, scene, inputs, jobs: own });
  }, [all, project, character, motion, clip, scene, inputs]);
}

/** The same object until an input changes. */
function useInputs(): ClipInputs | undefined {
  const print = useDocument((document) => {
    const inputs = recordOf(document, 'clip')?.madeFrom && clipInputs(document);
    return inputs && `${inputs.character} ${inputs.motion}`;
  });
  return useMemo(() => {
    const [character, motion] = print?.split(' ') ?? [];
    return character === undefined || motion === undefined ? undefined : { character, motion };
  }, [print]);
}
