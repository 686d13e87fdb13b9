import {
  BodyReader,
  type Frame,
  GLOBAL_TABLE,
  int,
  OPCODES,
  responseFrame,
  RESULT_KINDS,
  short,
  text,
  VERSION,
} from './cql-frames';

/** A row that is written or deleted. */
export interface RowWrite {
  readonly table: string;
  /** Its partition, as text; undefined if the statement does not name one. */
  readonly partition: string | undefined;
}

/** A statement that was prepared. */
export interface PreparedStatement {
  readonly id: string;
  readonly table: string;
  /** Indexes of the values that are the partition key. */
  readonly partitionIndexes: readonly number[];
}

const HAS_VALUES = 0x01;
const PROTOCOL_ERROR = 0x000a;
const WRITE_TIMEOUT = 0x1100;
const LOCAL_QUORUM = 6;

/** The text of a PREPARE. */
export function preparedQuery({ body }: Frame): string {
  return new BodyReader(body).longText();
}

/** The statement that a RESULT says is prepared; undefined if it says something else. */
export function preparedStatement({ body }: Frame): PreparedStatement | undefined {
  const reader = new BodyReader(body);
  if (reader.int() !== RESULT_KINDS.prepared) return undefined;
  const id = reader.shortBytes().toString('hex');
  const flags = reader.int();
  reader.int();
  const partitionIndexes = Array.from({ length: reader.int() }, () => reader.short());
  if ((flags & GLOBAL_TABLE) === 0) return { id, table: '', partitionIndexes };
  reader.shortBytes();
  return { id, table: reader.shortBytes().toString(), partitionIndexes };
}

/** The rows that an EXECUTE or a BATCH writes; `prepared` holds the statements that write. */
export function rowWrites(
  { opcode, body }: Frame,
  prepared: ReadonlyMap<string, PreparedStatement>,
): RowWrite[] {
  const reader = new BodyReader(body);
  if (opcode === OPCODES.execute) return executedWrites(reader, prepared);
  return opcode === OPCODES.batch ? batchedWrites(reader, prepared) : [];
}

function executedWrites(
  reader: BodyReader,
  prepared: ReadonlyMap<string, PreparedStatement>,
): RowWrite[] {
  const statement = prepared.get(reader.shortBytes().toString('hex'));
  if (statement === undefined) return [];
  reader.short();
  const hasValues = (reader.byte() & HAS_VALUES) !== 0;
  return [rowWrite(statement, hasValues ? reader.values() : [])];
}

function batchedWrites(
  reader: BodyReader,
  prepared: ReadonlyMap<string, PreparedStatement>,
): RowWrite[] {
  reader.byte();
  return Array.from({ length: reader.short() }, () => {
    const isPrepared = reader.byte() === 1;
    const id = isPrepared ? reader.shortBytes().toString('hex') : reader.longText();
    const statement = prepared.get(id) ?? { id, table: '', partitionIndexes: [] };
    return rowWrite(statement, reader.values());
  });
}

function rowWrite(
  { table, partitionIndexes }: PreparedStatement,
  values: readonly Buffer[],
): RowWrite {
  const key = partitionIndexes.map((index) => values[index]?.toString('hex') ?? '');
  return { table, partition: key.length === 0 ? undefined : key.join(':') };
}

/** The response of Keyspaces to a write beyond the capacity: a write timeout that no replica acknowledged. */
export function writeTimeout(request: Frame, message: string): Buffer {
  const details = [short(LOCAL_QUORUM), int(0), int(2), text('SIMPLE')];
  return errorResponse(request, [int(WRITE_TIMEOUT), text(message), ...details]);
}

/** The response to a request of another version: the client tries a lower one. */
export function versionRefusal(request: Frame): Buffer {
  const message = `Invalid or unsupported protocol version (${request.version}); supported: ${VERSION}/v${VERSION}`;
  return errorResponse(request, [int(PROTOCOL_ERROR), text(message)]);
}

function errorResponse(request: Frame, parts: readonly Buffer[]): Buffer {
  return responseFrame(request, { opcode: OPCODES.error, body: Buffer.concat(parts) });
}
