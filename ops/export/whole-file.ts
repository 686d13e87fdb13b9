import { randomUUID } from 'node:crypto';
import {
  access,
  constants,
  type FileHandle,
  link,
  lstat,
  open,
  rename,
  rm,
} from 'node:fs/promises';
import { dirname } from 'node:path';
import { types } from 'node:util';
import { isMissingFile } from '../../cli/failure-text';
import { OperationError } from '../operation-error';
import type { ByteSink } from './candle-file';

/** A file that is to be written. */
export interface TargetFile {
  readonly path: string;
  /** Whether a file that is there already is replaced. */
  readonly overwrite: boolean;
}

/** A file that is at its place. */
export interface WrittenFile<T> {
  /** The result of `write`. */
  readonly result: T;
  /** Why a crash of the machine could undo it: its folder is not synced; null if it is. */
  readonly syncFailure: string | null;
}

/**
 * Writes a file that is whole or not there: it is written beside its place, and
 * put there once all of it is on the disk. If that fails, nothing is left of it; if
 * the process is killed, a file `<path>.<random>.part` is.
 *
 * @param sync syncs a folder
 * @throws OperationError with a remedy if the file cannot be written, and whatever `write` threw
 */
export async function writeWhole<T>(
  target: TargetFile,
  write: (sink: ByteSink) => Promise<T>,
  sync: (folder: string) => Promise<void> = syncFolder,
): Promise<WrittenFile<T>> {
  const partPath = `${target.path}.${randomUUID().slice(0, 8)}.part`;
  const part = await told(target, open(partPath, 'wx'));
  try {
    const result = await filled(target, part, write);
    await putInPlace(target, partPath);
    return { result, syncFailure: await failureOf(sync(dirname(target.path))) };
  } catch (error) {
    await rm(partPath, { force: true });
    throw error;
  }
}

async function putInPlace(target: TargetFile, partPath: string): Promise<void> {
  if (!target.overwrite) {
    const outcome = await told(target, linked(partPath, target.path));
    if (outcome === 'taken') throw takenError(target);
    if (outcome === 'linked') return rm(partPath, { force: true });
  }
  await assertFree(target);
  await told(target, rename(partPath, target.path));
}

/** Unlike a renaming, a link never replaces a file; some file systems know none. */
async function linked(from: string, to: string): Promise<'linked' | 'taken' | 'unsupported'> {
  try {
    await link(from, to);
    return 'linked';
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (error.code === 'EEXIST') return 'taken';
    if (NO_LINKS.includes(error.code ?? '')) return 'unsupported';
    throw error;
  }
}

const NO_LINKS = ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK'];

async function failureOf(work: Promise<void>): Promise<string | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return error.message;
  }
}

async function filled<T>(
  target: TargetFile,
  part: FileHandle,
  write: (sink: ByteSink) => Promise<T>,
): Promise<T> {
  try {
    const result = await write({ write: (bytes) => told(target, part.writeFile(bytes)) });
    await told(target, part.sync());
    return result;
  } finally {
    await part.close();
  }
}

/** Without it, a crash of the machine could undo the renaming. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/**
 * Makes sure that a file may be put at its place.
 *
 * @throws OperationError if its folder does not exist, a folder or a symbolic link is there, or a file that is not to be replaced
 */
export async function assertFree(target: TargetFile): Promise<void> {
  const { path, overwrite } = target;
  await told({ path }, access(dirname(path), constants.W_OK));
  const found = await told({ path }, statOrNone(path));
  if (found?.isDirectory()) {
    throw new OperationError(`${path} is a folder: give --out the path of a file`);
  }
  if (found?.isSymbolicLink()) {
    throw new OperationError(`${path} is a symbolic link: give --out the path that it leads to`);
  }
  if (found !== undefined && !overwrite) throw takenError(target);
}

function takenError({ path }: TargetFile): OperationError {
  return new OperationError(`${path} is there already: choose another --out, or add --overwrite`);
}

async function statOrNone(path: string) {
  try {
    return await lstat(path);
  } catch (error) {
    if (isMissingFile(error)) return undefined;
    throw error;
  }
}

/** An error of the system as one for the user. */
async function told<T>({ path }: Pick<TargetFile, 'path'>, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    throw new OperationError(`${path} cannot be written: ${remedyOf(cause, dirname(path))}`, {
      cause,
    });
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return types.isNativeError(error) && 'syscall' in error;
}

function remedyOf({ code, message }: NodeJS.ErrnoException, folder: string): string {
  switch (code) {
    case 'ENOENT':
      return `the folder ${folder} does not exist; create it, or choose another --out`;
    case 'ENOTDIR':
      return `${folder} is not a folder; choose another --out`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `the folder ${folder} does not let you write; choose another --out`;
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full; free some space, or choose a shorter range';
    default:
      return message;
  }
}
