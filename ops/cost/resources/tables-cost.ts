import * as v from 'valibot';
import { type CostLine, growingLine } from '../cost-line';
import { gigabytes, gigabytesText, millions, millionsText, times } from '../money';
import { PRICES } from '../prices';
import { propertiesOf, type StageResource } from '../stage-resources';
import type { Usage } from '../usage';

const TableProperties = v.object({
  BillingMode: v.object({ Mode: v.literal('ON_DEMAND') }),
  PointInTimeRecoveryEnabled: v.optional(v.boolean(), false),
});

/** Cost of the tables. Nearly all of it is for candles, so all tables are priced like them. */
export function tableLines(tables: readonly StageResource[], usage: Usage): CostLine[] {
  const settings = tables.map((resource) => propertiesOf(resource, TableProperties));
  const { writeUnits, readUnits, storedBytes } = usage;
  const stored = gigabytes(storedBytes);
  const lines = [
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
    growingLine(
      'Tables',
      `${gigabytesText(storedBytes)} stored`,
      times(PRICES.tableStoragePerGbMonth, stored),
    ),
  ];
  if (!settings.some((table) => table.PointInTimeRecoveryEnabled)) return lines;
  const recovery = times(PRICES.tableRecoveryPerGbMonth, stored);
  return [...lines, growingLine('Tables', 'point-in-time recovery of them', recovery)];
}
