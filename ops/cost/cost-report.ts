import { formatDecimal } from '../../lambdas/shared/domain/decimal';
import { type Column, tableLines } from '../../cli/text-table';
import type { ChoiceCost } from './choices-cost';
import { type CostLine, totalOf } from './cost-line';
import type { HistoryCost } from './history-cost';
import { millionsText } from './money';
import type { QueriesCost } from './queries-cost';
import { PRICE_LIST } from './prices';

/** Monthly cost of a stack. */
export interface StackCost {
  readonly title: string;
  readonly lines: readonly CostLine[];
  readonly assumptions: readonly string[];
}

/** Cost of a stage, and of the stack that it is compared with. */
export interface CostReport {
  readonly stage: string;
  readonly pairs: number;
  readonly own: StackCost;
  /** Savings of the stage by its cheaper choices, each by itself. */
  readonly choices: readonly ChoiceCost[];
  /** The history that a stage wants, as if none of it were stored yet. */
  readonly history: HistoryCost;
  /** Undefined if the stage has no query API. */
  readonly queries: QueriesCost | undefined;
  readonly peer: StackCost;
}

const COLUMNS: readonly Column[] = [
  { heading: 'part', align: 'left' },
  { heading: 'item', align: 'left' },
  { heading: 'USD', align: 'right' },
  { heading: 'part USD', align: 'right' },
  { heading: 'grows with pairs', align: 'left' },
];

/** The report as a table for people. */
export function reportText(report: CostReport): string {
  const { stage, pairs, own, choices, history, queries, peer } = report;
  const { region, asOf } = PRICE_LIST;
  const counted = pairs === 1 ? '1 pair' : `${pairs} pairs`;
  return [
    `Stage ${stage} with ${counted}, in US dollars a month (list prices of ${region}, ${asOf})`,
    ...stackText(own),
    ...choicesText(choices),
    ...historyText(history),
    ...(queries === undefined ? [] : queriesText(queries)),
    ...stackText(peer),
    '',
  ].join('\n');
}

const CHOICE_COLUMNS: readonly Column[] = [
  { heading: 'choice', align: 'left' },
  { heading: 'saves USD', align: 'right' },
  { heading: 'gives up', align: 'left' },
];

function choicesText(choices: readonly ChoiceCost[]): string[] {
  if (choices.length === 0) return [];
  const rows = choices.map(({ choice, saves, givesUp }) => [choice, formatDecimal(saves), givesUp]);
  return [
    '',
    'What its cheaper choices save a month, each by itself:',
    '',
    ...tableLines(CHOICE_COLUMNS, rows),
  ];
}

const ONCE_COLUMNS = COLUMNS.filter(({ heading }) => heading !== 'grows with pairs');

function historyText(history: HistoryCost): string[] {
  const { once, monthly } = history;
  const table = tableLines(ONCE_COLUMNS, [...partRows(once), totalRow(once)].map(withoutGrowth));
  const stored = monthly.map(({ what, usd }) => `${what}: ${formatDecimal(usd)}`);
  return [
    '',
    `Once, if nothing of it is stored yet: ${historySummary(history)}`,
    '',
    ...table,
    '',
    `- Then each month: ${stored.join(', ')}.`,
  ];
}

function queriesText({ queries, candles, lines }: QueriesCost): string[] {
  const table = tableLines(ONCE_COLUMNS, [...partRows(lines), totalRow(lines)].map(withoutGrowth));
  return [
    '',
    `For ${millionsText(queries)} queries of ${candles} candles, once they are asked:`,
    '',
    ...table,
  ];
}

/** Such as `history since 2026-01-01 (329 days of 10 pairs, 6.10 M rows)`. */
export function historySummary({ since, days, pairs, rows }: HistoryCost): string {
  const counted = `${days} days of ${pairs === 1 ? '1 pair' : `${pairs} pairs`}`;
  return `history since ${since} (${counted}, ${millionsText(rows)} rows)`;
}

function withoutGrowth(row: readonly string[]): string[] {
  return row.slice(0, ONCE_COLUMNS.length);
}

function stackText({ title, lines, assumptions }: StackCost): string[] {
  const table = tableLines(COLUMNS, [...partRows(lines), totalRow(lines)]);
  return ['', title, '', ...table, '', ...assumptions.map((sentence) => `- ${sentence}`)];
}

function partRows(lines: readonly CostLine[]): string[][] {
  return partsOf(lines).flatMap(({ part, lines: ofPart }) => [
    [part, '', '', formatDecimal(totalOf(ofPart)), growth(ofPart)],
    ...ofPart.map((line) => ['', line.what, formatDecimal(line.usd), '', growth([line])]),
  ]);
}

function totalRow(lines: readonly CostLine[]): string[] {
  return ['Total', '', '', formatDecimal(totalOf(lines)), ''];
}

/** The report for programs: amounts are decimal texts. */
export function reportJson(priced: CostReport): string {
  const { stage, pairs, own, choices, history, queries, peer } = priced;
  const report = {
    stage,
    pairs,
    prices: PRICE_LIST,
    ...stackJson(own),
    choices: choices.map(({ choice, saves, givesUp }) => ({
      choice,
      savesMonthlyUsd: formatDecimal(saves),
      givesUp,
    })),
    history: historyJson(history),
    ...(queries === undefined ? {} : { queries: queriesJson(queries) }),
    peer: stackJson(peer),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function historyJson({ since, days, rows, once, monthly }: HistoryCost) {
  const priced = ({ what, usd }: CostLine) => ({ what, usd: formatDecimal(usd) });
  return {
    since,
    daysOfEachPair: days,
    rows: String(rows),
    onceUsd: formatDecimal(totalOf(once)),
    once: once.map(priced),
    monthly: monthly.map(priced),
  };
}

function queriesJson({ queries, candles, lines }: QueriesCost) {
  return {
    queries: String(queries),
    candlesOfEach: candles,
    usd: formatDecimal(totalOf(lines)),
    lines: lines.map(({ what, usd }) => ({ what, usd: formatDecimal(usd) })),
  };
}

function stackJson({ title, lines, assumptions }: StackCost) {
  return {
    title,
    totalUsd: formatDecimal(totalOf(lines)),
    parts: partsOf(lines).map(({ part, lines: ofPart }) => ({
      part,
      monthlyUsd: formatDecimal(totalOf(ofPart)),
      growsWithPairs: growth(ofPart),
      lines: ofPart.map(({ what, usd, growsWithPairs }) => ({
        what,
        monthlyUsd: formatDecimal(usd),
        growsWithPairs,
      })),
    })),
    assumptions,
  };
}

function partsOf(lines: readonly CostLine[]) {
  const parts = [...new Set(lines.map(({ part }) => part))];
  return parts.map((part) => ({ part, lines: lines.filter((line) => line.part === part) }));
}

function growth(lines: readonly CostLine[]): 'yes' | 'no' | 'in part' {
  if (lines.every(({ growsWithPairs }) => growsWithPairs)) return 'yes';
  return lines.some(({ growsWithPairs }) => growsWithPairs) ? 'in part' : 'no';
}
