/** PSNR of a mean squared error for values in 0..1; 100 dB stands for no difference at all. */
export const decibels = (mse: number): number => Math.min(100, -10 * Math.log10(Math.max(mse, 1e-10)));
