import {
  BufferGeometry,
  type Camera,
  GLSL3,
  type IUniform,
  Mesh,
  NearestFilter,
  NoBlending,
  RawShaderMaterial,
  RGBAIntegerFormat,
  Scene,
  type Texture,
  UnsignedIntType,
  WebGLRenderTarget,
  type WebGLRenderer,
} from 'three';
import { TEXTURE_WIDTH } from '../../core/viewer/packed-gaussians.ts';
import { PROJECT_FRAGMENT, PROJECT_VERTEX } from './project-shader.ts';

/** Projects all Gaussians of a cloud, once a picture: two textures of a texel a Gaussian in the order of drawing. */
export class ProjectPass {
  readonly #target: WebGLRenderTarget;
  readonly #scene = new Scene();
  readonly #triangle: Mesh<BufferGeometry, RawShaderMaterial>;

  constructor(count: number, uniforms: Record<string, IUniform>, defines: Record<string, number>) {
    this.#target = new WebGLRenderTarget(TEXTURE_WIDTH, Math.max(1, Math.ceil(count / TEXTURE_WIDTH)), {
      ...{ count: 2, format: RGBAIntegerFormat, type: UnsignedIntType, internalFormat: 'RGBA32UI' },
      ...{ minFilter: NearestFilter, magFilter: NearestFilter, depthBuffer: false, generateMipmaps: false },
    });
    const material = new RawShaderMaterial({
      ...{ glslVersion: GLSL3, vertexShader: PROJECT_VERTEX, fragmentShader: PROJECT_FRAGMENT },
      ...{ uniforms, defines, blending: NoBlending, depthTest: false, depthWrite: false },
    });
    const geometry = new BufferGeometry();
    geometry.setDrawRange(0, 3);
    this.#triangle = new Mesh(geometry, material);
    this.#triangle.frustumCulled = false;
    this.#scene.add(this.#triangle);
  }

  get textures(): readonly Texture[] {
    return this.#target.textures;
  }

  /** May be called while `renderer` draws something else. */
  run(renderer: WebGLRenderer, camera: Camera): void {
    const { autoClear } = renderer;
    const before = renderer.getRenderTarget();
    renderer.autoClear = false;
    renderer.setRenderTarget(this.#target);
    this.#triangle.material.uniformsNeedUpdate = true;
    renderer.render(this.#scene, camera);
    renderer.setRenderTarget(before);
    renderer.autoClear = autoClear;
  }

  dispose(): void {
    this.#target.dispose();
    this.#triangle.geometry.dispose();
    this.#triangle.material.dispose();
  }
}
