import * as v from 'valibot';
import { didYouMean } from '../../../cli/near-names';

// The kinds of values that settings have. Each message is the remedy; the
// problem stands before it, with the path of the setting and its value.

/** A group of settings: all of them must be given, and no others. */
export function group<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.strictObject(entries, (issue) => groupRemedy(entries, issue));
}

function groupRemedy(entries: v.ObjectEntries, { expected, path }: v.StrictObjectIssue): string {
  const names = Object.keys(entries);
  const key = String(path?.at(-1)?.key);
  if (expected === 'never') return strangerRemedy(key, names);
  const setting = entries[key];
  return setting === undefined ? `give all of ${names.join(', ')}` : missingRemedy(setting);
}

function strangerRemedy(name: string, names: readonly string[]): string {
  return didYouMean(name, names) ?? `Leave it out, or choose one of ${names.join(', ')}`;
}

/** A setting that is missing is remedied as one of a wrong type is. */
function missingRemedy(setting: v.GenericSchema): string {
  const { issues } = v.safeParse(setting, undefined);
  return issues?.[0].message ?? 'give it';
}

/** One of several groups, told apart by the setting `kind`. */
export function oneOfKinds<const Options extends v.VariantOptions<'kind'>>(options: Options) {
  return v.variant('kind', options, ({ expected, input }) => {
    if (expected === 'Object') return `give settings with a kind: ${kindsOf(options)}`;
    const meant = typeof input === 'string' ? didYouMean(input, kindNames(options)) : undefined;
    return `give one of ${kindsOf(options)}${meant === undefined ? '' : `. ${meant}`}`;
  });
}

/** The kinds as valibot lists them for an object that has none: `("msk" | "existing")`. */
function kindsOf(options: v.VariantOptions<'kind'>): string {
  const { issues } = v.safeParse(v.variant('kind', options), {});
  const expected = issues?.[0].expected ?? '';
  return expected.replace(/[()]/g, '').replaceAll(' | ', ', ');
}

function kindNames(options: v.VariantOptions<'kind'>): string[] {
  return kindsOf(options)
    .split(', ')
    .map((kind) => kind.replaceAll('"', ''));
}

/** Refuses settings that do not go together. The problem names their values and the remedy. */
export function together<Settings>(problem: (settings: NoInfer<Settings>) => string | undefined) {
  return v.check<Settings, (issue: v.CheckIssue<Settings>) => string>(
    (settings) => problem(settings) === undefined,
    ({ input }) => problem(input) ?? '',
  );
}

export function wholeNumber(least: number, most: number) {
  return v.pipe(
    v.number(`give a whole number from ${least} to ${most}`),
    v.integer('give a whole number'),
    v.minValue(least, `give at least ${least}`),
    v.maxValue(most, `give at most ${most}`),
  );
}

export function trueOrFalse() {
  return v.boolean('give true or false');
}

export function hostsAndPorts() {
  const remedy = 'give a host and a port such as kafka:9092';
  const hostAndPort = v.pipe(v.string(remedy), v.regex(/^[\w.-]+:\d{1,5}$/, remedy));
  return v.pipe(
    v.array(hostAndPort, 'give a list of hosts and ports such as kafka:9092'),
    v.minLength(1, 'give at least one'),
  );
}

/** A text of a form; the remedy describes it. */
export function text(form: RegExp, remedy: string) {
  return v.pipe(v.string(remedy), v.regex(form, remedy));
}
