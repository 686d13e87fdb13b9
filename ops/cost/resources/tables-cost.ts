import * as v from 'valibot';
import { type CostLine, growingLine } from '../cost-line';
import { gigabytes, gigabytesText, millions, millionsText, times } from '../money';
import { PRICES } from '../prices';
import { propertiesOf } from './priced-properties';
import type { StageResource } from '../../stages/stage-resources';
import type { Usage } from '../workload/usage';

const TableProperties = v.object({
  BillingMode: v.object({ Mode: v.literal('ON_DEMAND') }),
  PointInTimeRecoveryEnabled: v.optional(v.boolean(), false),
});

/** Cost of the tables. Nearly all of it is for candles, so all tables are priced like them. */
export function tableLines(tables: readonly StageResource[], usage: Usage): CostLine[] {
  return [...capacityLines(usage), ...storageLines(tables, usage)];
}

/** Cost of writing and reading rows. */
export function capacityLines({
  writeUnits,
  readUnits,
}: Pick<Usage, 'writeUnits' | 'readUnits'>): CostLine[] {
  return [
    growingLine(
      'Tables',
      `${millionsText(writeUnits)} writes`,
      times(PRICES.tableWritesPerMillionUnits, millions(writeUnits)),
    ),
    growingLine(
      'Tables',
      `${millionsText(readUnits)} reads`,
      times(PRICES.tableReadsPerMillionUnits, millions(readUnits)),
    ),
  ];
}

/** Monthly cost of stored rows. */
export function storageLines(
  tables: readonly StageResource[],
  { storedBytes }: Pick<Usage, 'storedBytes'>,
): CostLine[] {
  const settings = tables.map((resource) => propertiesOf(resource, TableProperties));
  const stored = gigabytes(storedBytes);
  const storage = growingLine(
    'Tables',
    `${gigabytesText(storedBytes)} stored`,
    times(PRICES.tableStoragePerGbMonth, stored),
  );
  if (!settings.some((table) => table.PointInTimeRecoveryEnabled)) return [storage];
  const recovery = times(PRICES.tableRecoveryPerGbMonth, stored);
  return [storage, growingLine('Tables', 'point-in-time recovery of them', recovery)];
}
