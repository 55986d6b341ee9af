import {
  BufferAttribute,
  type Camera,
  CustomBlending,
  DataTexture,
  DynamicDrawUsage,
  FloatType,
  GLSL3,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Mesh,
  OneFactor,
  OneMinusSrcAlphaFactor,
  RawShaderMaterial,
  RGBAFormat,
  RGBAIntegerFormat,
  UnsignedIntType,
  Vector2,
  Vector3,
  Vector4,
} from 'three';
import { TEXTURE_WIDTH } from '../../core/viewer/packed-gaussians.ts';
import type { SceneFacts, Shot } from './scene-messages.ts';
import { SPLAT_FRAGMENT, SPLAT_VERTEX } from './splat-shader.ts';

export type ViewMode = 'gaussians' | 'points' | 'depth';

const POINT_RADIUS = 1.5;
const viewport = new Vector4();
const eye = new Vector3();
const middle = new Vector3();

type TextureArray = Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

function dataTexture(data: TextureArray): DataTexture {
  const isFloat = data instanceof Float32Array;
  const height = data.length / (TEXTURE_WIDTH * 4);
  const format = isFloat ? RGBAFormat : RGBAIntegerFormat;
  const texture = new DataTexture(data, TEXTURE_WIDTH, height, format, isFloat ? FloatType : UnsignedIntType);
  texture.internalFormat = isFloat ? 'RGBA32F' : 'RGBA32UI';
  texture.needsUpdate = true;
  return texture;
}

const clearWords = (): Uint32Array<ArrayBuffer> => new Uint32Array(TEXTURE_WIDTH * 4);

/** The Gaussians of one scene as one draw call. Textures keep their size; what changes is written into them. */
export class SplatCloud {
  readonly mesh: Mesh<InstancedBufferGeometry, RawShaderMaterial>;
  readonly #uniforms;
  readonly #facts: SceneFacts;

  constructor(facts: SceneFacts) {
    this.#facts = facts;
    this.#uniforms = {
      poses: { value: dataTexture(clearWords()) },
      shapes: { value: dataTexture(new Float32Array(TEXTURE_WIDTH * 4)) },
      harmonics: { value: dataTexture(clearWords()) },
      viewport: { value: new Vector2(1, 1) },
      pointRadius: { value: 0 },
      depthRange: { value: new Vector2(0, 0) },
    };
    const material = new RawShaderMaterial({
      glslVersion: GLSL3,
      vertexShader: SPLAT_VERTEX,
      fragmentShader: SPLAT_FRAGMENT,
      uniforms: this.#uniforms,
      defines: { SH_DEGREE: facts.shDegree },
      transparent: true,
      depthWrite: false,
      blending: CustomBlending,
      blendSrc: OneFactor,
      blendDst: OneMinusSrcAlphaFactor,
    });
    const geometry = new InstancedBufferGeometry();
    geometry.setAttribute('corner', new BufferAttribute(new Float32Array([-1, -1, 1, -1, 1, 1, -1, 1]), 2));
    geometry.setIndex([0, 1, 2, 0, 2, 3]);
    const order = new InstancedBufferAttribute(new Uint32Array(facts.count), 1);
    order.setUsage(DynamicDrawUsage);
    geometry.setAttribute('splat', order);
    geometry.instanceCount = 0;
    this.mesh = new Mesh(geometry, material);
    this.mesh.frustumCulled = false;
    this.mesh.onBeforeRender = (renderer) => {
      renderer.getCurrentViewport(viewport);
      this.#uniforms.viewport.value.set(viewport.z, viewport.w);
      material.uniformsNeedUpdate = true;
    };
  }

  /** What is drawn from now on. The shot's arrays belong to the cloud then. */
  update({ pose, shape, harmonics, order }: Shot): void {
    if (pose) this.#replace('poses', pose);
    if (shape) this.#replace('shapes', shape);
    if (harmonics) this.#replace('harmonics', harmonics);
    const attribute = this.mesh.geometry.getAttribute('splat') as InstancedBufferAttribute;
    attribute.array.set(order);
    attribute.clearUpdateRanges();
    attribute.addUpdateRange(0, order.length);
    attribute.needsUpdate = true;
    this.mesh.geometry.instanceCount = order.length;
  }

  /** How it is drawn; depth runs over the scene as it lies before `camera`. */
  show(mode: ViewMode, camera: Camera): void {
    const { centre, radius } = this.#facts.bounds;
    const distance = camera.getWorldPosition(eye).distanceTo(middle.set(...centre));
    this.#uniforms.pointRadius.value = mode === 'points' ? POINT_RADIUS : 0;
    if (mode === 'depth') this.#uniforms.depthRange.value.set(Math.max(0.2, distance - radius), distance + radius);
    else this.#uniforms.depthRange.value.set(0, 0);
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
    const { poses, shapes, harmonics } = this.#uniforms;
    for (const texture of [poses, shapes, harmonics]) texture.value.dispose();
  }

  #replace(name: 'poses' | 'shapes' | 'harmonics', data: TextureArray): void {
    const uniform = this.#uniforms[name];
    if (uniform.value.image.data?.length !== data.length) {
      uniform.value.dispose();
      uniform.value = dataTexture(data);
    } else {
      uniform.value.image.data = data;
      uniform.value.needsUpdate = true;
    }
  }
}
