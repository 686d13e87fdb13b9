import { pairNameProblem } from '../market';

/** Stands for any characters of a pair, or none. */
const ANY = '*';

/** Whether a text names pairs by a pattern such as `*_USDT`, and not one by its name. */
export function isPattern(text: string): boolean {
  return text.includes(ANY);
}

/** The reason why a text is neither a pair nor a pattern of pairs, or undefined if it is. */
export function pairOrPatternProblem(text: string): string | undefined {
  // Whatever an asterisk stands for is a part of a name.
  return pairNameProblem(text.replaceAll(ANY, 'A'));
}

/** Those of some texts that name one pair each. */
export function pairsByName(texts: readonly string[]): string[] {
  return texts.filter((text) => !isPattern(text));
}

/** Whether a pair is of one of the patterns among some texts. */
export function isOfPattern(pair: string, texts: readonly string[]): boolean {
  return texts.some((text) => isPattern(text) && matches(pair, text));
}

/** Without regular expressions: a pattern of many asterisks takes no longer than the pair times the pattern. */
function matches(pair: string, pattern: string): boolean {
  const [first = '', ...others] = pattern.split(ANY);
  const last = others.pop();
  if (last === undefined) return pair === first;
  if (!pair.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = pair.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return pair.length >= at + last.length && pair.endsWith(last);
}

/** The pairs that are named, and those of the stored ones that are of a pattern, each once. */
export function followedPairs(texts: readonly string[], stored: readonly string[]): string[] {
  const named = pairsByName(texts);
  return [...new Set([...named, ...stored.filter((pair) => isOfPattern(pair, texts))])];
}
