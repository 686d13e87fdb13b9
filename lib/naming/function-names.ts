/** The functions, named after their folders in `lambdas/`. */
export const FUNCTION_NAMES = ['fetch', 'reconcile', 'transform', 'persist'] as const;

/** The name of a function. */
export type FunctionName = (typeof FUNCTION_NAMES)[number];

/** The functions that a schedule fires. */
export const SCHEDULED_FUNCTIONS = ['fetch', 'reconcile'] as const satisfies FunctionName[];

/** The name of a function that a schedule fires. */
export type ScheduledFunction = (typeof SCHEDULED_FUNCTIONS)[number];
