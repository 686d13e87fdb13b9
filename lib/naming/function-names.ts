/** The functions that candles flow through, named after their folders in `lambdas/`: each stage has them all. */
export const FUNCTION_NAMES = ['fetch', 'reconcile', 'transform', 'persist'] as const;

/** The name of a function. */
export type FunctionName = (typeof FUNCTION_NAMES)[number];

/** All functions: a stage may have one more, which answers queries. */
export const ALL_FUNCTIONS = [...FUNCTION_NAMES, 'query'] as const;

/** The name of any function. */
export type AnyFunction = (typeof ALL_FUNCTIONS)[number];

/** The functions that a schedule fires. */
export const SCHEDULED_FUNCTIONS = ['fetch', 'reconcile'] as const satisfies FunctionName[];

/** The name of a function that a schedule fires. */
export type ScheduledFunction = (typeof SCHEDULED_FUNCTIONS)[number];
