import { durationText } from '../../cli/utc-time';
import type { ExportProgress } from './export-candles';

/** A terminal, or anything that takes text. */
export interface BarStream {
  write(text: string): unknown;
}

/** A progress bar of an export. */
export interface ProgressBar {
  update(progress: ExportProgress): void;
  /** Takes the bar away. */
  clear(): void;
}

/** Options for a progress bar. */
export interface ProgressBarOptions {
  readonly stream: BarStream;
  /** Nothing is drawn elsewhere than on a terminal. */
  readonly isTTY: boolean;
  readonly clock: () => number;
}

const WIDTH = 24;
const REDRAWN_EVERY_MS = 100;
const CLEAR_LINE = '\r\x1b[K';

/** Creates a bar that is redrawn in place, and disappears in the end. */
export function createProgressBar({ stream, isTTY, clock }: ProgressBarOptions): ProgressBar {
  if (!isTTY) return { update: () => undefined, clear: () => undefined };
  const startMs = clock();
  let drawnMs = -Infinity;
  return {
    update(progress) {
      const nowMs = clock();
      if (nowMs - drawnMs < REDRAWN_EVERY_MS) return;
      drawnMs = nowMs;
      stream.write(`${CLEAR_LINE}${barText(progress, nowMs - startMs)}`);
    },
    clear() {
      stream.write(CLEAR_LINE);
    },
  };
}

function barText({ share, candleCount }: ExportProgress, elapsedMs: number): string {
  const filled = Math.floor(share * WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
  const percent = `${Math.floor(share * 100)} %`.padStart(5);
  const left = durationText((elapsedMs * (1 - share)) / share);
  return `${bar} ${percent}  ${candleCount.toLocaleString('en-US')} candles  ${left} left`;
}
