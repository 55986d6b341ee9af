import { jointAt } from '../../../core/pose-edit/hit-test.ts';
import type { Place } from '../../../core/pose-edit/points.ts';
import type { PoseModel } from '../pose-model.ts';
import { toFrame } from '../view.ts';
import { boxing } from './boxing.ts';
import { dragging } from './dragging.ts';
import { panning } from './panning.ts';
import { REACH, type ToolState } from './tool-state.ts';

/** Nothing is held: shows what would be taken hold of, and what a press begins. */
export function idle(model: PoseModel): ToolState {
  return {
    name: 'idle',
    exit: () => {
      hover(model, null);
    },
    pointerMove: ({ at }) => {
      hover(model, jointUnder(model, at) ?? null);
      return undefined;
    },
    pointerDown: (input) => {
      if (input.button === 1 || (input.button === 0 && input.space)) return panning(model, input);
      if (input.button !== 0) return undefined;
      const joint = jointUnder(model, input.at);
      return joint === undefined ? boxing(model, input) : dragging(model, input, joint);
    },
  };
}

export function jointUnder(model: PoseModel, at: Place): number | undefined {
  const shown = model.shown();
  if (!shown) return undefined;
  const view = model.view(shown);
  const { selection } = model.session.getState();
  return jointAt(shown.points, model.visibleJoints(shown), toFrame(view, at), REACH / view.scale, selection);
}

function hover(model: PoseModel, joint: number | null): void {
  if (model.session.getState().hover !== joint) model.session.setState({ hover: joint });
}
