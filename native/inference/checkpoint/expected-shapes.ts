import type { TextEncoderConfig, TransformerConfig, VaeConfig } from '../configs.ts';

/** Shapes of a module's tensors by name. */
export type Shapes = ReadonlyMap<string, readonly number[]>;

export type Kind = '4d' | '2d';

/** Tensors that may be in the files and are not used. */
export const UNUSED = {
  transformer: ['patch_embed.pos_embedding'],
  textEncoder: ['encoder.embed_tokens.weight'],
} as const;

/** Collects shapes; a layer is a weight with a bias that is as long as its first axis. */
class ShapeList {
  readonly shapes = new Map<string, readonly number[]>();

  layer(name: string, weight: readonly number[]): void {
    this.tensor(`${name}.weight`, weight);
    this.tensor(`${name}.bias`, weight.slice(0, 1));
  }

  tensor(name: string, shape: readonly number[]): void {
    this.shapes.set(name, shape);
  }
}

/** The tensors that the 4D or the 2D transformer of this configuration has. */
export function transformerShapes(config: TransformerConfig, kind: Kind): Shapes {
  const { heads, headSize, layers, inChannels, outChannels, timeEmbedSize: time, textSize, patchSize: patch } = config;
  const width = heads * headSize;
  const list = new ShapeList();
  list.layer('patch_embed.proj', [width, inChannels, patch, patch]);
  list.layer('patch_embed.text_proj', [width, textSize]);
  list.layer('time_embedding.linear_1', [time, width]);
  list.layer('time_embedding.linear_2', [time, time]);
  const norms = kind === '4d' ? ['norm1', 'view_norm1', 'norm2'] : ['norm1', 'norm2'];
  const attentions = kind === '4d' ? ['attn1', 'attn2'] : ['attn1'];
  for (let i = 0; i < layers; i++) {
    const block = `transformer_blocks.${i}`;
    for (const norm of norms) {
      list.layer(`${block}.${norm}.linear`, [6 * width, time]);
      list.layer(`${block}.${norm}.norm`, [width]);
    }
    for (const attention of attentions) {
      for (const name of ['to_q', 'to_k', 'to_v', 'to_out.0'])
        list.layer(`${block}.${attention}.${name}`, [width, width]);
      for (const name of ['norm_q', 'norm_k']) list.layer(`${block}.${attention}.${name}`, [headSize]);
    }
    list.layer(`${block}.ff.net.0.proj`, [4 * width, width]);
    list.layer(`${block}.ff.net.2`, [width, 4 * width]);
  }
  list.layer('norm_final', [width]);
  list.layer('norm_out.linear', [2 * width, time]);
  list.layer('norm_out.norm', [width]);
  list.layer('proj_out', [patch * patch * outChannels, width]);
  return list.shapes;
}

/** The tensors of T5's encoder; the embedding is there once. */
export function textEncoderShapes(config: TextEncoderConfig): Shapes {
  const { vocabulary, width, heads, headSize, feedForward, layers, buckets } = config;
  const inner = heads * headSize;
  const list = new ShapeList();
  list.tensor('shared.weight', [vocabulary, width]);
  list.tensor('encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight', [buckets, heads]);
  for (let i = 0; i < layers; i++) {
    const block = `encoder.block.${i}.layer`;
    for (const name of ['q', 'k', 'v']) list.tensor(`${block}.0.SelfAttention.${name}.weight`, [inner, width]);
    list.tensor(`${block}.0.SelfAttention.o.weight`, [width, inner]);
    list.tensor(`${block}.0.layer_norm.weight`, [width]);
    for (const name of ['wi_0', 'wi_1']) list.tensor(`${block}.1.DenseReluDense.${name}.weight`, [feedForward, width]);
    list.tensor(`${block}.1.DenseReluDense.wo.weight`, [width, feedForward]);
    list.tensor(`${block}.1.layer_norm.weight`, [width]);
  }
  list.tensor('encoder.final_layer_norm.weight', [width]);
  return list.shapes;
}

/** The tensors of the camera guider, whose output is as wide as the transformer. */
export function cameraGuiderShapes(config: TransformerConfig): Shapes {
  const list = new ShapeList();
  list.layer('layer.0', [16, 6, 3, 3]);
  for (const layer of [2, 4, 6, 8, 10]) list.layer(`layer.${layer}`, [16, 16, 3, 3]);
  list.layer('layer.12', [config.heads * config.headSize, 16, 2, 2]);
  return list.shapes;
}

/** The tensors of the VAE. Blocks of the decoder count from the smallest picture. */
export function vaeShapes(config: VaeConfig): Shapes {
  const { blockChannels: channels, latentChannels: latent, layersPerBlock, inChannels, outChannels } = config;
  const list = new ShapeList();
  const [first, last] = [channels[0] ?? 0, channels.at(-1) ?? 0];
  list.layer('encoder.conv_in.conv', [first, inChannels, 3, 3, 3]);
  addBlocks(list, 'encoder.down_blocks', channels, layersPerBlock, undefined);
  addMiddle(list, 'encoder', last, undefined);
  list.layer('encoder.norm_out', [last]);
  list.layer('encoder.conv_out.conv', [2 * latent, last, 3, 3, 3]);
  list.layer('decoder.conv_in.conv', [last, latent, 3, 3, 3]);
  addMiddle(list, 'decoder', last, latent);
  addBlocks(list, 'decoder.up_blocks', channels.toReversed(), layersPerBlock + 1, latent);
  addNorm(list, 'decoder.norm_out', first, latent);
  list.layer('decoder.conv_out.conv', [outChannels, first, 3, 3, 3]);
  return list.shapes;
}

function addBlocks(
  list: ShapeList,
  name: string,
  channels: readonly number[],
  resnets: number,
  latent: number | undefined,
): void {
  channels.forEach((to, block) => {
    for (let r = 0; r < resnets; r++) {
      const from = r === 0 ? (channels[block - 1] ?? to) : to;
      addResnet(list, `${name}.${block}.resnets.${r}`, from, to, latent);
    }
    const sampler = latent === undefined ? 'downsamplers' : 'upsamplers';
    if (block + 1 < channels.length) list.layer(`${name}.${block}.${sampler}.0.conv`, [to, to, 3, 3]);
  });
}

function addMiddle(list: ShapeList, name: string, channels: number, latent: number | undefined): void {
  for (let r = 0; r < 2; r++) addResnet(list, `${name}.mid_block.resnets.${r}`, channels, channels, latent);
}

function addResnet(list: ShapeList, name: string, from: number, to: number, latent: number | undefined): void {
  addNorm(list, `${name}.norm1`, from, latent);
  list.layer(`${name}.conv1.conv`, [to, from, 3, 3, 3]);
  addNorm(list, `${name}.norm2`, to, latent);
  list.layer(`${name}.conv2.conv`, [to, to, 3, 3, 3]);
  if (from !== to) list.layer(`${name}.conv_shortcut`, [to, from, 1, 1, 1]);
}

/** Norms of the decoder are told by the latents. */
function addNorm(list: ShapeList, name: string, channels: number, latent: number | undefined): void {
  if (latent === undefined) {
    list.layer(name, [channels]);
    return;
  }
  list.layer(`${name}.norm_layer`, [channels]);
  for (const conv of ['conv_y', 'conv_b']) list.layer(`${name}.${conv}.conv`, [channels, latent, 1, 1, 1]);
}
