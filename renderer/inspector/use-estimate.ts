import { useEffect, useState } from 'react';
import type { ProjectDocument } from '../../core/document/document.ts';
import type { Estimate, Task } from '../../preload/contract/jobs.ts';
import { tellFailure } from '../app/notices.ts';
import { useApp, useOpenedProject } from '../app/studio-context.ts';

const REST_MS = 250;
/** What costs depend on; where one looks and single poses do not matter. */
const MATTERS = ['character', 'motion', 'settings', 'clip', 'scene'] as const;

const facts = (document: ProjectDocument): readonly unknown[] => MATTERS.map((id) => document.get(id));

/** What a task, or with 'all' everything from views to scene, will take: asked for again when something that matters rests after a change; undefined until it is known. */
export function useEstimate(task: Task | 'all'): Estimate | undefined {
  const { client } = useApp();
  const { project } = useOpenedProject();
  const [estimate, setEstimate] = useState<Estimate>();
  const key = JSON.stringify(task);
  useEffect(() => {
    let isWanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let known: readonly unknown[] = [];
    const ask = async (): Promise<void> => {
      // The main process estimates by what it has kept.
      await project.settled();
      const asked = JSON.parse(key) as Task | 'all';
      const found = await (asked === 'all'
        ? client.jobs.estimateAll({ project: project.id })
        : client.jobs.estimate({ project: project.id, task: asked }));
      if (isWanted) setEstimate(found);
    };
    const follow = ({ document }: { document: ProjectDocument }): void => {
      const now = facts(document);
      if (now.every((fact, i) => fact === known[i]) && known.length > 0) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        ask().catch(tellFailure);
      }, REST_MS);
      known = now;
    };
    const unsubscribe = project.subscribe(follow);
    follow(project.getState());
    return () => {
      isWanted = false;
      clearTimeout(timer);
      unsubscribe();
    };
  }, [client, project, key]);
  return estimate;
}
