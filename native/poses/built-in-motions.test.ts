import { describe, expect, it } from 'vitest';
import { AppError } from '../../core/errors.ts';
import { builtInMotions, readBuiltInMotion } from './built-in-motions.ts';

describe('built-in motions', () => {
  it('are listed by name', () => {
    expect(builtInMotions()).toEqual(
      expect.arrayContaining(['dance', 'idle', 'jump', 'run', 'salute', 'turn', 'walk', 'wave']),
    );
  });

  it.each(builtInMotions())('%s is a whole body with depths that fills 25 frames', async (name) => {
    const { skeleton, width, height, frames } = await readBuiltInMotion(name);
    expect({ skeleton, width, height }).toEqual({ skeleton: 'coco-wholebody133', width: 480, height: 480 });
    expect(frames).toHaveLength(25);
    expect(frames.every(({ depths }) => depths?.slice(0, 23).every(Number.isFinite))).toBe(true);
  });

  it.each(['moonwalk', '', '../sample/poses', 'walk.json', '__proto__'])(
    'does not know "%s", but the others',
    async (name) => {
      const error: unknown = await readBuiltInMotion(name).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(AppError);
      expect(error).toMatchObject({ code: 'not-found' });
      expect(String(error)).toContain(`"${name}"; choose one of`);
      expect(String(error)).toContain('salute, turn');
    },
  );
});
