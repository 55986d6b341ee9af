import { type CharacterRecord, poseAt, type PoseRecord, type ProjectDocument, recordOf } from './document.ts';

/** What a clip is made from, told by short texts: the same inputs, the same text. */
export interface ClipInputs {
  readonly character: string;
  readonly motion: string;
}

/** Undefined where a document lacks one of them. */
export function clipInputs(document: ProjectDocument): ClipInputs | undefined {
  const [character, motion] = [recordOf(document, 'character'), recordOf(document, 'motion')];
  if (!character || !motion) return undefined;
  const { skeleton, width, height, fps, frames } = motion;
  const print = new Fingerprint().text(JSON.stringify([skeleton, width, height, fps, frames]));
  for (let frame = 0; frame < frames; frame++) print.add(poseAt(document, frame));
  return { character: printOfCharacter(character), motion: print.toString() };
}

function printOfCharacter({ picture, mask, restPose, views }: CharacterRecord): string {
  return new Fingerprint().text(JSON.stringify([picture, mask, restPose, views])).toString();
}

const known = new WeakMap<PoseRecord, Fingerprint>();

const PRIMES = [0x01000193, 0x85ebca6b] as const;

/** Two sums of 32 bits in the manner of FNV: enough to see a change, no more. */
class Fingerprint {
  #low = 0x811c9dc5;
  #high = 0x9e3779b9;

  text(text: string): this {
    for (let at = 0; at < text.length; at++) this.#word(text.charCodeAt(at));
    return this;
  }

  /** A pose is looked at once, as long as it stays the same record: a drag asks again at every move. */
  add(pose: PoseRecord | undefined): void {
    const print = pose && (known.get(pose) ?? printOfPose(pose));
    if (pose && print) known.set(pose, print);
    this.#word(print ? print.#low : 0);
    this.#word(print ? print.#high : 0);
  }

  /** `null` is a number of its own. */
  numbers(list: readonly (number | null)[] | null): this {
    const numbers = Float64Array.from(list ?? [], (value) => value ?? NaN);
    this.#word(list ? list.length + 1 : 0);
    for (const word of new Uint32Array(numbers.buffer)) this.#word(word);
    return this;
  }

  #word(word: number): void {
    this.#low = Math.imul(this.#low ^ word, PRIMES[0]);
    this.#high = Math.imul(this.#high ^ word ^ (this.#low >>> 15), PRIMES[1]);
  }

  toString(): string {
    const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');
    return hex(this.#low) + hex(this.#high);
  }
}

const printOfPose = ({ keypoints, depths }: PoseRecord): Fingerprint =>
  new Fingerprint().numbers(keypoints).numbers(depths);
