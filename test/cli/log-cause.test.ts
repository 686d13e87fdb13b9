import { logCause } from '../../cli/log-cause';

test.each<[string, string, string | undefined]>([
  [
    'a full disk among a stack trace',
    [
      'ERROR Error while flushing log (org.apache.kafka.storage.internals.log.LogDirFailureChannel)',
      'java.io.IOException: No space left on device',
      '\tat java.base/sun.nio.ch.FileDispatcherImpl.write0(Native Method)',
      'ERROR Shutdown broker because all log dirs have failed',
    ].join('\n'),
    'No space left on device (free some disk space)',
  ],
  [
    'too little memory',
    'Terminating due to java.lang.OutOfMemoryError: Java heap space\n',
    'OutOfMemoryError: Java heap space (free some memory)',
  ],
  [
    'another exception: the innermost one, which comes last',
    [
      'Exception in thread "main" org.example.StartException: not started',
      '\tat org.example.Main.main(Main.java:1)',
      'Caused by: java.lang.IllegalStateException: wrong cluster id',
      '\t... 12 more',
    ].join('\n'),
    'java.lang.IllegalStateException: wrong cluster id',
  ],
  ['a log that names none', 'INFO shutting down\n', undefined],
])('%s', (_, lines, cause) => {
  expect(logCause(lines)).toBe(cause);
});
