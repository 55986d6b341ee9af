import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { call, type Feature } from '../../preload/contract/feature.ts';
import { Router } from './router.ts';

const feature = {
  calls: {
    double: call(z.strictObject({ value: z.int().max(100) })).gives<number>(),
    fail: call(z.strictObject({ how: z.enum(['known', 'unknown']) })).gives(),
  },
  events: {},
} satisfies Feature;

function router() {
  const faults: string[] = [];
  const made = new Router((name, error) => faults.push(`${name}: ${String(error)}`));
  const handlers = {
    double: ({ value }: { value: number }) => value * 2,
    fail: ({ how }: { how: 'known' | 'unknown' }) => {
      throw how === 'known' ? new AppError('not-found', 'It is gone.') : new TypeError('secret path /home/someone');
    },
  };
  made.add('test', feature, handlers);
  return { router: made, faults, handlers };
}
const context = { files: [], window: 1 };

describe('calls from a page', () => {
  it('reach their handler with checked input', async () => {
    expect(await router().router.call('test.double', { value: 4 }, context)).toEqual({ ok: true, value: 8 });
  });

  it.each([
    ['an unknown call', 'test.erase', {}],
    ['a name from the prototype', 'constructor', {}],
    ['a name that is no string', ['test.double'], { value: 1 }],
    ['nothing', undefined, undefined],
    ['input of another type', 'test.double', { value: '4' }],
    ['a value out of range', 'test.double', { value: 1e9 }],
    ['more than was asked for', 'test.double', { value: 1, __proto__x: 1 }],
    ['a symbol', Symbol('x'), null],
    ['NaN', 'test.double', { value: NaN }],
  ])('%s is refused as data', async (_, name, input) => {
    const reply = await router().router.call(name, input, context);
    expect(reply).toMatchObject({ ok: false, error: { code: 'bad-input' } });
  });

  it('a foreseen failure keeps its code and sentence', async () => {
    expect(await router().router.call('test.fail', { how: 'known' }, context)).toEqual({
      ok: false,
      error: { code: 'not-found', message: 'It is gone.' },
    });
  });

  it('an unforeseen failure is told to the log, not to the page', async () => {
    const { router: made, faults } = router();
    const reply = await made.call('test.fail', { how: 'unknown' }, context);
    expect(JSON.stringify(reply)).not.toContain('secret');
    expect(faults).toEqual(['test.fail: TypeError: secret path /home/someone']);
  });

  it('a name can be taken once', () => {
    const { router: made, handlers } = router();
    expect(() => {
      made.add('test', feature, handlers);
    }).toThrow('test.double');
  });
});
