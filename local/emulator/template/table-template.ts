import * as v from 'valibot';
import { read, type Resource } from './resource';

/** A column with its CQL type. */
export interface ColumnTemplate {
  readonly name: string;
  readonly type: string;
}

/** A table. */
export interface TableTemplate {
  readonly keyspace: string;
  readonly name: string;
  readonly partitionKey: readonly ColumnTemplate[];
  readonly clusteringKey: readonly (ColumnTemplate & { readonly order: 'ASC' | 'DESC' })[];
  readonly columns: readonly ColumnTemplate[];
}

const Column = v.pipe(
  v.object({ ColumnName: v.string(), ColumnType: v.string() }),
  v.transform(({ ColumnName: name, ColumnType: type }) => ({ name, type })),
);
const ClusteringColumn = v.pipe(
  v.object({ Column, OrderBy: v.optional(v.picklist(['ASC', 'DESC']), 'ASC') }),
  v.transform(({ Column: column, OrderBy: order }) => ({ ...column, order })),
);

/**
 * The table of a resource.
 *
 * @throws TemplateError if its properties are not those of a table
 */
export function tableOf(resource: Resource): TableTemplate {
  const [, generatedName = ''] = resource.ref.split('|');
  return {
    keyspace: read(resource, 'KeyspaceName', v.string()),
    name: read(resource, 'TableName', v.optional(v.string(), generatedName)),
    partitionKey: read(resource, 'PartitionKeyColumns', v.array(Column)),
    clusteringKey: read(
      resource,
      'ClusteringKeyColumns',
      v.optional(v.array(ClusteringColumn), []),
    ),
    columns: read(resource, 'RegularColumns', v.optional(v.array(Column), [])),
  };
}
