import motions from '../../../assets/motions/walk.json?raw';
import wave from '../../../assets/motions/wave.json?raw';
import jump from '../../../assets/motions/jump.json?raw';
import { readPoses } from '../../../core/formats/poses.ts';
import { toBody18 } from '../../../core/poses/convert.ts';
import type { Estimate, Job, Task } from '../../../preload/contract/jobs.ts';
import type { BuiltInMotion, ImportedPoses } from '../../../preload/contract/project.ts';
import type { Bridge, Reply } from '../../../preload/contract/wire.ts';
import { sampleCurve, sampleJob } from './sample-project.ts';

const TEXTS: Readonly<Record<string, string>> = { jump, walk: motions, wave };

const motion = (name: string): BuiltInMotion => {
  const { frames, width, height, fps } = toBody18(readPoses(TEXTS[name] ?? ''));
  const preview = Array.from({ length: 8 }, (_, k) => [
    ...(frames[Math.floor((k * frames.length) / 8)]?.keypoints ?? []),
  ]);
  return { name, seconds: frames.length / fps, loops: true, preview, width, height, credit: 'Made for this test' };
};

const poses = (name: string): ImportedPoses => {
  const { frames, ...about } = readPoses(TEXTS[name] ?? '');
  return { name, ...about, frames: frames.map(({ keypoints }) => ({ keypoints: [...keypoints], depths: null })) };
};

const estimate = ({ kind }: Task): Estimate => ({
  ...{ seconds: kind === 'optimise' ? 840 : 9, memoryBytes: kind === 'optimise' ? 412e6 : null, diskBytes: 9.1e6 },
  obstacles: [],
  notes: ['The time is that of a machine with 2 cores; after the first job it is that of this one.'],
});

const MODELS = [
  {
    ...{
      id: '00000000-0000-4000-8000-000000000001',
      name: 'CharacterShot-4D',
      folder: '/data/models/CharacterShot-4D',
    },
    ...{ kind: '4d', size: 15.4e9, missing: false },
    check: { at: '2026-01-01T09:00:00.000Z', findings: ['All 1,204 tensors have the names and shapes asked for.'] },
  },
  {
    ...{ id: '00000000-0000-4000-8000-000000000002', name: 'old', folder: '/media/stick/old' },
    ...{ kind: 'unknown', size: 3e9, missing: true, check: null },
  },
];

/** The main process, played: it remembers what it was asked, answers, and tells what the test makes it tell. */
export class FakeBridge implements Bridge {
  readonly asked: { readonly name: string; readonly input: unknown; readonly files: readonly string[] }[] = [];
  readonly #listeners = new Map<string, Set<(payload: unknown) => void>>();
  readonly #jobs: Job[];
  readonly #hasModels: boolean;

  constructor(jobs: Job[], hasModels: boolean) {
    this.#jobs = jobs;
    this.#hasModels = hasModels;
  }

  readonly call = (name: string, input: unknown, files: readonly File[] = []): Promise<Reply> => {
    this.asked.push({ name, input, files: files.map((file) => file.name) });
    return Promise.resolve({ ok: true, value: this.#answer(name, input as never) });
  };

  readonly subscribe = (name: string, listener: (payload: unknown) => void): (() => void) => {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => listeners.delete(listener);
  };

  tell(name: string, payload: unknown): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(payload);
  }

  #answer(name: string, input: { readonly task: Task; readonly name: string }): unknown {
    switch (name) {
      case 'project.motions':
        return Object.keys(TEXTS).map(motion);
      case 'project.motion':
        return poses(input.name);
      case 'project.importPicture':
        return { asset: 'a'.repeat(64), fileName: 'hero.png', width: 640, height: 960 };
      case 'jobs.list':
        return this.#jobs;
      case 'jobs.curve':
        return sampleCurve(120, 9120);
      case 'jobs.log':
        return [
          { at: '2026-01-01T12:00:01.000Z', level: 'info', text: 'Visual hull: 7,000 first Gaussians.' },
          { at: '2026-01-01T12:00:31.000Z', level: 'warning', text: 'Frame 9 was hard to open; three starts tried.' },
        ];
      case 'jobs.estimate':
        return estimate(input.task);
      case 'jobs.estimateAll':
        return { ...estimate({ kind: 'optimise' }), seconds: 849, diskBytes: 18.2e6 };
      case 'jobs.start': {
        const job = sampleJob(`new ${this.asked.length}`, { task: input.task, state: 'waiting', started: null });
        this.tell('jobs.changed', job);
        return job;
      }
      case 'models.list':
        return this.#hasModels ? MODELS : [];
      case 'models.devices':
        return [
          { provider: 'cuda', usable: false, note: 'No NVIDIA driver was found.' },
          { provider: 'webgpu', usable: false, note: 'No adapter; a software one is too slow to be of use.' },
          { provider: 'cpu', usable: true, note: 'x64, 8 cores, 16 GB' },
        ];
      case 'models.plan':
        return {
          fits: false,
          lines: ['The processor would need about 31 hours for one clip.', 'At its height it takes 14 GB of memory.'],
        };
      default:
        return undefined;
    }
  }
}
