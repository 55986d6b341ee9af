import { describe, expect, it } from 'vitest';
import { recentProjects } from './recent.ts';

const row = (id: string, name: string, path: string) => ({ id, name, path });

describe('recent projects', () => {
  it('are named by their own name, with the file where that is not enough', () => {
    const rows = [
      row('a', 'Mira', '/x/mira.cshot'),
      row('b', 'Anna', '/x/anna.cshot'),
      row('c', 'Mira', '/y/m2.cshot'),
    ];
    expect(recentProjects(rows, () => true).map(({ label }) => label)).toEqual([
      'Mira (mira.cshot)',
      'Anna',
      'Mira (m2.cshot)',
    ]);
  });

  it('say which files are gone, and keep their order', () => {
    const rows = [row('a', 'Mira', '/gone.cshot'), row('b', 'Anna', '/there.cshot')];
    expect(recentProjects(rows, ({ path }) => path === '/there.cshot')).toEqual([
      { id: 'a', label: 'Mira', missing: true },
      { id: 'b', label: 'Anna', missing: false },
    ]);
  });

  it('fit into a menu', () => {
    const [recent] = recentProjects([row('a', 'n'.repeat(200), '/a.cshot')], () => true);
    expect(recent?.label).toBe(`${'n'.repeat(59)}…`);
  });
});
