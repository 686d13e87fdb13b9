/** Said of a stage whose alarms have no address. */
export function nobodyIsNotified(stage: string): string {
  return `Nobody is notified of the alarms of the stage ${stage}: set alarmEmail in lib/stages/${stage}.ts`;
}
