import { findMarket, followedMarkets } from '../pipeline/find-market';
import type { PipelineAccess } from '../pipeline/pipeline';
import { type Printer, runOperation } from '../run-operation';
import { marketsCsv, marketsJson, stretchesCsv, stretchesJson } from './coverage-data';
import { type CoverageRequest, parseCoverageArguments } from './coverage-request';
import { marketsTable, stretchesTable } from './coverage-tables';
import { missingLines } from './missing-minutes';
import { type MarketCoverage, readCoverage } from './read-coverage';

/** The surroundings of `npm run coverage`. */
export interface CoverageSurroundings extends Printer {
  readonly pipelines: PipelineAccess;
  readonly clock: () => number;
}

/**
 * Prints which minutes are stored.
 *
 * @returns the exit code: 0; 1 if it failed, or with `--check` if something is missing; 2 for invalid arguments
 * @throws any error that is a mistake in the program
 */
export function coverageCommand(
  args: readonly string[],
  io: CoverageSurroundings,
): Promise<number> {
  return runOperation(io, async () => {
    const request = parseCoverageArguments(args);
    const pipeline = await io.pipelines.find(request.pipeline);
    const store = io.pipelines.open(pipeline);
    try {
      const { market } = request;
      const markets =
        market === undefined
          ? await followedMarkets(pipeline, store)
          : [await findMarket(market, pipeline, store)];
      const terms = { ...pipeline, nowMs: io.clock() };
      const coverages = await readCoverage(store, markets, terms);
      io.print(outputOf(request, coverages, terms.nowMs));
      return request.check ? checked(request, coverages, io) : 0;
    } finally {
      await store.close();
    }
  });
}

function outputOf(
  { market, format }: CoverageRequest,
  coverages: readonly MarketCoverage[],
  nowMs: number,
): string {
  const [one] = coverages;
  if (market === undefined || one === undefined) return marketsOutput(format, coverages, nowMs);
  switch (format) {
    case 'table':
      return stretchesTable(one, nowMs);
    case 'json':
      return stretchesJson(one);
    case 'csv':
      return stretchesCsv(one);
  }
}

function marketsOutput(
  format: CoverageRequest['format'],
  coverages: readonly MarketCoverage[],
  nowMs: number,
): string {
  switch (format) {
    case 'table':
      return marketsTable(coverages, nowMs);
    case 'json':
      return marketsJson(coverages);
    case 'csv':
      return marketsCsv(coverages);
  }
}

function checked(
  request: CoverageRequest,
  coverages: readonly MarketCoverage[],
  { printError }: Pick<CoverageSurroundings, 'printError'>,
): number {
  const lines = missingLines(coverages, request);
  for (const line of lines) printError(`${line}\n`);
  return lines.length === 0 ? 0 : 1;
}
