/** The functions, each named as its folder in `lambdas/`. */
export const FUNCTION_NAMES = ['fetch', 'transform', 'persist'] as const;

/** The name of a function. */
export type FunctionName = (typeof FUNCTION_NAMES)[number];
