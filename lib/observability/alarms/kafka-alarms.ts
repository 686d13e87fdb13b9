import { logicalName } from '../../naming/logical-name';
import { brokerDiskMetrics, lagMetric, leastOf, periodsOfAnHour } from '../metrics';
import { MskKafka } from '../../kafka/msk-kafka';
import { marketCount } from '../../stages/settings/exchange-settings';
import type { StageConfig } from '../../stages/stage-config';
import type { WatchedPipeline } from '../watched-pipeline';
import { type AlarmSpec, LASTING, NOTHING_KNOWN, SILENCE_BREACHES } from './alarm-spec';

/** Alarms for the lag of event sources, and for MSK's brokers. */
export function kafkaAlarms(pipeline: WatchedPipeline): AlarmSpec[] {
  const { kafka } = pipeline;
  if (!(kafka instanceof MskKafka)) return [];
  return [...eventSourceAlarms(pipeline, kafka), ...brokerAlarms(pipeline.stage, kafka)];
}

function eventSourceAlarms({ stage, eventSources }: WatchedPipeline, kafka: MskKafka): AlarmSpec[] {
  return eventSources.map((source) => ({
    id: logicalName('EventSourceLag', source.topic),
    runbook: 'event-source-lag',
    situation: `${source.consumerGroupId} falls behind in ${source.topic}`,
    severity: 'ticket',
    // The minimum of a period: the records of a tick may wait a moment, but not all the time.
    metric: lagMetric(kafka, source, { name: 'MaxOffsetLag', statistic: 'Minimum' }),
    threshold: { above: recordsOfFiveTicks(stage) },
    periods: LASTING,
    missing: NOTHING_KNOWN,
  }));
}

function brokerAlarms(stage: StageConfig, kafka: MskKafka): AlarmSpec[] {
  const disks = brokerDiskMetrics(kafka, 'Maximum').map((metric, index): AlarmSpec => ({
    id: `BrokerDisk${index + 1}`,
    runbook: 'broker-disk',
    situation: `The disk of broker ${index + 1} is more than 85 % full`,
    severity: 'page',
    metric,
    threshold: { above: 85 },
    periods: LASTING,
    // Of a broker that says nothing, there is an alarm of its own.
    missing: NOTHING_KNOWN,
  }));
  const silent: AlarmSpec = {
    id: 'BrokersSilent',
    runbook: 'brokers-silent',
    situation: "MSK has not reported a broker's disk for an hour",
    severity: 'page',
    metric: leastOf(brokerDiskMetrics(kafka, 'SampleCount'), 'Samples'),
    threshold: { below: 1 },
    periods: periodsOfAnHour(stage),
    missing: SILENCE_BREACHES,
  };
  return [...disks, silent];
}

/** Records that five ticks append to a partition: one for each pair and tick, over all partitions. */
function recordsOfFiveTicks({ exchanges, topics }: StageConfig): number {
  return Math.ceil((5 * marketCount(exchanges)) / topics.partitions);
}
