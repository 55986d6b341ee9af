import { describe, expect, it } from 'vitest';
import { exportTarget as schema } from '../../preload/contract/jobs.ts';
import { colourOf, colourText, EXPORT_KINDS, exportTarget, START_DRAFT } from './export-draft.ts';

describe('what an export writes', () => {
  it.each(EXPORT_KINDS.map(({ value }) => value))('%s passes what the main process checks', (kind) => {
    const target = exportTarget({ ...START_DRAFT, kind }, 25);
    expect(schema.parse(target)).toEqual(target);
  });

  it('frames stay within the scene and in order', () => {
    const range = (from: number | null, to: number | null): unknown => {
      const target = exportTarget({ ...START_DRAFT, from, to }, 25);
      return target.kind === 'ply-sequence' && target.frames;
    };
    expect(range(null, null)).toEqual([0, 24]);
    expect(range(3, 900)).toEqual([3, 24]);
    expect(range(10, 4)).toEqual([10, 10]);
    expect(range(-5, 2)).toEqual([0, 2]);
  });

  it('a single frame has a camera of its own', () => {
    const target = exportTarget({ ...START_DRAFT, kind: 'frame', frame: 99, camera: 'turntable' }, 10);
    expect(target).toMatchObject({ frame: 9, camera: 0 });
  });

  it('a transparent background is none', () => {
    expect(exportTarget({ ...START_DRAFT, kind: 'turntable', isTransparent: true }, 10)).toMatchObject({
      background: null,
    });
  });

  it('colours go to text and back', () => {
    expect(colourText([1, 0.5, 0])).toBe('#ff8000');
    expect(colourOf('#ff0033')).toEqual([1, 0, 0.2]);
  });
});
