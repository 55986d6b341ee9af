import { examineProviders } from '../../../native/inference/runtime/providers.ts';
import type { Device } from '../../../preload/contract/models.ts';
import type { TaskFunction } from '../task-run.ts';

/** Tries every way of running networks on this machine. */
export const listDevices: TaskFunction = async () => {
  const value = (await examineProviders()).map(({ provider, state, reason, remedy }): Device => {
    const note = remedy === undefined ? reason : `${reason}; ${remedy}`;
    return { provider, usable: state === 'ready', note };
  });
  return { diff: null, label: '', result: '', value };
};
