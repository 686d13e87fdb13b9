import type { Archive, ArchivedDay, ArchiveQuery } from '../../../lambdas/shared/domain/ports';

/** An archive that answers from one function, and keeps what it was asked; it may throw before or between days. */
export class FakeArchive implements Archive {
  readonly queries: ArchiveQuery[] = [];
  readonly #answer: (query: ArchiveQuery) => Iterable<ArchivedDay>;

  constructor(answer: (query: ArchiveQuery) => Iterable<ArchivedDay>) {
    this.#answer = answer;
  }
  async *days(query: ArchiveQuery): AsyncIterable<ArchivedDay> {
    this.queries.push(query);
    for (const day of this.#answer(query)) yield await Promise.resolve(day);
  }
}
