import { logicalName } from '../../naming/logical-name';
import { brokerDiskMetrics, lagMetric } from '../metrics';
import { MskKafka } from '../../kafka/msk-kafka';
import type { StageConfig } from '../../stages/stage-config';
import type { WatchedPipeline } from '../watched-pipeline';
import { type AlarmSpec, LASTING, NOTHING_KNOWN } from './alarm-spec';

/** Alarms for the lag of event sources, and for the disks of MSK's brokers. */
export function kafkaAlarms({ stage, kafka, eventSources }: WatchedPipeline): AlarmSpec[] {
  if (!(kafka instanceof MskKafka)) return [];
  const lag = eventSources.map((source) => ({
    id: logicalName('EventSourceLag', source.topic),
    runbook: 'event-source-lag',
    situation: `${source.consumerGroupId} falls behind in ${source.topic}`,
    // The minimum of a period: the records of a tick may wait a moment, but not all the time.
    metric: lagMetric(kafka, source, { name: 'MaxOffsetLag', statistic: 'Minimum' }),
    threshold: { above: recordsOfFiveTicks(stage) },
    periods: LASTING,
    missing: NOTHING_KNOWN,
  }));
  const disks = brokerDiskMetrics(kafka).map((metric, index) => ({
    id: `BrokerDisk${index + 1}`,
    runbook: 'broker-disk',
    situation: `The disk of broker ${index + 1} is more than 85 % full`,
    metric,
    threshold: { above: 85 },
    periods: LASTING,
    missing: NOTHING_KNOWN,
  }));
  return [...lag, ...disks];
}

/** Records that five ticks append to a partition: one for each pair and tick, over all partitions. */
function recordsOfFiveTicks({ pairs, topics }: StageConfig): number {
  return Math.ceil((5 * pairs.length) / topics.partitions);
}
