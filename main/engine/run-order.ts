import { mkdir } from 'node:fs/promises';
import { AppError } from '../../core/errors.ts';
import type { EngineOrder, EngineOutcome } from './messages.ts';
import { openEngineProject } from './open-project.ts';
import type { EngineProject } from './project.ts';
import type { Reporter } from './reporter.ts';
import type { TaskFunction, TaskRun } from './task-run.ts';
import { usersWords } from './users-words.ts';

/** Each task's module is loaded when it is needed: most of them bring a library along. */
const TASKS: Readonly<Record<EngineOrder['task']['kind'], () => Promise<TaskFunction>>> = {
  'rest-pose': async () => (await import('./tasks/rest-pose.ts')).findRestPose,
  poses: async () => (await import('./tasks/poses.ts')).findPoses,
  generate: async () => (await import('./tasks/generate.ts')).generateClip,
  'import-clip': async () => (await import('./tasks/import-clip.ts')).importClip,
  optimise: async () => (await import('./tasks/optimise.ts')).optimiseScene,
  export: async () => (await import('./tasks/export.ts')).exportScene,
  'check-model': async () => (await import('./tasks/check-model.ts')).checkModel,
  'read-picture': async () => (await import('./tools/read-picture.ts')).keepPicture,
  'read-views': async () => (await import('./tools/read-views.ts')).keepViews,
  'write-poses': async () => (await import('./tools/write-poses.ts')).writePoseFiles,
  devices: async () => (await import('./tools/devices.ts')).listDevices,
  'open-model': async () => (await import('./tools/open-model.ts')).openModel,
  'plan-model': async () => (await import('./tools/plan-model.ts')).planModel,
};

/**
 * Does an order. Throws an `AppError` in the words of the studio's users, and the signal's reason when it aborts; what it did till
 * then is kept in the work folder.
 */
export async function runOrder(order: EngineOrder, report: Reporter, signal: AbortSignal): Promise<EngineOutcome> {
  const began = performance.now();
  await mkdir(order.workFolder, { recursive: true });
  let opened: EngineProject | undefined;
  const project = (): EngineProject => (opened ??= openProject(order));
  const run: TaskRun = { order, project, signal, report };
  report.translate((text) => usersWords(text, run));
  try {
    const task = await TASKS[order.task.kind]();
    const outcome = await task(run);
    return { ...outcome, seconds: (performance.now() - began) / 1000 };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.code, usersWords(error.message, run), error);
  } finally {
    opened?.close();
  }
}

function openProject({ projectPath }: EngineOrder): EngineProject {
  if (projectPath === null) throw new AppError('bad-input', 'This needs a project; open one first.');
  return openEngineProject(projectPath);
}
