import { useMemo, useSyncExternalStore } from 'react';
import type { PoseModel } from './pose-model.ts';
import type { PoseSessionState } from './pose-session.ts';
import type { ShownPose } from './shown-pose.ts';

type Select<T> = (shown: ShownPose | undefined, session: PoseSessionState) => T;

/**
 * Part of what the pose editor shows; the component follows it. Drags change the document many times a second: a component
 * is rendered again only where `isEqual` says that its part differs. `select` and `isEqual` must stay the same functions.
 */
export function useShown<T>(model: PoseModel, select: Select<T>, isEqual: (a: T, b: T) => boolean = Object.is): T {
  const source = useMemo(() => sourceOf(model, select, isEqual), [model, select, isEqual]);
  return useSyncExternalStore(source.subscribe, source.get);
}

function sourceOf<T>(model: PoseModel, select: Select<T>, isEqual: (a: T, b: T) => boolean) {
  let known: { readonly value: T } | undefined;
  return {
    get: (): T => {
      const value = select(model.shown(), model.session.getState());
      if (!known || !isEqual(known.value, value)) known = { value };
      return known.value;
    },
    subscribe: (listener: () => void): (() => void) => {
      const ends = [model.project, model.playback, model.session].map((store) => store.subscribe(listener));
      return () => {
        for (const end of ends) end();
      };
    },
  };
}

/** Lists alike item by item. */
export const isSameList = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a.length === b.length && a.every((item, i) => item === b[i]);
