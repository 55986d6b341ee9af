import type { Command } from '../commands/command.ts';
import { cameraAfter } from './camera-steps.ts';
import { lookThrough, viewStore } from './view-store.ts';

/** What is done with the cameras of the clip, of which there are `cameras`. */
export function cameraCommands(cameras: number): readonly Command[] {
  const when = (): boolean => cameras > 0;
  const isThrough = (): boolean => cameras > 0 && viewStore.getState().lookThrough !== null;
  const step = (by: 1 | -1) => (): void => {
    lookThrough(cameraAfter(viewStore.getState().lookThrough, by, cameras));
  };
  return [
    {
      ...{ id: 'view.camera', label: 'Look through camera…', group: 'View', keys: ['C'], when },
      run: () => {
        viewStore.setState({ choosesCamera: true });
      },
    },
    { id: 'view.nextCamera', label: 'Next camera', group: 'View', keys: [']'], when, run: step(1) },
    { id: 'view.previousCamera', label: 'Previous camera', group: 'View', keys: ['['], when, run: step(-1) },
    {
      ...{ id: 'view.compare', label: "Lay the clip's picture over it", group: 'View', keys: ['X'], when: isThrough },
      isOn: () => viewStore.getState().compare !== null,
      run: () => {
        viewStore.setState(({ compare }) => ({ compare: compare === null ? 0.5 : null }));
      },
    },
    {
      ...{ id: 'view.lookAround', label: 'Leave the camera', group: 'View', keys: ['Escape'], when: isThrough },
      run: () => {
        lookThrough(null);
      },
    },
  ];
}
