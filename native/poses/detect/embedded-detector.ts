import type { Pose } from '../../../core/poses/pose-sequence.ts';
import type { RgbPicture } from '../../media/picture-tasks.ts';
import type { Network, SessionOptions } from '../../onnx/session.ts';
import { BLAZEPOSE, type BlazePoseResult } from './blazepose.ts';
import { estimateBody } from './body.ts';
import { checkPicture } from './check-picture.ts';
import type { Point } from './coco-joints.ts';
import type { Detection, PersonMask, PoseDetector } from './detector.ts';
import { findFace } from './face.ts';
import { findPeople, isBody, type BodyNetworks, type Found } from './find-people.ts';
import { findHand } from './hands.ts';
import { openHumanModel } from './human-models.ts';
import { runMoveNet, trackingCrop } from './movenet.ts';
import { maskPerson } from './person-mask.ts';
import { keypointBox, wholeBodyPose } from './whole-body.ts';

/** A hand that the body hides is not looked for: the network would find the other one. */
const VISIBLE = 0.3;

interface Networks extends BodyNetworks {
  readonly hand: Network;
  readonly face: Network;
}

interface Tracked extends Found {
  readonly width: number;
  readonly height: number;
}

/** The networks that come with the studio: MoveNet finds and follows the person, BlazePose and others see the details. */
export class EmbeddedDetector implements PoseDetector {
  readonly name = 'built-in';
  readonly #networks: Networks;
  readonly #openSelfie: () => Promise<Network>;
  #selfie: Promise<Network> | undefined;
  #tracked: Tracked | undefined;

  private constructor(networks: Networks, openSelfie: () => Promise<Network>) {
    this.#networks = networks;
    this.#openSelfie = openSelfie;
  }

  static async open({
    quality = 'best',
    ...options
  }: SessionOptions & { quality?: 'best' | 'fast' } = {}): Promise<EmbeddedDetector> {
    // One after the other: a conversion holds a model several times over.
    const movenet = await openHumanModel('movenet-thunder', options);
    const blazepose = await openHumanModel(quality === 'best' ? 'blazepose-heavy' : 'blazepose-full', options);
    const hand = await openHumanModel('handlandmark-full', options);
    const face = await openHumanModel('facemesh', options);
    return new EmbeddedDetector({ movenet, blazepose, hand, face }, () => openHumanModel('selfie', options));
  }

  async detect(picture: RgbPicture): Promise<Detection | undefined> {
    checkPicture(picture);
    const found = (await this.#follow(picture)) ?? (await findPeople(this.#networks, picture));
    if (!found) {
      this.#tracked = undefined;
      return undefined;
    }
    const { width, height } = picture;
    this.#tracked = { ...found, width, height };
    const { joints, agreement, blazepose } = await estimateBody(this.#networks, picture, found.joints);
    const details = blazepose && (await this.#details(picture, blazepose));
    const pose = wholeBodyPose({ joints, blazepose, ...details });
    const box = keypointBox(pose.keypoints, VISIBLE) ?? { x: 0, y: 0, width, height };
    return { pose, agreement, people: found.people, box };
  }

  async personMask(picture: RgbPicture, pose: Pose): Promise<PersonMask> {
    checkPicture(picture);
    this.#selfie ??= this.#openSelfie();
    return maskPerson({ blazepose: this.#networks.blazepose, selfie: await this.#selfie }, picture, pose);
  }

  reset(): void {
    this.#tracked = undefined;
  }

  async dispose(): Promise<void> {
    const { movenet, blazepose, hand, face } = this.#networks;
    const selfie = await this.#selfie;
    for (const network of [movenet, blazepose, hand, face, selfie]) await network?.dispose();
  }

  /** Looks for the person where it was in the picture before. */
  async #follow(picture: RgbPicture): Promise<Found | undefined> {
    const before = this.#tracked;
    if (before?.width !== picture.width || before.height !== picture.height) return undefined;
    const joints = await runMoveNet(this.#networks.movenet, picture, trackingCrop(before.joints, picture));
    return isBody(joints) ? { joints, people: before.people } : undefined;
  }

  async #details(picture: RgbPicture, { landmarks }: BlazePoseResult) {
    const at = (k: number): Point => [landmarks[k * 4] ?? 0, landmarks[k * 4 + 1] ?? 0];
    const hand = (side: 'left' | 'right', wrist: number, index: number, pinky: number) =>
      (landmarks[wrist * 4 + 3] ?? 0) < VISIBLE
        ? undefined
        : findHand(this.#networks.hand, picture, { side, wrist: at(wrist), index: at(index), pinky: at(pinky) });
    return {
      leftHand: await hand('left', 15, BLAZEPOSE.leftIndex, BLAZEPOSE.leftPinky),
      rightHand: await hand('right', 16, BLAZEPOSE.rightIndex, BLAZEPOSE.rightPinky),
      face: await findFace(this.#networks.face, picture, {
        leftEye: at(2),
        rightEye: at(5),
        leftMouth: at(BLAZEPOSE.leftMouth),
        rightMouth: at(BLAZEPOSE.rightMouth),
      }),
    };
  }
}
