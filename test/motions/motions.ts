import type { MotionSource } from './motion-source.ts';
import { bow } from './sources/bow.ts';
import { cheer } from './sources/cheer.ts';
import { dance } from './sources/dance.ts';
import { idle } from './sources/idle.ts';
import { jump } from './sources/jump.ts';
import { jumpingJacks } from './sources/jumping-jacks.ts';
import { kick } from './sources/kick.ts';
import { run } from './sources/run.ts';
import { salute } from './sources/salute.ts';
import { turn } from './sources/turn.ts';
import { walk } from './sources/walk.ts';
import { wave } from './sources/wave.ts';

/** Every built-in motion by the name of its file. */
export const MOTIONS: Readonly<Record<string, MotionSource>> = {
  bow,
  cheer,
  dance,
  idle,
  jump,
  'jumping-jacks': jumpingJacks,
  kick,
  run,
  salute,
  turn,
  walk,
  wave,
};
