import type { NewRecord, RecordLog } from '../../../lambdas/shared/domain/ports';

/** A log that keeps what is appended to it; a topic named as broken takes nothing. */
export class FakeLog implements RecordLog {
  readonly appended: { topic: string; key: string; value: Buffer }[] = [];
  brokenFor: ((record: NewRecord, topic: string) => boolean) | undefined;

  append(topic: string, records: readonly NewRecord[]): Promise<void> {
    if (records.some((record) => this.brokenFor?.(record, topic) === true)) {
      return Promise.reject(new Error(`the log does not take records of ${topic}`));
    }
    for (const { key, value } of records) {
      this.appended.push({ topic, key, value: Buffer.from(value) });
    }
    return Promise.resolve();
  }
  valuesOf(topic: string): Buffer[] {
    return this.appended.filter((record) => record.topic === topic).map(({ value }) => value);
  }
}
