import {
  BufferAttribute,
  type Camera,
  CustomBlending,
  DataTexture,
  FloatType,
  GLSL3,
  InstancedBufferGeometry,
  Mesh,
  OneFactor,
  OneMinusSrcAlphaFactor,
  RawShaderMaterial,
  RedIntegerFormat,
  RGBAFormat,
  RGBAIntegerFormat,
  UnsignedIntType,
  Vector2,
  Vector3,
  Vector4,
} from 'three';
import { TEXTURE_WIDTH } from '../../core/viewer/packed-gaussians.ts';
import { ProjectPass } from './project-pass.ts';
import type { SceneFacts, Shot } from './scene-messages.ts';
import { SPLAT_FRAGMENT, SPLAT_VERTEX } from './splat-shader.ts';

export type ViewMode = 'gaussians' | 'points' | 'depth';

const POINT_RADIUS = 1.5;
const viewport = new Vector4();
const eye = new Vector3();
const middle = new Vector3();

type TextureArray = Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/** What a texel holds: four floats, four words or one word. */
type Texel = 'RGBA32F' | 'RGBA32UI' | 'R32UI';

function dataTexture(data: TextureArray, texel: Texel): DataTexture {
  const height = data.length / (TEXTURE_WIDTH * (texel === 'R32UI' ? 1 : 4));
  const format = texel === 'R32UI' ? RedIntegerFormat : texel === 'RGBA32F' ? RGBAFormat : RGBAIntegerFormat;
  const type = texel === 'RGBA32F' ? FloatType : UnsignedIntType;
  const texture = new DataTexture(data, TEXTURE_WIDTH, height, format, type);
  texture.internalFormat = texel;
  texture.needsUpdate = true;
  return texture;
}

const TEXELS = { poses: 'RGBA32UI', shapes: 'RGBA32F', harmonics: 'RGBA32UI', order: 'R32UI' } as const;

const emptyTexture = (name: keyof typeof TEXELS): { value: DataTexture } => {
  const isFloat = TEXELS[name] === 'RGBA32F';
  return {
    value: dataTexture(
      isFloat ? new Float32Array(TEXTURE_WIDTH * 4) : new Uint32Array(TEXTURE_WIDTH * 4),
      TEXELS[name],
    ),
  };
};

/**
 * Quads of one instance. An instance a quad is slow everywhere, and a software renderer starts over for each; one
 * large mesh would need an index of 24 bytes a Gaussian.
 */
const SPLATS_PER_INSTANCE = 1024;

function quads(): InstancedBufferGeometry {
  const indices = new Uint16Array(SPLATS_PER_INSTANCE * 6);
  for (let k = 0; k < SPLATS_PER_INSTANCE; k++) {
    indices.set(
      [0, 1, 2, 2, 1, 3].map((corner) => k * 4 + corner),
      k * 6,
    );
  }
  const geometry = new InstancedBufferGeometry();
  geometry.setIndex(new BufferAttribute(indices, 1));
  geometry.instanceCount = 0;
  return geometry;
}

/** The Gaussians of one scene as one draw call. Textures keep their size; what changes is written into them. */
export class SplatCloud {
  readonly mesh: Mesh<InstancedBufferGeometry, RawShaderMaterial>;
  readonly #uniforms;
  readonly #pointRadius = { value: 0 };
  readonly #project: ProjectPass;
  readonly #facts: SceneFacts;

  constructor(facts: SceneFacts) {
    this.#facts = facts;
    this.#uniforms = {
      poses: emptyTexture('poses'),
      shapes: emptyTexture('shapes'),
      harmonics: emptyTexture('harmonics'),
      order: emptyTexture('order'),
      count: { value: 0 },
      viewport: { value: new Vector2(1, 1) },
      depthRange: { value: new Vector2(0, 0) },
    };
    const { count } = this.#uniforms;
    const defines = { SH_DEGREE: facts.shDegree, SPLATS_PER_INSTANCE, WIDTH_BITS: Math.log2(TEXTURE_WIDTH) };
    this.#project = new ProjectPass(facts.count, this.#uniforms, defines);
    const [first, second] = this.#project.textures;
    const material = new RawShaderMaterial({
      glslVersion: GLSL3,
      vertexShader: SPLAT_VERTEX,
      fragmentShader: SPLAT_FRAGMENT,
      uniforms: {
        ...{ count, viewport: this.#uniforms.viewport, pointRadius: this.#pointRadius },
        ...{ first: { value: first }, second: { value: second } },
      },
      defines,
      transparent: true,
      depthWrite: false,
      blending: CustomBlending,
      blendSrc: OneFactor,
      blendDst: OneMinusSrcAlphaFactor,
    });
    this.mesh = new Mesh(quads(), material);
    this.mesh.frustumCulled = false;
    this.mesh.onBeforeRender = (renderer, _scene, camera) => {
      renderer.getCurrentViewport(viewport);
      this.#uniforms.viewport.value.set(viewport.z, viewport.w);
      this.#project.run(renderer, camera);
      material.uniformsNeedUpdate = true;
    };
  }

  /** What is drawn from now on. The shot's arrays belong to the cloud then. */
  update({ pose, shape, harmonics, order, count }: Shot): void {
    if (pose) this.#replace('poses', pose);
    if (shape) this.#replace('shapes', shape);
    if (harmonics) this.#replace('harmonics', harmonics);
    this.#replace('order', order);
    this.#uniforms.count.value = count;
    this.mesh.geometry.instanceCount = Math.ceil(count / SPLATS_PER_INSTANCE);
  }

  /** How it is drawn; depth runs over the scene as it lies before `camera`. */
  show(mode: ViewMode, camera: Camera): void {
    const { centre, radius } = this.#facts.bounds;
    const distance = camera.getWorldPosition(eye).distanceTo(middle.set(...centre));
    this.#pointRadius.value = mode === 'points' ? POINT_RADIUS : 0;
    if (mode === 'depth') this.#uniforms.depthRange.value.set(Math.max(0.2, distance - radius), distance + radius);
    else this.#uniforms.depthRange.value.set(0, 0);
  }

  dispose(): void {
    this.#project.dispose();
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
    const { poses, shapes, harmonics, order } = this.#uniforms;
    for (const texture of [poses, shapes, harmonics, order]) texture.value.dispose();
  }

  #replace(name: keyof typeof TEXELS, data: TextureArray): void {
    const uniform = this.#uniforms[name];
    if (uniform.value.image.data?.length !== data.length) {
      uniform.value.dispose();
      uniform.value = dataTexture(data, TEXELS[name]);
    } else {
      uniform.value.image.data = data;
      uniform.value.needsUpdate = true;
    }
  }
}
