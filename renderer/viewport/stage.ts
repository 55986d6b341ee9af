import { Group, PerspectiveCamera, type WebGLRenderer } from 'three';
import type { Camera } from '../../core/camera.ts';
import { frameSphere, isSameOrbit, orbitCamera, START_ORBIT, type Orbit } from '../../core/viewer/orbit.ts';
import { fittedCamera } from '../../core/viewer/projection.ts';
import { takePictures, type PictureLook } from './take-pictures.ts';
import { aimCamera } from './aim-camera.ts';
import { MotionResolution } from './motion-resolution.ts';
import type { SceneFacts, Shot } from './scene-messages.ts';
import { ScenePlayer } from './scene-player.ts';
import { SplatCloud, type ViewMode } from './splat-cloud.ts';

export interface StageEvents {
  /** A scene is shown for the first time. */
  readonly onOpen: (facts: SceneFacts) => void;
  /** null: all is well again. */
  readonly onTrouble: (message: string | null) => void;
  /** The camera has come to rest after it was moved by hand, key or turntable. */
  readonly onRest: (orbit: Orbit) => void;
  /** The picture of this frame is on its way to the screen; it is coarse while a slow machine shows motion. */
  readonly onPresent: (frame: number, isSharp: boolean) => void;
}

/** How long the camera must be still before its place is told, ms. */
const REST = 300;

/**
 * What the viewport shows: the cloud of a scene, seen by one camera at one time. Camera, time and order of drawing always
 * belong together: a moved camera is seen when the Gaussians have been sorted for it.
 */
export class Stage {
  readonly root = new Group();
  readonly camera = new PerspectiveCamera();
  readonly resolution = new MotionResolution(() => {
    this.#invalidate();
  });
  #events: StageEvents | undefined;
  #player: ScenePlayer | undefined;
  #facts: SceneFacts | undefined;
  #cloud: SplatCloud | undefined;
  /** Clouds that have been replaced, until their successors are drawn. */
  readonly #retired: SplatCloud[] = [];
  /** The facts of a scene that has no shot yet; the one before is shown as long. */
  #coming: SceneFacts | undefined;
  #orbit: Orbit = START_ORBIT;
  /** Told last; it comes back through the page when the camera may have gone on already. */
  #told: Orbit | undefined;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #through: Camera | null = null;
  #mode: ViewMode = 'gaussians';
  #frame = 0;
  #shown = 0;
  #size = { width: 1, height: 1 };
  #invalidate: () => void = () => undefined;
  #renderer: WebGLRenderer | undefined;
  #pictures: Promise<unknown> = Promise.resolve();

  constructor() {
    // Fiber leaves the projection of such a camera alone.
    Object.assign(this.camera, { manual: true });
    this.camera.matrixAutoUpdate = false;
  }

  /** Whom it tells; the last one counts. */
  listen(events: StageEvents): void {
    this.#events = events;
  }

