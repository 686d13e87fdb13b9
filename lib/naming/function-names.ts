/** The functions, named after their folders in `lambdas/`. */
export const FUNCTION_NAMES = ['fetch', 'transform', 'persist'] as const;

/** The name of a function. */
export type FunctionName = (typeof FUNCTION_NAMES)[number];
