import type { ExchangeSetting } from '../../lib/stages/settings/exchange-settings';
import { type StageConfig, stageConfig } from '../../lib/stages/stage-config';

type GateIo = Extract<ExchangeSetting, { kind: 'gate-io' }>;

/** Gate.io as a stage has it. */
export function gateIoOf({ exchanges }: StageConfig): GateIo {
  const exchange = exchanges.find(({ kind }) => kind === 'gate-io');
  if (exchange?.kind === 'gate-io') return exchange;
  throw new Error('The stage does not follow gate-io');
}

/** The setting `exchanges` of a stage that follows Gate.io alone, with changes. */
export function gateIoAlone(stage: StageConfig, changes: Partial<GateIo>) {
  return { exchanges: [{ ...gateIoOf(stage), ...changes }] };
}

/** A stage that follows these pairs of Gate.io alone. */
export function stageOfPairs(stage: StageConfig, pairs: string[]): StageConfig {
  return stageConfig({ ...stage, ...gateIoAlone(stage, { pairs }) });
}
