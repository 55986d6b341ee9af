import { floatTensor, type Tensor } from '../../onnx/tensor.ts';
import type { NoiseSource, NoiseUse } from '../schedule/noise.ts';
import type { Posterior, VideoCoder } from './contract.ts';
import { finiteFloats, floatsOf, stacked } from './floats.ts';
import { videoOf, type RgbPicture } from './pixels.ts';

/** The coder's limits of the logarithm of a variance. */
const LEAST_LOGVAR = -30;
const MOST_LOGVAR = 20;

/** A sample of the posterior, times `scale`, frames before channels: [f, C, h, w]. */
function sampled({ mean, logvar }: Posterior, noise: Tensor, scale: number): Tensor {
  const [, channels = 0, frames = 0, height = 0, width = 0] = mean.dims;
  const means = finiteFloats(mean, 'What the video coder made of a picture');
  const logs = finiteFloats(logvar, 'What the video coder made of a picture');
  const random = floatsOf(noise);
  const plane = height * width;
  const sample = new Float32Array(means.length);
  for (let i = 0; i < means.length; i++) {
    const [channel, frame] = [Math.floor(i / (frames * plane)), Math.floor(i / plane) % frames];
    const deviation = Math.exp(Math.min(MOST_LOGVAR, Math.max(LEAST_LOGVAR, logs[i] ?? NaN)) / 2);
    const to = (frame * channels + channel) * plane + (i % plane);
    sample[to] = ((means[i] ?? NaN) + deviation * (random[i] ?? NaN)) * scale;
  }
  return floatTensor(sample, [frames, channels, height, width]);
}

/** What a coder and its scaling factor make latents with. */
export interface LatentMaker {
  readonly coder: VideoCoder;
  /** The factor that latents are multiplied by, from the coder's config. */
  readonly scale: number;
  readonly noise: NoiseSource;
}

async function latentsOf(video: Tensor, { coder, scale, noise }: LatentMaker, use: NoiseUse, index: number) {
  const posterior = await coder.encode(video);
  return sampled(posterior, noise.draw(use, index, posterior.mean.dims), scale);
}

/**
 * The pose latents of all views, [1 + f, C, h, w]: the reference pose's first, then the video's.
 * @param poses [1, 3, 8k + 1, height, width]
 * @param referencePose [1, 3, 1, height, width]: the pose of the character in its picture.
 */
export async function poseLatents(poses: Tensor, referencePose: Tensor, maker: LatentMaker): Promise<Tensor> {
  const video = await latentsOf(poses, maker, 'pose', 0);
  const reference = await latentsOf(referencePose, maker, 'reference-pose', 0);
  const all = new Float32Array(floatsOf(reference).length + floatsOf(video).length);
  all.set(floatsOf(reference));
  all.set(floatsOf(video), floatsOf(reference).length);
  return floatTensor(all, [(reference.dims[0] ?? 0) + (video.dims[0] ?? 0), ...video.dims.slice(1)]);
}

/** The latents of the pictures of a group's views, [V, C, h, w]; each picture is encoded alone. */
export async function imageLatents(pictures: readonly RgbPicture[], maker: LatentMaker): Promise<Tensor> {
  const latents: Tensor[] = [];
  for (const [view, picture] of pictures.entries()) {
    latents.push(await latentsOf(videoOf([picture]), maker, 'image', view));
  }
  return stacked(latents);
}

/**
 * A view's video, [1, 3, frames, height, width] in about -1..1, of its latents as denoising left them, [1, C, f, h, w]. Throws an
 * `AppError` where the coder gives what is no number.
 */
export async function decoded(latents: Tensor, coder: VideoCoder, scale: number): Promise<Tensor> {
  const unscaled = floatsOf(latents).map((x) => x / scale);
  const video = await coder.decode(floatTensor(unscaled, latents.dims));
  finiteFloats(video, 'A decoded video');
  return video;
}
