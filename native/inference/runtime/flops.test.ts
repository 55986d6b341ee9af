import { expect, test } from 'vitest';
import { REAL } from './real-sizes.ts';
import { blockFlops, denoiserFlops, textFlops, totalFlops, type DenoiserShape } from './flops.ts';
import { decodeCost, encodeCost } from './vae-cost.ts';

const TERA = 1e12;
const shape4d: DenoiserShape = { batch: 2, views: 5, frames: 8, tokens: 30 * 45, textTokens: 226, acrossViews: true };

test('a block and a step of the 4D network cost what the specification counts', () => {
  const block = blockFlops(REAL.transformer, shape4d);
  expect(block.attention / TERA).toBeCloseTo(14.94 + 9.57, 1);
  expect(totalFlops(block) / TERA).toBeCloseTo(58.45, 1);
  expect(totalFlops(denoiserFlops(REAL.transformer, shape4d)) / TERA).toBeCloseTo(2455, -1);
});

test('five groups of fifty steps are 613.8 PFLOP', () => {
  const step = totalFlops(denoiserFlops(REAL.transformer, shape4d));
  expect((5 * 50 * step) / 1e15).toBeCloseTo(613.8, 0);
});

test('a step of the 2D network costs 335 TFLOP', () => {
  const step = denoiserFlops(REAL.transformer, { ...shape4d, views: 1, acrossViews: false });
  expect(Math.round(totalFlops(step) / TERA)).toBe(335);
});

test('the VAE costs what the authors classes count on these shapes', () => {
  const tera = (cost: { flops: Parameters<typeof totalFlops>[0] }): number => totalFlops(cost.flops) / TERA;
  expect(tera(encodeCost(REAL.vae, 25, 480, 720))).toBeCloseTo(108, -0.5);
  expect(tera(encodeCost(REAL.vae, 1, 480, 720))).toBeCloseTo(6.7, 1);
  expect(tera(decodeCost(REAL.vae, 7, 480, 720))).toBeCloseTo(226, -0.5);
  const untiled = { ...REAL.vae, sampleHeight: 960, sampleWidth: 1440 };
  expect(tera(decodeCost(untiled, 7, 480, 720))).toBeCloseTo(161, -0.5);
});

test('the text encoder multiplies every weight once a token', () => {
  const weights = 4_762_310_656 - 32_128 * 4096;
  const { linear, attention } = textFlops(REAL.text, 2, 226);
  expect(linear / (2 * weights * 452)).toBeCloseTo(1, 3);
  expect(attention / linear).toBeLessThan(0.02);
});
