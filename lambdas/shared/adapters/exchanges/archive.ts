import type { Archive } from '../../domain/ports';
import { createBinanceArchive } from './archive/binance-archive';
import { createGateIoArchive } from './archive/gate-io-archive';
import type { ArchiveOptions } from './archive/archive-options';
import { archiveLimits, archiveParty } from './archive/download';
import type { ExchangeName } from './exchange-facts';

const CREATORS: Readonly<Partial<Record<ExchangeName, (options: ArchiveOptions) => Archive>>> = {
  'gate-io': createGateIoArchive,
  binance: createBinanceArchive,
};

/** The archive of an exchange; undefined if it has none. */
export function createArchive(name: ExchangeName, options: ArchiveOptions): Archive | undefined {
  return CREATORS[name]?.({ limits: archiveLimits(archiveParty(name)), ...options });
}
