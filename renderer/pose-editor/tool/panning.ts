import type { PoseModel } from '../pose-model.ts';
import { idle } from './idle.ts';
import type { PointerInput, ToolState } from './tool-state.ts';

/** The frame itself is held and goes along. */
export function panning(model: PoseModel, down: PointerInput): ToolState {
  const shown = model.shown();
  const before = model.session.getState().view;
  const start = shown && model.view(shown);
  return {
    name: 'pan',
    pointerMove: ({ at }) => {
      if (!start) return undefined;
      const view = { ...start, x: start.x + at.x - down.at.x, y: start.y + at.y - down.at.y };
      model.session.setState({ view });
      return undefined;
    },
    pointerUp: () => idle(model),
    cancel: () => {
      model.session.setState({ view: before });
      return idle(model);
    },
  };
}
