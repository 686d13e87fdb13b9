import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { noticeText } from './notice';

async function writeNotice(): Promise<void> {
  await writeFile(join(__dirname, '..', '..', 'NOTICE'), await noticeText());
}

void writeNotice();
