import { MissingProgramError } from '../../../local/engines/engine';
import { assertJava, javaCommand } from '../../../local/engines/java-runtime';
import { fakeRun } from './fake-run';

test('Java 17 will do', async () => {
  const { run } = fakeRun({ 'java -version': { stderr: 'openjdk version "17.0.15" 2025-04-15' } });
  await expect(assertJava(run, 'java')).resolves.toBeUndefined();
});

test.each([
  ['1.8.0_392', 'is Java 8,'],
  ['11.0.2', 'is Java 11,'],
  ['21', 'is Java 21,'],
])('Java %s is refused with the version that is needed', async (version, message) => {
  const { run } = fakeRun({ 'java -version': { stderr: `openjdk version "${version}"` } });
  const refusal = assertJava(run, 'java');
  await expect(refusal).rejects.toThrow(MissingProgramError);
  await expect(refusal).rejects.toThrow(message);
  await expect(refusal).rejects.toThrow('openjdk-17-jre-headless');
});

test('no Java: the error says what to install', async () => {
  const { run } = fakeRun({ 'java -version': 'missing' });
  await expect(assertJava(run, 'java')).rejects.toThrow('There is no "java". Install a Java 17');
});

test('JAVA_HOME goes before the PATH', () => {
  expect(javaCommand({ JAVA_HOME: '/opt/jdk' })).toBe('/opt/jdk/bin/java');
  expect(javaCommand({})).toBe('java');
});
