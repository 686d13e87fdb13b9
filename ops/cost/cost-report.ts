import { formatDecimal } from '../../lambdas/shared/domain/decimal';
import { type Column, tableLines } from '../../cli/text-table';
import { type CostLine, totalOf } from './cost-line';
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
export function reportText({ stage, pairs, own, peer }: CostReport): string {
  const { region, asOf } = PRICE_LIST;
  const counted = pairs === 1 ? '1 pair' : `${pairs} pairs`;
  return [
    `Stage ${stage} with ${counted}, in US dollars a month (list prices of ${region}, ${asOf})`,
    ...stackText(own),
    ...stackText(peer),
    '',
  ].join('\n');
}

function stackText({ title, lines, assumptions }: StackCost): string[] {
  const parts = partsOf(lines).flatMap(({ part, lines: ofPart }) => [
    [part, '', '', formatDecimal(totalOf(ofPart)), growth(ofPart)],
    ...ofPart.map((line) => ['', line.what, formatDecimal(line.monthlyUsd), '', growth([line])]),
  ]);
  const total = ['Total', '', '', formatDecimal(totalOf(lines)), ''];
  const table = tableLines(COLUMNS, [...parts, total]);
  return ['', title, '', ...table, '', ...assumptions.map((sentence) => `- ${sentence}`)];
}

/** The report for programs: amounts are decimal texts. */
export function reportJson({ stage, pairs, own, peer }: CostReport): string {
  const report = { stage, pairs, prices: PRICE_LIST, ...stackJson(own), peer: stackJson(peer) };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function stackJson({ title, lines, assumptions }: StackCost) {
  return {
    title,
    totalUsd: formatDecimal(totalOf(lines)),
    parts: partsOf(lines).map(({ part, lines: ofPart }) => ({
      part,
      monthlyUsd: formatDecimal(totalOf(ofPart)),
      growsWithPairs: growth(ofPart),
      lines: ofPart.map(({ what, monthlyUsd, growsWithPairs }) => ({
        what,
        monthlyUsd: formatDecimal(monthlyUsd),
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
