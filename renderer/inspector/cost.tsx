import { Clock, HardDrive, Info, MemoryStick, TriangleAlert } from 'lucide-react';
import type { Estimate } from '../../preload/contract/jobs.ts';
import { byteText, durationText } from '../ui/words.ts';
import styles from './cost.module.css';

interface CostProps {
  /** undefined: not asked yet. */
  readonly estimate: Estimate | undefined;
  readonly showsMemory?: boolean;
  readonly showsNotes?: boolean;
  readonly label?: string;
}

const UNKNOWN = 'not known';

/** Seconds beside minutes would promise more than an estimate can keep. */
const roughly = (seconds: number): string =>
  seconds < 100 || seconds >= 3600 ? durationText(seconds) : `${Math.round(seconds / 60)} min`;

/** What a task will take before it starts, and what stands in its way. */
export function Cost({ estimate, showsMemory = true, showsNotes = true, label = 'What it will cost' }: CostProps) {
  const { seconds = null, memoryBytes = null, diskBytes = null, obstacles = [], notes = [] } = estimate ?? {};
  return (
    <div className={styles.cost} aria-busy={estimate === undefined}>
      {obstacles.length === 0 && (
        <dl className={styles.amounts} aria-label={label}>
          <Amount icon={Clock} name="Time" value={seconds === null ? UNKNOWN : `≈ ${roughly(seconds)}`} />
          {showsMemory && (
            <Amount icon={MemoryStick} name="Memory" value={memoryBytes === null ? UNKNOWN : byteText(memoryBytes)} />
          )}
          <Amount icon={HardDrive} name="Disk" value={diskBytes === null ? UNKNOWN : byteText(diskBytes)} />
        </dl>
      )}
      {obstacles.map((text) => (
        <p key={text} className={styles.obstacle}>
          <TriangleAlert size="1.1em" aria-hidden />
          {text}
        </p>
      ))}
      {(showsNotes ? notes : []).map((text) => (
        <p key={text} className={styles.note}>
          <Info size="1.1em" aria-hidden />
          {text}
        </p>
      ))}
    </div>
  );
}

interface AmountProps {
  readonly icon: typeof Clock;
  readonly name: string;
  readonly value: string;
}

function Amount({ icon: Icon, name, value }: AmountProps) {
  return (
    <div className={styles.amount}>
      <dt className={styles.name}>
        <Icon size="1em" aria-hidden />
        {name}
      </dt>
      <dd className={styles.value}>{value}</dd>
    </div>
  );
}
