import type { ExchangeSetting } from '../../lib/stages/settings/exchange-settings';
import { type StageConfig, stageConfig } from '../../lib/stages/stage-config';

type MskBrokers = Extract<StageConfig['kafka'], { kind: 'msk' }>;
type GateIo = Extract<ExchangeSetting, { kind: 'gate-io' }>;

/** Gate.io as a stage has it. */
export function gateIoOf({ exchanges }: StageConfig): GateIo {
  const exchange = exchanges.find(({ kind }) => kind === 'gate-io');
  if (exchange?.kind === 'gate-io') return exchange;
  throw new Error('The stage does not follow gate-io');
}

/** The brokers of a stage that has its own. */
export function mskOf({ kafka }: StageConfig): MskBrokers {
  if (kafka.kind === 'msk') return kafka;
  throw new Error('The stage has no brokers of its own');
}

/** The setting `exchanges` of a stage that follows Gate.io alone, with changes. */
export function gateIoAlone(stage: StageConfig, changes: Partial<GateIo>) {
  return { exchanges: [{ ...gateIoOf(stage), ...changes }] };
}

/** A stage that follows these pairs of Gate.io alone. */
export function stageOfPairs(stage: StageConfig, pairs: string[]): StageConfig {
  return stageConfig({ ...stage, ...gateIoAlone(stage, { pairs }) });
}

/** The stage, with Gate.io's pairs by a pattern. */
export function followingPattern(stage: StageConfig): StageConfig {
  const settings = { pairs: ['*_USDT'], expectedMarkets: 20 };
  return stageConfig({ ...stage, ...gateIoAlone(stage, settings) });
}