  /** Starts the worker; gives back how to end everything. */
  start(): () => void {
    this.#player = new ScenePlayer({
      onOpen: (facts) => {
        this.#coming = facts;
        this.#want();
      },
      onRefuse: (message) => this.#events?.onTrouble(message),
      onShot: (shot, camera) => {
        this.#show(shot, camera);
      },
    });
    return () => {
      clearTimeout(this.#rest);
      this.resolution.dispose();
      this.#player?.dispose();
      this.#player = undefined;
      this.#dropCloud();
    };
  }

  /** Where it is drawn. */
  attach(renderer: WebGLRenderer, invalidate: () => void): void {
    this.#renderer = renderer;
    this.#invalidate = invalidate;
    this.#want();
  }

  /** Shows a .4dgs file; null: nothing. */
  open(bytes: Uint8Array<ArrayBuffer> | null, name: string): void {
    if (bytes) {
      this.#player?.open(bytes, name);
      return;
    }
    this.#player?.close();
    this.#coming = undefined;
    this.#dropCloud();
    this.#want();
  }

  get orbit(): Orbit {
    return this.#orbit;
  }

  get isLookingThrough(): boolean {
    return this.#through !== null;
  }

  /** The camera that the picture is wanted from, of the window's size. */
  get view(): Camera {
    const { width, height } = this.#size;
    return this.#view(width, height);
  }

  setFrame(frame: number): void {
    this.#frame = frame;
    this.#want();
  }

  setSize(width: number, height: number): void {
    this.#size = { width, height };
    this.#want();
  }

  /** Moves the camera that goes round. */
  setOrbit(orbit: Orbit): void {
    this.#orbit = orbit;
    if (!this.#through) this.#want();
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => {
      this.#told = this.#orbit;
      this.#events?.onRest(this.#orbit);
    }, REST);
  }

  /** Puts it where the page says. */
  placeOrbit(orbit: Orbit): void {
    if ([this.#orbit, this.#told].some((known) => known && isSameOrbit(known, orbit))) return;
    clearTimeout(this.#rest);
    this.#orbit = orbit;
    if (!this.#through) this.#want();
  }

  /** Looks through a camera of the clip; null: through the one that goes round. */
  lookThrough(camera: Camera | null): void {
    this.#through = camera;
    this.#want();
  }

  setMode(mode: ViewMode): void {
    this.#mode = mode;
    this.#restyle();
  }

  /** Moves so far back or near that the whole scene fits. */
  frameAll(): void {
    const { centre, radius } = this.#facts?.bounds ?? { centre: START_ORBIT.target, radius: 1 };
    this.setOrbit(frameSphere(this.#orbit, centre, radius * 1.05));
  }

  /** The renderer has drawn, at a share of the full resolution. */
  presented(share: number): void {
    for (const cloud of this.#retired.splice(0)) cloud.dispose();
    if (this.#cloud) this.#events?.onPresent(this.#shown, share === 1);
  }

  /** The view as it is now, of another size; [width, height] RGBA pictures from above, not premultiplied. */
  picture(width: number, height: number, background: PictureLook['background']): Promise<ImageData> {
    return this.#take([this.#frame], this.#view(width, height), { background, mode: this.#mode }).then(([image]) => {
      if (!image) throw new Error('no picture was taken');
      return image;
    });
  }

  /** `count` pictures spread over the whole scene, seen from the front. */
  async thumbnails(count: number, size: number, background: PictureLook['background']): Promise<ImageData[]> {
    const facts = this.#facts;
    if (!facts) return [];
    const { centre, radius } = facts.bounds;
    const front = frameSphere(START_ORBIT, centre, radius * 1.05);
    const frames = Array.from({ length: count }, (_, k) => Math.floor((k * facts.frames) / count));
    return this.#take(frames, orbitCamera(front, size, size), { background, mode: 'gaussians' });
  }

  #take(frames: readonly number[], camera: Camera, look: PictureLook): Promise<ImageData[]> {
    const taken = this.#pictures.then(() => {
      const [player, renderer, facts] = [this.#player, this.#renderer, this.#facts];
      return player && renderer && facts ? takePictures({ player, renderer, facts, frames, camera, look }) : [];
    });
    // One that fails does not keep the next from being taken.
    this.#pictures = taken.catch(() => undefined);
    return taken;
  }

  #view(width: number, height: number): Camera {
    return this.#through ? fittedCamera(this.#through, width, height) : orbitCamera(this.#orbit, width, height);
  }

  #want(): void {
    if (this.#cloud || this.#coming) {
      this.#player?.want(this.#frame, this.view);
    } else {
      aimCamera(this.camera, this.view);
      this.#invalidate();
    }
  }

  #show(shot: Shot, camera: Camera): void {
    const opened = this.#coming;
    if (opened) this.#replaceCloud(opened);
    else this.resolution.moved();
    this.#cloud?.update(shot);
    this.#shown = shot.frame;
    aimCamera(this.camera, camera);
    this.#restyle();
    if (!opened) return;
    this.#events?.onTrouble(null);
    this.#events?.onOpen(opened);
  }

  #replaceCloud(facts: SceneFacts): void {
    // Its program is shared with the next one's only as long as it lives: see `presented`.
    if (this.#cloud) {
      this.root.remove(this.#cloud.mesh);
      this.#retired.push(this.#cloud);
    }
    this.#coming = undefined;
    this.#facts = facts;
    this.#cloud = new SplatCloud(facts);
    this.root.add(this.#cloud.mesh);
  }

  #restyle(): void {
    this.#cloud?.show(this.#mode, this.camera);
    this.#invalidate();
  }

  #dropCloud(): void {
    if (this.#cloud) this.root.remove(this.#cloud.mesh);
    this.#cloud?.dispose();
    for (const cloud of this.#retired.splice(0)) cloud.dispose();
    this.#cloud = undefined;
    this.#facts = undefined;
  }
}
