import type { Archive } from '../../domain/ports';
import { createGateIoArchive } from './archive/gate-io-archive';
import type { ArchiveOptions } from './archive/archive-options';
import type { ExchangeName } from './exchange-facts';

/** The archive of an exchange; undefined if it has none. */
export function createArchive(name: ExchangeName, options: ArchiveOptions): Archive | undefined {
  return name === 'gate-io' ? createGateIoArchive(options) : undefined;
}
